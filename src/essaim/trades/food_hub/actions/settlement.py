"""Settling a cycle: every share of every order goes to the account of who earned it."""

from datetime import datetime

from django.db import transaction

from essaim.core.agreements.actions import move_all
from essaim.core.agreements.models import Agreement, Share
from essaim.core.agreements.rules import State
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.rules import Draft, merged
from essaim.core.members.models import Member, Organisation
from essaim.core.payments.actions import payable_code
from essaim.trades.food_hub.models import Order, OrderCycle
from essaim.trades.food_hub.rules.refusals import NotClosedYet, OrdersNotFinished

GOING_ON = (State.PROPOSED.value, State.ACCEPTED.value, State.DISPUTED.value)
FUNDS = {"platform": "Plateforme", "commons": "Fonds des communs"}


@transaction.atomic
def settle_cycle(*, cycle: OrderCycle, by: Member, now: datetime) -> OrderCycle:
    """Post the split of every order handed over: one transfer an order, all or none.

    What a reduced price had drawn from the solidarity fund was paid when the order was placed, so
    an order always has its whole price to share. Settling twice changes nothing.

    Raises:
        NotClosedYet: orders are still open.
        OrdersNotFinished: some are neither handed over nor cancelled; `details` has how many.
    """
    cycle = (
        OrderCycle.objects.select_for_update(of=("self",)).select_related("hub").get(pk=cycle.pk)
    )
    if cycle.state == OrderCycle.State.SETTLED:
        return cycle
    if cycle.state != OrderCycle.State.CLOSED:
        raise NotClosedYet
    waiting = Order.objects.filter(cycle=cycle, agreement__state__in=GOING_ON).count()
    if waiting:
        raise OrdersNotFinished(waiting_count=waiting)
    agreements = list(
        Agreement.objects.select_for_update(of=("self",))
        .filter(food_order__cycle=cycle, state=State.FULFILLED)
        .order_by("pk")
    )
    _post_shares(cycle, agreements, now)
    move_all(agreements=agreements, to_state=State.SETTLED, by=by, now=now)
    cycle.state, cycle.settled_at = OrderCycle.State.SETTLED, now
    cycle.save(update_fields=["state", "settled_at"])
    return cycle


def _post_shares(cycle: OrderCycle, agreements: list[Agreement], now: datetime) -> None:
    accounts = _accounts_of(cycle, agreements)
    orders_id = cycle.hub.orders_account_id
    drafts = []
    for agreement in agreements:
        lines = [
            (
                accounts[share.role if share.organisation_id is None else share.organisation_id],
                share.amount_cents,
            )
            for share in agreement.shares.all()
            # A negative solidarity share was drawn when the order was placed.
            if share.role != "solidarity" or share.amount_cents > 0
        ]
        total = sum(amount for _, amount in lines)
        if total:
            drafts.append(
                Draft(
                    key=f"order:{agreement.public_id}:settled",
                    kind="order-settled",
                    lines=merged([*lines, (orders_id, -total)]),
                    reference=agreement.public_id,
                )
            )
    if drafts:
        post(drafts=drafts, now=now)


def _accounts_of(cycle: OrderCycle, agreements: list[Agreement]) -> dict[int | str, int]:
    """Accounts by organisation id, and by role for the funds of the cooperative."""
    accounts: dict[int | str, int] = {
        fund: open_account(code=f"fund:{fund}", label=label).pk for fund, label in FUNDS.items()
    }
    accounts["solidarity"] = cycle.hub.solidarity_account_id
    receivers = Organisation.objects.filter(
        pk__in=Share.objects.filter(agreement__in=agreements).values("organisation_id")
    ).order_by("pk")
    for organisation in receivers:
        accounts[organisation.pk] = open_account(
            code=payable_code(organisation),
            label=f"Dû à {organisation.name}",
            minimum=0,
            organisation_id=organisation.pk,
        ).pk
    return accounts
