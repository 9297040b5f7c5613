"""Placing an order: the hot path. Eight statements, whatever the size of the basket."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.core.agreements.actions import AgreementDraft, LineDraft, record
from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import State
from essaim.core.ledger.actions import post
from essaim.core.ledger.rules import BoundExceeded, Draft
from essaim.core.members.models import Member
from essaim.core.messages.actions import write_email
from essaim.core.payments.actions import ask_payment
from essaim.kernel.prepared import prepared_cursor
from essaim.trades.food_hub.actions import terms
from essaim.trades.food_hub.rules import PricedLine, PricedOrder, check_solidarity, price_order
from essaim.trades.food_hub.rules.refusals import (
    BasketEmpty,
    CycleNotOpen,
    FundTooSmall,
    GoneFromStock,
    PriceChanged,
    SlotFull,
    SlotUnknown,
)

TRADE = "food"


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """What a checkout made. `is_new` is False when this key had already placed it."""

    agreement_id: int
    public_id: UUID
    number: str
    total_cents: int
    payment_id: UUID | None
    is_new: bool


LOCK_HEADER = """
SELECT basket.id AS basket_id, cycle.state AS cycle_state, cycle.title AS cycle_title,
       cycle.opens_at, cycle.closes_at, cycle.platform_bps, cycle.commons_bps, cycle.tolerance_bps,
       hub.organisation_id AS hub_id, hub.territory_id, hub.is_seller, hub.solidarity_min_bps,
       hub.solidarity_max_bps, hub.due_account_id, hub.orders_account_id, hub.solidarity_account_id,
       organisation.name AS hub_name, receiver.email AS receiver_email,
       slot.id AS slot_id, slot.place_id, slot.starts_at AS slot_starts_at,
       slot.ends_at AS slot_ends_at, place.name AS place_name,
       nextval('agreements_number') AS serial,
       (SELECT coalesce(json_agg(json_build_object('code', fee.code, 'label', fee.label,
            'kind', fee.kind, 'amount', fee.amount, 'role', fee.role,
            'beneficiary', fee.beneficiary_id, 'beneficiary_name', receiver_org.name,
            'tax_rate_bps', fee.tax_rate_bps,
            'inherits_tax', fee.inherits_tax, 'producers',
            (SELECT coalesce(json_agg(p.organisation_id), '[]') FROM food_hub_fee_producers AS p
              WHERE p.fee_id = fee.id)) ORDER BY fee.code), '[]')
          FROM food_hub_fee AS fee
          JOIN members_organisation AS receiver_org ON receiver_org.id = fee.beneficiary_id
         WHERE fee.cycle_id = cycle.id)::text AS fees
  FROM agreements_basket AS basket
  JOIN members_member AS receiver ON receiver.id = basket.receiver_id
  JOIN food_hub_ordercycle AS cycle ON cycle.id = %(cycle)s
  JOIN food_hub_hub AS hub ON hub.organisation_id = cycle.hub_id
  JOIN members_organisation AS organisation ON organisation.id = hub.organisation_id
  LEFT JOIN food_hub_pickupslot AS slot ON slot.id = %(slot)s AND slot.cycle_id = cycle.id
  LEFT JOIN territories_place AS place ON place.id = slot.place_id
 WHERE basket.id = %(basket)s
   FOR UPDATE OF basket FOR SHARE OF cycle
"""

LOAD_LINES = """
SELECT line.id, line.quantity, line.kept_units, offer.price_cents,
       variant.id AS variant_id, variant.label AS variant_label, variant.pool_units,
       variant.weight_g, variant.is_weighed,
       product.id AS product_id, product.name AS product_name, product.tax_rate_bps,
       product.producer_id, producer.name AS producer_name
  FROM food_hub_basketline AS line
  JOIN food_hub_cycleoffer AS offer ON offer.id = line.offer_id
  JOIN food_hub_variant AS variant ON variant.id = offer.variant_id
  JOIN food_hub_product AS product ON product.id = variant.product_id
  JOIN members_organisation AS producer ON producer.id = product.producer_id
 WHERE line.basket_id = %(basket)s AND offer.cycle_id = %(cycle)s
 ORDER BY producer.name, product.name, variant.id
