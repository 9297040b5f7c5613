"""Who may do what at the desk of a hub."""

from essaim.core.members import policies, queries
from essaim.core.members.models import Member, Membership, Organisation
from essaim.trades.food_hub.models import Hub, OrderCycle, OrderLine

WORKING = frozenset({Membership.Role.MANAGER, Membership.Role.WORKER})


def may_run_hub(member: Member, hub: Hub) -> bool:
    """Managers of the hub plan, open, close and settle its cycles (1 query)."""
    return Membership.Role.MANAGER in queries.roles_in(member, hub.organisation_id)


def may_work_in_hub(member: Member, hub: Hub) -> bool:
    """Its managers and workers prepare and hand over orders (1 query)."""
    return bool(WORKING & queries.roles_in(member, hub.organisation_id))


def may_work_for_producer(member: Member, producer: Organisation) -> bool:
    """Those who work for a producer look after its products and its weights (1 query)."""
    return policies.may_work_for(member, producer)


def may_prepare_line(member: Member, line: OrderLine) -> bool:
    """Those of the line's producer or of the hub weigh it; needs its cycle (1 to 2 queries)."""
    return may_work_in_hub(member, line.order.cycle.hub) or may_work_for_producer(
        member, line.producer
    )


def may_read_statement(member: Member, cycle: OrderCycle, beneficiary: Organisation) -> bool:
    """Managers of the hub read all statements, a producer its own (1 to 2 queries)."""
    return may_run_hub(member, cycle.hub) or may_work_for_producer(member, beneficiary)


def may_keep_products(member: Member, producer: Organisation) -> bool:
    """Those who work for a producer look after its products (1 to 3 queries).

    When nobody does (a farm without internet), the managers of the hubs it supplies do it instead.
    """
    if may_work_for_producer(member, producer):
        return True
    if producer.memberships.filter(role__in=WORKING).exists():
        return False
    return producer.food_hubs_supplied.filter(
        organisation__memberships__member=member,
        organisation__memberships__role=Membership.Role.MANAGER,
    ).exists()
