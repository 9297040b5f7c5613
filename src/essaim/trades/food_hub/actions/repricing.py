"""Computing again what an order costs, from the terms agreed, once something about it changed."""

from dataclasses import replace
from datetime import datetime

from essaim.core.agreements import actions as agreement_actions
from essaim.core.agreements.models import Agreement, Line
from essaim.core.ledger.actions import post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import BoundExceeded, Draft
from essaim.core.payments import actions as payment_actions
from essaim.trades.food_hub.actions import terms
from essaim.trades.food_hub.models import Order, OrderLine
from essaim.trades.food_hub.rules import PricedOrder, price_order
from essaim.trades.food_hub.rules.parts import shares_of
from essaim.trades.food_hub.rules.pricing import solidarity_part
from essaim.trades.food_hub.rules.refusals import FundTooSmall


def priced(order: Order) -> tuple[list[OrderLine], PricedOrder, terms.AgreedTerms]:
    """Return the lines of an order and its price as they stand now (1 query)."""
    agreed = terms.AgreedTerms.from_kept(order.terms)
    lines = list(order.order_lines.select_related("line").order_by("pk"))
    result = price_order(
        [terms.priced_line(line, agreed) for line in lines],
        agreed.fees,
        agreed.platform_terms,
        order.solidarity_bps,
    )
    return lines, result, agreed


def reprice(*, order: Order, agreement: Agreement, now: datetime) -> PricedOrder:
    """Bring the lines, the split, the ledger and the payment of a locked order to its new price.

    A reduction drawn from the solidarity fund follows the price; what is not needed returns to the
    fund. The difference is one transfer, numbered by the order's revision.

    Raises:
        FundTooSmall: the fund cannot pay the larger reduction.
    """
    return _write(order, agreement, *priced(order), now)


def reprice_as_given(*, order: Order, agreement: Agreement, now: datetime) -> PricedOrder:
    """As `reprice`, for what the scales and the crates say: the fund helps as far as it can.

    What it cannot pay of a larger reduction the buyer pays: a weight is a fact, never refused.
    """
    lines, result, agreed = priced(order)
    return _write(order, agreement, lines, _within_the_fund(order, result), agreed, now)


def _within_the_fund(order: Order, result: PricedOrder) -> PricedOrder:
    wanted = -result.solidarity_cents
    if wanted <= order.drawn_cents:
        return result
    fund = Account.objects.select_for_update(of=("self",)).get(
        pk=order.cycle.hub.solidarity_account_id
    )
    drawn = min(wanted, order.drawn_cents + max(0, fund.balance - fund.held_out))
    parts = solidarity_part(result.solidarity_parts[0].beneficiary, -drawn)
    return replace(
        result,
        solidarity_parts=parts,
        total_cents=result.price_cents - drawn,
        shares=shares_of((*result.price_parts, *parts)),
    )


def _write(
    order: Order,
    agreement: Agreement,
    lines: list[OrderLine],
    result: PricedOrder,
    agreed: terms.AgreedTerms,
    now: datetime,
) -> PricedOrder:
    for line, price in zip(lines, result.lines, strict=True):
        line.goods_cents = price.goods_cents
        Line.objects.filter(pk=line.pk).update(amount_cents=price.amount_cents)
    OrderLine.objects.bulk_update(lines, ["goods_cents"])
    flat_cents = {
        draft.item: draft.amount_cents for draft in terms.flat_line_drafts(result, agreed)
    }
    for flat in agreement.lines.filter(item__lt=0).order_by("position"):
        flat.unit_price_cents = flat.amount_cents = flat_cents.get(flat.item or 0, 0)
        flat.save(update_fields=["unit_price_cents", "amount_cents"])
    before_total, before_drawn = agreement.total_cents, order.drawn_cents
    drawn_cents = max(0, -result.solidarity_cents)
    agreement_actions.replace_split(
        agreement=agreement,
        total_cents=result.total_cents,
        tax_cents=sum(tax.tax_cents for tax in result.taxes),
        shares=terms.share_drafts(result, agreed),
    )
    order.price_cents, order.drawn_cents = result.price_cents, drawn_cents
    order.revision += 1
    order.save(update_fields=["price_cents", "drawn_cents", "revision"])
    _post_difference(
        order, agreement, result.total_cents - before_total, drawn_cents - before_drawn, now
    )
    payment_actions.follow_price(agreement=agreement, reason="price changed", now=now)
    return result


def _post_difference(
    order: Order, agreement: Agreement, total_cents: int, drawn_cents: int, now: datetime
) -> None:
    hub = order.cycle.hub
    lines = terms.placed_lines(
        due_id=hub.due_account_id,
        orders_id=hub.orders_account_id,
        fund_id=hub.solidarity_account_id,
        total_cents=total_cents,
        drawn_cents=drawn_cents,
    )
    if not lines:
        return
    draft = Draft(
        key=f"order:{agreement.public_id}:revision:{order.revision}",
        kind="order-repriced",
        lines=lines,
        reference=agreement.public_id,
    )
    try:
        post(drafts=[draft], now=now)
    except BoundExceeded as problem:
        raise FundTooSmall from problem