"""

# The rows of stock are locked in id order. The condition is read again on the newest version of
# each row, so a pack sold meanwhile is simply not returned; the CHECK constraint stands behind it.
TAKE_STOCK = """
WITH need AS (
    SELECT id, sum(units) AS units, sum(kept) AS kept
      FROM unnest(%(products)s::bigint[], %(units)s::bigint[], %(kept)s::bigint[])
           AS n(id, units, kept)
     GROUP BY id
), locked AS (
    SELECT product_id FROM food_hub_stockpool
     WHERE product_id = ANY(%(products)s::bigint[]) ORDER BY product_id FOR UPDATE
), seat AS (
    UPDATE food_hub_pickupslot SET taken_count = taken_count + 1
     WHERE id = %(slot)s AND capacity IS NOT NULL AND taken_count < capacity
    RETURNING id
), taken AS (
    UPDATE food_hub_stockpool AS pool
       SET on_hand_units = pool.on_hand_units
                           - CASE WHEN pool.is_on_demand THEN 0 ELSE need.units END,
           reserved_units = pool.reserved_units - need.kept
      FROM need JOIN locked ON locked.product_id = need.id
     WHERE pool.product_id = need.id
       AND (pool.is_on_demand
            OR pool.on_hand_units - need.units >= pool.reserved_units - need.kept)
    RETURNING pool.product_id
)
SELECT (SELECT array_agg(product_id) FROM taken),
       EXISTS (SELECT 1 FROM seat)
       OR EXISTS (SELECT 1 FROM food_hub_pickupslot WHERE id = %(slot)s AND capacity IS NULL)
