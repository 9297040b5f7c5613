"""Who may see an agreement."""

from datetime import datetime

from essaim.core.agreements.models import Agreement
from essaim.core.members import policies as member_policies
from essaim.core.members.models import Assistance, Member


def may_see(member: Member, agreement: Agreement, *, at: datetime) -> bool:
    """The receiver, their helper, those who work for the provider, the clerk (0 to 3 queries)."""
    if agreement.receiver_id == member.pk:
        return True
    return (
        member_policies.may_work_for(member, agreement.provider)
        or may_read_for_receiver(member, agreement, at=at)
        or member_policies.may_keep_books(member)
    )


def may_read_for_receiver(member: Member, agreement: Agreement, *, at: datetime) -> bool:
    """The receiver themselves, or a helper of any scope (0 or 1 query)."""
    return member_policies.may_read_for(member, agreement.receiver, at=at)


def may_act_for_receiver(member: Member, agreement: Agreement, *, at: datetime) -> bool:
    """The receiver themselves, or a helper whose assistance is in force (0 or 1 query)."""
    return member_policies.may_act_for(
        member, agreement.receiver, scope=Assistance.Scope.ORDER, at=at
    )
