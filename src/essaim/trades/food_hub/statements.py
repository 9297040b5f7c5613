"""Statements of a cycle: what each one is owed, from the orders themselves, to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Sum
from django.utils.translation import gettext as _

from essaim.core.agreements.models import Agreement
from essaim.core.ledger.models import Entry
from essaim.core.members.models import Organisation
from essaim.core.payments.actions import payable_code
from essaim.trades.food_hub.actions.terms import AgreedTerms, priced_line
from essaim.trades.food_hub.desk_queries import shared_states
from essaim.trades.food_hub.models import OrderCycle, OrderLine
from essaim.trades.food_hub.rules import GOODS, Deal, Statement, price_order, statement


@dataclass(frozen=True, slots=True)
class SoldPack:
    """What was given of a pack over the whole cycle. `weight_g` is real where it was weighed."""

    product: str
    label: str
    quantity: int
    weight_g: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class OrderPart:
    """What one order brings to the beneficiary, for one reason."""

    number: str
    reason: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class CycleStatement:
    """The statement of one beneficiary: packs + fees = orders = due, and what the ledger posted."""

    beneficiary: Organisation
    packs: tuple[SoldPack, ...]
    fees: tuple[tuple[str, int], ...]
    orders: tuple[OrderPart, ...]
    whole: Statement
    posted_cents: int

    @property
    def due_cents(self) -> int:
        return self.whole.due_cents

    @property
    def goods_cents(self) -> int:
        return sum(pack.amount_cents for pack in self.packs)


def cycle_statement(cycle: OrderCycle, beneficiary: Organisation) -> CycleStatement:
    """Draw up the statement of one beneficiary of a cycle (3 queries)."""
    lines = list(
        OrderLine.objects.filter(
            order__cycle=cycle, order__agreement__state__in=shared_states(cycle)
        )
        .select_related("order__agreement", "line", "variant__product")
        .order_by("order_id", "pk")
    )
    deals, labels = _deals(lines)
    whole = statement(str(beneficiary.pk), deals)
    fees: dict[str, int] = {}
    for row in whole.rows:
        if row.basis != GOODS:
            fees[labels[row.basis]] = fees.get(labels[row.basis], 0) + row.due_cents
    return CycleStatement(
        beneficiary=beneficiary,
        packs=_packs([line for line in lines if line.producer_id == beneficiary.pk]),
        fees=tuple(sorted(fees.items())),
        orders=tuple(
            OrderPart(row.order_key, labels[row.basis], row.due_cents)
            for row in whole.rows
            if row.due_cents
        ),
        whole=whole,
        posted_cents=_posted_cents(cycle, beneficiary),
    )


def _deals(lines: Sequence[OrderLine]) -> tuple[list[Deal], dict[str, str]]:
    """Price every order again from the terms agreed, and name what each share is for."""
    deals = []
    labels = {GOODS: _("goods")}
    for _order_id, group in groupby(lines, key=lambda line: line.order_id):
        own = list(group)
        order = own[0].order
        agreed = AgreedTerms.from_kept(order.terms)
        labels |= {fee.code: fee.label for fee in agreed.fees}
        priced = price_order(
            [priced_line(line, agreed) for line in own],
            agreed.fees,
            agreed.platform_terms,
            order.solidarity_bps,
        )
        deals.append(Deal(order.agreement.number, priced))
    return sorted(deals, key=lambda deal: deal.order_key), labels


def _packs(lines: Sequence[OrderLine]) -> tuple[SoldPack, ...]:
    sums: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        given = line.ordered_quantity - line.missing_count
        total = sums.setdefault((line.variant.product.name, line.variant.label), [0, 0, 0])
        total[0] += given
        if given:
            total[1] += line.real_weight_g or given * line.weight_g_per_item
        total[2] += line.goods_cents
    return tuple(SoldPack(*key, *sums[key]) for key in sorted(sums))


def _posted_cents(cycle: OrderCycle, beneficiary: Organisation) -> int:
    """What the settlement of this cycle wrote on the account of the beneficiary."""
    references = Agreement.objects.filter(food_order__cycle=cycle).values("public_id")
    posted = Entry.objects.filter(
        account__code=payable_code(beneficiary),
        transfer__kind="order-settled",
        transfer__reference__in=references,
    ).aggregate(total=Sum("amount"))["total"]
    return int(posted or 0)
