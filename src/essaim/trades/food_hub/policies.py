"""Who may order, and who may see or change an order."""

from datetime import datetime

from essaim.core.agreements import policies as agreement_policies
from essaim.core.members import policies as member_policies
from essaim.core.members.models import Assistance, Member
from essaim.trades.food_hub.models import Order


def may_order_for(member: Member, receiver: Member, *, at: datetime) -> bool:
    """Oneself always; somebody else under an assistance in force (0 or 1 query)."""
    return member_policies.may_act_for(member, receiver, scope=Assistance.Scope.ORDER, at=at)


def may_see_order(member: Member, order: Order, *, at: datetime) -> bool:
    """The buyer, their helper, those who work for the hub, the clerk (0 to 3 queries)."""
    return agreement_policies.may_see(member, order.agreement, at=at)


def may_change_order(member: Member, order: Order, *, at: datetime) -> bool:
    """The buyer or their helper pay, change and cancel it (0 or 1 query)."""
    return agreement_policies.may_act_for_receiver(member, order.agreement, at=at)
