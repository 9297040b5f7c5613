"""Who may see an agreement."""

from datetime import datetime

from essaim.core.agreements.models import Agreement
from essaim.core.members import policies as member_policies
from essaim.core.members.models import Assistance, Member


def may_see(member: Member, agreement: Agreement, *, at: datetime) -> bool:
    """Who receives or provides, their helper or those who work there, the clerk (0-3 queries)."""
    if agreement.receiver_id == member.pk:
        return True
    return (
        may_work_for_provider(member, agreement)
        or may_read_for_receiver(member, agreement, at=at)
        or member_policies.may_keep_books(member)
    )


def may_work_for_provider(member: Member, agreement: Agreement) -> bool:
    """The person who provides, or those who work for the organisation (0 or 1 query)."""
    if agreement.provider is None:
        return agreement.is_provided_by(member)
    return member_policies.may_work_for(member, agreement.provider)


def may_manage_provider(member: Member, agreement: Agreement) -> bool:
    """The person who provides, or those who manage the organisation (0 or 1 query)."""
    if agreement.provider is None:
        return agreement.is_provided_by(member)
    return member_policies.may_manage(member, agreement.provider)


def may_read_for_receiver(member: Member, agreement: Agreement, *, at: datetime) -> bool:
    """The receiver themselves, or a helper of any scope (0 or 1 query)."""
    return member_policies.may_read_for(member, agreement.receiver, at=at)


def may_act_for_receiver(member: Member, agreement: Agreement, *, at: datetime) -> bool:
    """The receiver themselves, or a helper whose assistance is in force (0 or 1 query)."""
    return member_policies.may_act_for(
        member, agreement.receiver, scope=Assistance.Scope.ORDER, at=at
    )
