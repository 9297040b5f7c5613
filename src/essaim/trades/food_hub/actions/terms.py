"""The terms of an order, kept with it as they were agreed, and what follows from them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext as _

from essaim.core.agreements.actions import LineDraft, ShareDraft
from essaim.kernel.money import format_euros
from essaim.trades.food_hub.models import OrderLine
from essaim.trades.food_hub.rules import (
    GOODS,
    SOLIDARITY,
    FeeKind,
    FeeTerm,
    PlatformTerms,
    PricedLine,
    PricedOrder,
    Role,
    Share,
    missing_line,
    reweighed_line,
)
from essaim.trades.food_hub.rules.naming import pack_name
from essaim.web.environment import moment, time_of_day


@dataclass(frozen=True, slots=True)
class AgreedTerms:
    """Fees and rates of one order. An order is re-priced from these, never from the cycle of today.

    Beneficiaries are keyed by organisation id as text; `names` gives how they were called.
    """

    fees: tuple[FeeTerm, ...]
    platform_terms: PlatformTerms
    tolerance_bps: int
    names: dict[str, str]

    @classmethod
    def from_header(cls, header: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Self:
        """Read the terms of a cycle from the rows of a checkout."""
        fees = json.loads(header["fees"])
        names = {str(header["hub_id"]): header["hub_name"]}
        names |= {str(row["producer_id"]): row["producer_name"] for row in rows}
        names |= {str(fee["beneficiary"]): fee["beneficiary_name"] for fee in fees}
        return cls(
            fees=tuple(_fee_term(fee) for fee in fees),
            platform_terms=PlatformTerms(
                platform_bps=header["platform_bps"],
                commons_bps=header["commons_bps"],
                sold_by=str(header["hub_id"]) if header["is_seller"] else None,
            ),
            tolerance_bps=header["tolerance_bps"],
            names=names,
        )

    @classmethod
    def from_kept(cls, kept: dict[str, Any]) -> Self:
        """Read back what `to_keep` wrote."""
        return cls(
            fees=tuple(_fee_term(fee) for fee in kept["fees"]),
            platform_terms=PlatformTerms(
                platform_bps=kept["platform_bps"],
                commons_bps=kept["commons_bps"],
                sold_by=kept["sold_by"],
            ),
            tolerance_bps=kept["tolerance_bps"],
            names=kept["names"],
        )

    def to_keep(self) -> dict[str, Any]:
        """Return plain values for the order's row."""
        return {
            "fees": [
                {
                    "code": fee.code,
                    "label": fee.label,
                    "kind": fee.kind.value,
                    "amount": fee.amount,
                    "role": fee.role.value,
                    "beneficiary": fee.beneficiary,
                    "producers": sorted(fee.applies_to or ()),
                    "tax_rate_bps": fee.tax_rate_bps,
                    "inherits_tax": fee.inherits_tax,
                }
                for fee in self.fees
            ],
            "platform_bps": self.platform_terms.platform_bps,
            "commons_bps": self.platform_terms.commons_bps,
            "sold_by": self.platform_terms.sold_by,
            "tolerance_bps": self.tolerance_bps,
            "names": self.names,
        }


def _fee_term(fee: dict[str, Any]) -> FeeTerm:
    producers = frozenset(str(producer) for producer in fee["producers"])
    return FeeTerm(
        code=fee["code"],
        label=fee["label"],
        kind=FeeKind(fee["kind"]),
        amount=fee["amount"],
        role=Role(fee["role"]),
        beneficiary=str(fee["beneficiary"]),
        applies_to=producers or None,
        tax_rate_bps=fee["tax_rate_bps"],
        inherits_tax=fee["inherits_tax"],
    )


def flat_line_drafts(priced: PricedOrder, agreed: AgreedTerms) -> list[LineDraft]:
    """Return a line for each fee on the whole order, so that the lines sum to the price.

    Its `item` is the rank of the fee in the terms, as a negative number: no pack has one.
    """
    ranks = {fee.code: rank for rank, fee in enumerate(agreed.fees, start=1)}
    return [
        LineDraft(
            item=-ranks[part.basis],
            label=agreed.fees[ranks[part.basis] - 1].label[:200],
            quantity=1,
            unit_price_cents=part.cents,
            amount_cents=part.cents,
            tax_rate_bps=part.tax_rate_bps,
        )
        for part in priced.flat_parts
    ]


def share_drafts(priced: PricedOrder, agreed: AgreedTerms) -> tuple[ShareDraft, ...]:
    """Name each share of a priced order as the agreement records it."""
    fee_labels = {fee.code: fee.label for fee in agreed.fees}
    return tuple(_share_draft(share, agreed, fee_labels) for share in priced.shares)


def _share_draft(share: Share, agreed: AgreedTerms, fee_labels: dict[str, str]) -> ShareDraft:
    if share.role == Role.PLATFORM:
        return ShareDraft("platform", None, _("Platform"), share.cents)
    if share.role == Role.COMMONS:
        return ShareDraft("commons", None, _("Commons fund"), share.cents)
    if share.basis == SOLIDARITY:
        return ShareDraft("solidarity", None, _("Solidarity fund"), share.cents)
    name = agreed.names[share.beneficiary]
    label = name if share.basis == GOODS else f"{name} — {fee_labels[share.basis]}"
    return ShareDraft(share.role.value, int(share.beneficiary), label[:120], share.cents)


def priced_line(line: OrderLine, agreed: AgreedTerms) -> PricedLine:
    """Return an ordered line as it must be billed now: weighed, or with packs missing."""
    given = line.ordered_quantity - line.missing_count
    ordered = PricedLine(
        line_key=f"{line.pk:012d}",
        producer=str(line.producer_id),
        unit_price_cents=line.producer_price_cents,
        quantity=given,
        weight_g_per_item=line.weight_g_per_item,
        tax_rate_bps=line.line.tax_rate_bps,
    )
    if given == 0:
        return missing_line(ordered)
    if line.real_weight_g is None:
        return ordered
    return reweighed_line(ordered, line.real_weight_g, agreed.tolerance_bps)


def placed_lines(
    *, due_id: int, orders_id: int, fund_id: int, total_cents: int, drawn_cents: int
) -> tuple[tuple[int, int], ...]:
    """Ledger lines of an order: the buyer owes the total, the fund pays what was taken off."""
    lines = (
        (due_id, -total_cents),
        (fund_id, -drawn_cents),
        (orders_id, total_cents + drawn_cents),
    )
    return tuple(line for line in lines if line[1])


def confirmation_text(
    header: dict[str, Any], number: str, rows: Sequence[dict[str, Any]], priced: PricedOrder
) -> str:
    """Write the confirmation e-mail: what was ordered, its price, where and when to fetch it."""
    lines = [
        f"  {row['quantity']} × {pack_name(row['product_name'], row['variant_label'])}"
        f" — {format_euros(line.amount_cents)}"
        for row, line in zip(rows, priced.lines, strict=True)
    ]
    return "\n".join(
        [
            _("Your order {number} at {hub} is recorded.").format(
                number=number, hub=header["hub_name"]
            ),
            "",
            *lines,
            "",
            _("Total: {total}").format(total=format_euros(priced.total_cents)),
            _("Pick-up: {place}, {start} – {end}").format(
                place=header["place_name"],
                start=moment(header["slot_starts_at"]),
                end=time_of_day(header["slot_ends_at"]),
            ),
            "",
            _("You can change or cancel it until {closing}.").format(
                closing=moment(header["closes_at"])
            ),
        ]
    )
