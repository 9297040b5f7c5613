"""Placing an order: the hot path. Seven statements, whatever the size of the basket."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.core.agreements.actions import AgreementDraft, LineDraft, recording
from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import State
from essaim.core.ledger.actions import post
from essaim.core.ledger.rules import BoundExceeded, Draft, KeyTaken
from essaim.core.members.models import Member
from essaim.core.messages.actions import write_email
from essaim.core.payments.actions import ask_payment
from essaim.kernel.prepared import Rows, json_rows, pipelined, run_prepared
from essaim.trades.food_hub.actions import terms
from essaim.trades.food_hub.actions.ordering_sql import LOAD_LINES, LOCK_HEADER, TAKE
from essaim.trades.food_hub.rules import PricedLine, PricedOrder, check_solidarity, price_order
from essaim.trades.food_hub.rules.naming import pack_name
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
    """What a checkout made; without `draft` when this key had already placed it."""

    agreement_id: int
    public_id: UUID
    number: str
    total_cents: int
    payment_id: UUID | None
    draft: AgreementDraft | None = None
    """The agreement as it was recorded a moment ago."""

    @property
    def is_new(self) -> bool:
        return self.draft is not None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a checkout was asked to do, as `place_order` explains it."""

    basket_id: int
    cycle_id: int
    slot_id: int
    placed_by_id: int
    receiver_id: int
    means: str
    order_key: UUID
    solidarity_bps: int
    shown_total_cents: int | None
    note: str


