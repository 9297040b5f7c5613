"""Who may read a document, and who may take the accounting entries away."""

from datetime import datetime

from essaim.core.agreements import policies as agreement_policies
from essaim.core.agreements.models import Agreement
from essaim.core.documents.models import Document
from essaim.core.members import policies as member_policies
from essaim.core.members.models import Member


def may_see(member: Member, document: Document, *, at: datetime) -> bool:
    """The buyer, their helper, managers of the seller, the clerk (0 to 3 queries)."""
    return _may_see(member, document.agreement, at=at)


def may_ask(member: Member, agreement: Agreement, *, at: datetime) -> bool:
    """Whoever may read the documents of an agreement may have them written (0 to 3 queries)."""
    return _may_see(member, agreement, at=at)


def may_correct(member: Member, document: Document) -> bool:
    """Managers of the seller and the clerk write credit notes (1 or 2 queries)."""
    return member_policies.may_manage(
        member, document.agreement.provider
    ) or member_policies.may_keep_books(member)


def may_export_entries(member: Member) -> bool:
    """Clerks of the cooperative (1 query)."""
    return member_policies.may_keep_books(member)


def _may_see(member: Member, agreement: Agreement, *, at: datetime) -> bool:
    return (
        agreement_policies.may_act_for_receiver(member, agreement, at=at)
        or member_policies.may_manage(member, agreement.provider)
        or member_policies.may_keep_books(member)
    )