"""

WRITE_DETAILS = """
WITH detail AS (
    INSERT INTO food_hub_order (agreement_id, cycle_id, slot_id, solidarity_bps, price_cents,
        drawn_cents, terms, note, revision)
    VALUES (%(agreement)s, %(cycle)s, %(slot)s, %(solidarity_bps)s, %(price)s, %(drawn)s,
        %(terms)s::jsonb, %(note)s, 0)
    RETURNING agreement_id
), ordered AS (
    INSERT INTO food_hub_orderline (line_id, order_id, variant_id, producer_id, producer_price_cents,
        ordered_quantity, weight_g_per_item, is_weighed, missing_count, goods_cents, pool_units)
    SELECT l.line, detail.agreement_id, l.variant, l.producer, l.price, l.quantity, l.weight,
           l.weighed, 0, l.goods, l.units
      FROM detail, unnest(%(lines)s::bigint[], %(variants)s::bigint[], %(producers)s::bigint[],
            %(prices)s::int[], %(quantities)s::int[], %(weights)s::int[], %(weighed)s::bool[],
            %(goods)s::bigint[], %(units)s::bigint[])
           AS l(line, variant, producer, price, quantity, weight, weighed, goods, units)
)
DELETE FROM food_hub_basketline WHERE id = ANY(%(basket_lines)s::bigint[])
"""


@transaction.atomic
def place_order(
    *,
    basket_id: int,
    cycle_id: int,
    slot_id: int,
    placed_by: Member,
    receiver_id: int,
    means: str,
    order_key: UUID,
    now: datetime,
    solidarity_bps: int = 0,
    shown_total_cents: int | None = None,
    note: str = "",
) -> PlacedOrder:
    """Turn the lines of a basket for one cycle into an order: stock, split, ledger, payment, e-mail.

    Args:
        means: how it will be paid: "card", "cash" or "bank-transfer".
        order_key: made by the form or the program; becomes the public id of the agreement, so that
            the same checkout sent twice places one order.
        shown_total_cents: the total the member saw; None skips the comparison.

    Returns:
        the order, or the earlier one placed with this key.

    Raises:
        BasketEmpty: nothing to order and no earlier order of this key.
        CycleNotOpen: closed meanwhile. SlotUnknown, SlotFull: choose another time.
        GoneFromStock: no longer kept and sold meanwhile; `details` names it.
        PriceChanged: the total is not the one shown. FundTooSmall: no such reduction today.
        SolidarityOutOfBounds: outside what the hub offers.
    """
    header = _lock_header(basket_id, cycle_id, slot_id)
    rows = _load(LOAD_LINES, {"basket": basket_id, "cycle": cycle_id})
    if not rows:
        return _placed_before(order_key, receiver_id)
    _check_header(header, solidarity_bps, now)
    agreed = terms.AgreedTerms.from_header(header, rows)
    priced = price_order(
        [_priced_line(number, row) for number, row in enumerate(rows)],
        agreed.fees,
        agreed.platform_terms,
        solidarity_bps,
    )
    if shown_total_cents is not None and shown_total_cents != priced.total_cents:
        raise PriceChanged(total_cents=priced.total_cents, shown_cents=shown_total_cents)
    _take_stock(rows, slot_id)
    state = State.PROPOSED if means == "card" else State.ACCEPTED
    recorded = record(
        draft=AgreementDraft(
            public_id=order_key,
            serial=header["serial"],
            territory_id=header["territory_id"],
            trade=TRADE,
            basket_id=basket_id,
            provider_id=header["hub_id"],
            receiver_id=receiver_id,
            placed_by_id=placed_by.pk,
            state=state,
            title=header["cycle_title"],
            total_cents=priced.total_cents,
            tax_cents=sum(tax.tax_cents for tax in priced.taxes),
            takes_place_at=header["slot_starts_at"],
            ends_at=header["slot_ends_at"],
            place_id=header["place_id"],
            lines=(
                *(_line_draft(row, line) for row, line in zip(rows, priced.lines, strict=True)),
                *terms.flat_line_drafts(priced, agreed),
            ),
            shares=terms.share_drafts(priced, agreed),
        ),
        now=now,
    )
    if recorded is None:
        return _placed_before(order_key, receiver_id)
    drawn_cents = max(0, -priced.solidarity_cents)
    _write_details(
        recorded.agreement_id, recorded.line_ids[: len(rows)], cycle_id, slot_id, rows, priced, agreed,
        solidarity_bps, note,
    )  # fmt: skip
    _post_placed(header, order_key, priced.price_cents, priced.total_cents, drawn_cents, now)
    payment_id = None
    if priced.total_cents > 0:
        payment_id = ask_payment(
            agreement_id=recorded.agreement_id,
            amount_cents=priced.total_cents,
            means=means,
            now=now,
        )
    _write_confirmation(header, recorded.number, rows, priced, now)
    return PlacedOrder(
        recorded.agreement_id, order_key, recorded.number, priced.total_cents, payment_id, True
    )


def _load(sql: str, parameters: dict[str, object]) -> list[dict[str, Any]]:
    with prepared_cursor() as cursor:
        return cursor.execute(sql, parameters).fetch_dicts()


def _lock_header(basket_id: int, cycle_id: int, slot_id: int) -> dict[str, Any]:
    found = _load(LOCK_HEADER, {"basket": basket_id, "cycle": cycle_id, "slot": slot_id})
    if not found:
        raise BasketEmpty
    return found[0]


def _check_header(header: dict[str, Any], solidarity_bps: int, now: datetime) -> None:
    if header["cycle_state"] != "open" or not header["opens_at"] <= now < header["closes_at"]:
        raise CycleNotOpen(closes_at=header["closes_at"])
    if header["slot_id"] is None:
        raise SlotUnknown
    check_solidarity(
        solidarity_bps, min_bps=header["solidarity_min_bps"], max_bps=header["solidarity_max_bps"]
    )


def _placed_before(order_key: UUID, receiver_id: int) -> PlacedOrder:
    found = (
        Agreement.objects.filter(public_id=order_key, receiver_id=receiver_id)
        .values_list("pk", "number", "total_cents", "payments__public_id")
        .order_by("payments__pk")
        .first()
    )
    if found is None:
        raise BasketEmpty
    return PlacedOrder(found[0], order_key, found[1], found[2], found[3], False)


def _priced_line(number: int, row: dict[str, Any]) -> PricedLine:
    return PricedLine(
        line_key=f"{number:012d}",  # in the order of the line ids, as when it is re-priced
        producer=str(row["producer_id"]),
        unit_price_cents=row["price_cents"],
        quantity=row["quantity"],
        weight_g_per_item=row["weight_g"],
        tax_rate_bps=row["tax_rate_bps"],
    )


def _line_draft(row: dict[str, Any], line: Any) -> LineDraft:
    return LineDraft(
        item=row["variant_id"],
        label=f"{row['product_name']}, {row['variant_label']} ({row['producer_name']})"[:200],
        quantity=row["quantity"],
        unit_price_cents=line.displayed_unit_cents,
        amount_cents=line.amount_cents,
        tax_rate_bps=row["tax_rate_bps"],
    )


def _take_stock(rows: list[dict[str, Any]], slot_id: int) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(
            TAKE_STOCK,
            {
                "products": [row["product_id"] for row in rows],
                "units": [row["pool_units"] * row["quantity"] for row in rows],
                "kept": [row["kept_units"] for row in rows],
                "slot": slot_id,
            },
        )
        taken, has_seat = cursor.fetchone()
    gone = {row["product_id"] for row in rows} - set(taken or [])
    if gone:
        name = next(row["product_name"] for row in rows if row["product_id"] in gone)
        raise GoneFromStock(product=name)
    if not has_seat:
        raise SlotFull


def _write_details(
    agreement_id: int,
    line_ids: list[int],
    cycle_id: int,
    slot_id: int,
    rows: list[dict[str, Any]],
    priced: PricedOrder,
    agreed: "terms.AgreedTerms",
    solidarity_bps: int,
    note: str,
) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(
            WRITE_DETAILS,
            {
                "agreement": agreement_id,
                "cycle": cycle_id,
                "slot": slot_id,
                "solidarity_bps": solidarity_bps,
                "price": priced.price_cents,
                "drawn": max(0, -priced.solidarity_cents),
                "terms": json.dumps(agreed.to_keep()),
                "note": note[:300],
                "lines": line_ids,
                "variants": [row["variant_id"] for row in rows],
                "producers": [row["producer_id"] for row in rows],
                "prices": [row["price_cents"] for row in rows],
                "quantities": [row["quantity"] for row in rows],
                "weights": [row["weight_g"] for row in rows],
                "weighed": [row["is_weighed"] for row in rows],
                "goods": [line.goods_cents for line in priced.lines],
                "units": [row["pool_units"] * row["quantity"] for row in rows],
                "basket_lines": [row["id"] for row in rows],
            },
        )


def _post_placed(
    header: dict[str, Any],
    order_key: UUID,
    price_cents: int,
    total_cents: int,
    drawn_cents: int,
    now: datetime,
) -> None:
    """The buyer owes the total; the fund pays a reduction; the order is owed to those who make it."""
    lines = terms.placed_lines(
        due_id=header["due_account_id"],
        orders_id=header["orders_account_id"],
        fund_id=header["solidarity_account_id"],
        total_cents=total_cents,
        drawn_cents=drawn_cents,
    )
    if not lines:
        return
    draft = Draft(
        key=f"order:{order_key}:placed", kind="order-placed", lines=lines, reference=order_key
    )
    try:
        post(drafts=[draft], now=now)
    except BoundExceeded as problem:
        raise FundTooSmall from problem


def _write_confirmation(
    header: dict[str, Any],
    number: str,
    rows: list[dict[str, Any]],
    priced: PricedOrder,
    now: datetime,
) -> None:
    write_email(
        recipient=header["receiver_email"],
        subject=_("Your order {number}").format(number=number),
        body=terms.confirmation_text(header, number, rows, priced),
        now=now,
    )
