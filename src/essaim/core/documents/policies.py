"""Who may read a document, and who may take the accounting entries away."""

from datetime import datetime

from essaim.core.agreements import policies as agreement_policies
from essaim.core.agreements.models import Agreement
from essaim.core.documents.models import Document
from essaim.core.members import policies as member_policies
from essaim.core.members.models import Member


def may_see(member: Member, document: Document, *, at: datetime) -> bool:
    """The buyer, their helper, managers of the seller, the clerk (0 to 3 queries)."""
    return agreement_policies.may_read_for_receiver(
        member, document.agreement, at=at
    ) or _is_of_the_seller(member, document.agreement)


def may_ask(member: Member, agreement: Agreement, *, at: datetime) -> bool:
    """The same, but a helper who may only read asks for nothing (0 to 3 queries)."""
    return agreement_policies.may_act_for_receiver(member, agreement, at=at) or _is_of_the_seller(
        member, agreement
    )


def may_correct(member: Member, document: Document) -> bool:
    """Managers of the seller and the clerk write credit notes (1 or 2 queries)."""
    return agreement_policies.may_manage_provider(
        member, document.agreement
    ) or member_policies.may_keep_books(member)


def may_export_entries(member: Member) -> bool:
    """Clerks of the cooperative (1 query)."""
    return member_policies.may_keep_books(member)


def _is_of_the_seller(member: Member, agreement: Agreement) -> bool:
    return agreement_policies.may_manage_provider(
        member, agreement
    ) or member_policies.may_keep_books(member)
