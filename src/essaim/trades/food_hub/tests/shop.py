"""Short ways to buy in the world of the tests, and what must always be true of it."""

from django.db import connection, transaction

from essaim.core.agreements.models import Agreement
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import Draft
from essaim.core.payments import actions as payments
from essaim.core.payments.models import PaymentIntent
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.models import BasketLine, Hub, Order, OrderLine, StockPool, Variant
from essaim.trades.food_hub.tests import world as w

GONE = ("withdrawn", "cancelled", "expired", "declined")


def at_commit() -> None:
    """Run now the checks that wait for the commit, which most tests never reach."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def place(world: w.World, *, member=None, now=w.NOW, **changes) -> actions.PlacedOrder:
    """Order what the basket of a member holds."""
    member = member or world.buyer
    if "basket_id" not in changes:
        basket = w.open_basket(receiver=member, territory=world.territory, now=now)
        changes["basket_id"] = basket.pk
    how = {
        "cycle_id": world.cycle.pk, "slot_id": world.slot.pk,
        "placed_by": member, "receiver_id": member.pk, "means": "cash", "order_key": uuid7(),
        "now": now,
    }  # fmt: skip
    with transaction.atomic():
        return actions.place_order(**(how | changes))


def buy(world: w.World, variant: Variant, quantity: int, *, member=None, **changes) -> Order:
    """Put packs in the basket and order them at once."""
    world.put(variant, quantity, member=member)
    return Order.objects.get(pk=place(world, member=member, **changes).agreement_id)


def line_of(order: Order, variant: Variant | None = None) -> OrderLine:
    lines = order.order_lines.select_related("order")
    return lines.get(variant=variant) if variant else lines.get()


def intent_of(order: Order) -> PaymentIntent:
    """The one payment still expected for an order."""
    return payments.expected_payment(Agreement.objects.get(pk=order.pk))


def total(order: Order) -> int:
    return Agreement.objects.get(pk=order.pk).total_cents


def state(order: Order) -> str:
    return Agreement.objects.get(pk=order.pk).state


def balance(code: str) -> int:
    account = Account.objects.filter(code=code).first()
    return ledger.balance(account) if account else 0


def fund(hub: Hub) -> int:
    hub.solidarity_account.refresh_from_db()
    return hub.solidarity_account.balance


def fill_fund(hub: Hub, cents: int) -> None:
    till = open_account(code="gifts", label="Dons")
    lines = ((till.pk, -cents), (hub.solidarity_account_id, cents))
    post(drafts=[Draft(key=f"gift:{uuid7()}", kind="gift", lines=lines)], now=w.OPENING)


def pool(product) -> tuple[int, int]:
    row = StockPool.objects.get(pk=product.pk)
    return row.on_hand_units, row.reserved_units


def what_is_wrong() -> list[str]:
    """Everything that must hold whatever happened, in words; empty when all is well."""
    at_commit()
    found = ledger.imbalances()
    for row in StockPool.objects.order_by("pk"):
        lines = BasketLine.objects.filter(offer__variant__product=row.pk)
        kept = sum(lines.values_list("kept_units", flat=True))
        if kept != row.reserved_units:
            found.append(f"stock {row.pk}: reserved {row.reserved_units}, baskets keep {kept}")
    for agreement in Agreement.objects.order_by("pk"):
        found += _wrong_with(agreement)
    return found


def _wrong_with(agreement: Agreement) -> list[str]:
    intents = list(agreement.payments.order_by("pk"))
    kept = sum(row.amount_cents - row.refunded_cents for row in intents if row.state == "paid")
    expected = [row.amount_cents for row in intents if row.state in {"waiting", "failed"}]
    owed = 0 if agreement.state in GONE else agreement.total_cents
    found = []
    if kept + sum(expected) != owed or len(expected) > 1:
        found.append(f"{agreement}: owes {owed}, paid {kept}, asked {expected}")
    refunds = [refund.amount_cents for row in intents for refund in row.refunds.all()]
    if sum(refunds) != sum(row.refunded_cents for row in intents):
        found.append(f"{agreement}: refunds {refunds}")
    due = posted(agreement, "due")
    if due != kept - owed:
        found.append(f"{agreement}: the ledger says {due} due, payments say {kept - owed}")
    if agreement.state in GONE and any(
        posted(agreement, code) for code in ("orders", "solidarity")
    ):
        found.append(f"{agreement}: given up, and something of it is left in the ledger")
    if agreement.state == "settled" and posted(agreement, "orders"):
        found.append(f"{agreement}: settled, and not all of it was shared")
    return found


def posted(agreement: Agreement, account: str) -> int:
    """What the transfers about an agreement add up to on an account of its hub."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(e.amount), 0) FROM ledger_entry e"
            "  JOIN ledger_transfer t ON t.id = e.transfer_id"
            "  JOIN ledger_account a ON a.id = e.account_id"
            " WHERE t.reference = %s AND split_part(a.code, ':', 1) = %s",
            [agreement.public_id, account],
        )
        return int(cursor.fetchone()[0])