@transaction.atomic(savepoint=False)
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
    """Turn the lines of a basket for a cycle into an order: stock, split, ledger, payment, e-mail.

    A refusal gives up the whole transaction of the caller, who opens one of its own to go on.

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
    asked = _Asked(
        basket_id=basket_id,
        cycle_id=cycle_id,
        slot_id=slot_id,
        placed_by_id=placed_by.pk,
        receiver_id=receiver_id,
        means=means,
        order_key=order_key,
        solidarity_bps=solidarity_bps,
        shown_total_cents=shown_total_cents,
        note=note,
    )
    with pipelined():
        return _place(asked, now)


def _place(asked: _Asked, now: datetime) -> PlacedOrder:
    found = _lock_header(asked)
    lines = run_prepared(LOAD_LINES, {"basket": asked.basket_id, "cycle": asked.cycle_id})
    header, rows = _only(found), lines.dicts()
    if header["is_placed"] or not rows:
        return _placed_before(asked.order_key, asked.receiver_id)
    _check_header(header, asked.solidarity_bps, now)
    agreed = terms.AgreedTerms.from_header(header, rows)
    priced = price_order(
        [_priced_line(number, row) for number, row in enumerate(rows)],
        agreed.fees,
        agreed.platform_terms,
        asked.solidarity_bps,
    )
    if asked.shown_total_cents is not None and asked.shown_total_cents != priced.total_cents:
        raise PriceChanged(total_cents=priced.total_cents, shown_cents=asked.shown_total_cents)
    draft = _draft(asked, header, rows, priced, agreed)
    is_new = recording(draft=draft, now=now)
    payment_id = None
    if priced.total_cents > 0:
        payment_id = ask_payment(
            agreement_id=draft.pk,
            amount_cents=priced.total_cents,
            means=asked.means,
            now=now,
        )
    _write_confirmation(header, draft.number, rows, priced, now)
    taking = _take(asked, draft.pk, rows, priced, agreed)
    _post_placed(header, asked.order_key, priced, now)
    if not is_new():
        raise BasketEmpty  # placed at this very instant: what was taken above must not stay taken
    _check_taken(taking, rows)
    return PlacedOrder(
        agreement_id=draft.pk,
        public_id=asked.order_key,
        number=draft.number,
        total_cents=priced.total_cents,
        payment_id=payment_id,
        draft=draft,
    )


def _lock_header(asked: _Asked) -> Rows:
    return run_prepared(
        LOCK_HEADER,
        {
            "basket": asked.basket_id,
            "cycle": asked.cycle_id,
            "slot": asked.slot_id,
            "key": asked.order_key,
            "receiver": asked.receiver_id,
        },
    )


def _only(found: Rows) -> dict[str, Any]:
    headers = found.dicts()
    if not headers:
        raise BasketEmpty
    return headers[0]


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
    return PlacedOrder(found[0], order_key, found[1], found[2], found[3])


def _priced_line(number: int, row: dict[str, Any]) -> PricedLine:
    return PricedLine(
        line_key=f"{number:012d}",  # in the order of the line ids, as when it is re-priced
        producer=str(row["producer_id"]),
        unit_price_cents=row["price_cents"],
        quantity=row["quantity"],
        weight_g_per_item=row["weight_g"],
        tax_rate_bps=row["tax_rate_bps"],
    )


def _draft(
    asked: _Asked,
    header: dict[str, Any],
    rows: list[dict[str, Any]],
    priced: PricedOrder,
    agreed: terms.AgreedTerms,
) -> AgreementDraft:
    # Nothing to pay is as good as paid.
    is_firm = asked.means != "card" or priced.total_cents == 0
    return AgreementDraft(
        pk=header["agreement_id"],
        serial=header["serial"],
        public_id=asked.order_key,
        territory_id=header["territory_id"],
        trade=TRADE,
        basket_id=asked.basket_id,
        provider_id=header["hub_id"],
        receiver_id=asked.receiver_id,
        placed_by_id=asked.placed_by_id,
        state=State.ACCEPTED if is_firm else State.PROPOSED,
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
    )


def _line_draft(row: dict[str, Any], line: Any) -> LineDraft:
    named = pack_name(row["product_name"], row["variant_label"])
    return LineDraft(
        item=row["variant_id"],
        label=f"{named} ({row['producer_name']})"[:200],
        quantity=row["quantity"],
        unit_price_cents=line.displayed_unit_cents,
        amount_cents=line.amount_cents,
        tax_rate_bps=row["tax_rate_bps"],
    )


def _take(
    asked: _Asked,
    agreement_id: int,
    rows: list[dict[str, Any]],
    priced: PricedOrder,
    agreed: terms.AgreedTerms,
) -> Rows:
    """Take the goods and a place at the slot, write what the order adds to its agreement.

    Asked, without waiting for the answer.
    """
    return run_prepared(
        TAKE,
        {
            "agreement": agreement_id,
            "cycle": asked.cycle_id,
            "slot": asked.slot_id,
            "solidarity_bps": asked.solidarity_bps,
            "price": priced.price_cents,
            "drawn": _drawn_cents(priced),
            "terms": json.dumps(agreed.to_keep()),
            "note": asked.note.replace("\x00", "")[:300],
            "products": [row["product_id"] for row in rows],
            "lines": json_rows(
                [
                    _taken_row(position, row, line.goods_cents)
                    for position, (row, line) in enumerate(
                        zip(rows, priced.lines, strict=True), start=1
                    )
                ]
            ),
            "basket_lines": [row["id"] for row in rows],
        },
    )


def _taken_row(position: int, row: dict[str, Any], goods_cents: int) -> dict[str, object]:
    return {
        "position": position,
        "product": row["product_id"],
        "kept": row["kept_units"],
        "variant": row["variant_id"],
        "producer": row["producer_id"],
        "price": row["price_cents"],
        "quantity": row["quantity"],
        "weight": row["weight_g"],
        "weighed": row["is_weighed"],
        "goods": goods_cents,
        "units": row["pool_units"] * row["quantity"],
    }


def _check_taken(taking: Rows, rows: list[dict[str, Any]]) -> None:
    """Refuse when something was not there to take."""
    taken, has_seat = taking.one() or (None, False)
    gone = {row["product_id"] for row in rows} - set(taken or [])
    if gone:
        name = next(row["product_name"] for row in rows if row["product_id"] in gone)
        raise GoneFromStock(product=name)
    if not has_seat:
        raise SlotFull


def _drawn_cents(priced: PricedOrder) -> int:
    """What the solidarity fund pays of an order."""
    return max(0, -priced.solidarity_cents)


def _post_placed(
    header: dict[str, Any], order_key: UUID, priced: PricedOrder, now: datetime
) -> None:
    """The buyer owes the total, the fund a reduction; both are due to those who make the order."""
    lines = terms.placed_lines(
        due_id=header["due_account_id"],
        orders_id=header["orders_account_id"],
        fund_id=header["solidarity_account_id"],
        total_cents=priced.total_cents,
        drawn_cents=_drawn_cents(priced),
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
    except KeyTaken as problem:
        raise BasketEmpty from problem  # placed at this very instant with other goods


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
