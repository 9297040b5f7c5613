"""What other rates would have made of real orders: each is priced again by the one engine."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from statistics import median_low

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.agreements.rules import State
from essaim.kernel.periods import Period
from essaim.kernel.trades import Effect, RuleEffect
from essaim.trades.food_hub import articles
from essaim.trades.food_hub.actions.terms import AgreedTerms, priced_line
from essaim.trades.food_hub.models import Order, OrderLine
from essaim.trades.food_hub.rules import PricedOrder, Role, price_order

ORDERS_MAX = 5000
ORDERS_MIN = 5
"""Fewer orders say too much about those who placed them."""
PRICING = (articles.PLATFORM_RATE, articles.COMMONS_RATE, articles.WEIGHT_TOLERANCE)
KEPT = [State.ACCEPTED, State.FULFILLED, State.SETTLED]
RECEIVERS = ((Role.PRODUCER,), (Role.HUB, Role.COORDINATOR), (Role.PLATFORM,), (Role.COMMONS,))
"""Who shares a price; solidarity is the buyer's own choice."""


@dataclass(slots=True)
class _Totals:
    """Sums over orders, in cents."""

    by_role: Counter[Role] = field(default_factory=Counter)
    prices: list[int] = field(default_factory=list)

    def add(self, order: PricedOrder) -> None:
        self.prices.append(order.price_cents)
        for part in order.price_parts:
            self.by_role[part.role] += part.cents


def rule_effect(values: Mapping[str, int], period: Period) -> RuleEffect | None:
    """Price the orders of a period again with other rates, solidarity aside (2 queries).

    The latest `ORDERS_MAX` of them, each from the terms it was agreed on: only the rates named
    change. What buyers would have ordered at other prices, nobody can say.
    """
    if not any(article.key in values for article in PRICING):
        return None
    before, after = _Totals(), _Totals()
    for agreed, lines in _orders(period):
        other = _with(agreed, values)
        before.add(_priced(lines, agreed))
        after.add(_priced(lines, other))
    return _told(before, after)


def _orders(period: Period) -> Iterator[tuple[AgreedTerms, list[OrderLine]]]:
    """Yield the terms and the lines of each order; those of one cycle often share their terms."""
    kept = dict(
        Order.objects.filter(
            agreement__proposed_at__gte=period.start,
            agreement__proposed_at__lt=period.end,
            agreement__state__in=[state.value for state in KEPT],
        )
        .order_by("-pk")
        .values_list("pk", Cast("terms", TextField()))[:ORDERS_MAX]
    )
    lines = OrderLine.objects.filter(order__in=list(kept)).select_related("line")
    rows = lines.order_by("order_id", "pk").iterator(chunk_size=5000)
    read: dict[str, AgreedTerms] = {}
    for order_id, found in groupby(rows, key=attrgetter("order_id")):
        text = kept[order_id]
        if text not in read:
            read[text] = AgreedTerms.from_kept(json.loads(text))
        yield read[text], list(found)


def _with(agreed: AgreedTerms, values: Mapping[str, int]) -> AgreedTerms:
    """Return the terms with the rates that `values` names."""
    rates = agreed.platform_terms
    return replace(
        agreed,
        platform_terms=replace(
            rates,
            platform_bps=values.get(articles.PLATFORM_RATE.key, rates.platform_bps),
            commons_bps=values.get(articles.COMMONS_RATE.key, rates.commons_bps),
        ),
        tolerance_bps=values.get(articles.WEIGHT_TOLERANCE.key, agreed.tolerance_bps),
    )


def _priced(lines: list[OrderLine], agreed: AgreedTerms) -> PricedOrder:
    return price_order(
        [priced_line(line, agreed) for line in lines], agreed.fees, agreed.platform_terms
    )


def _told(before: _Totals, after: _Totals) -> RuleEffect:
    count = len(before.prices)
    title = _("Food orders")
    if count < ORDERS_MIN:
        sample = ngettext(
            "%(num)s order: too few to say anything without telling about somebody.",
            "%(num)s orders: too few to say anything without telling about somebody.",
            count,
        ) % {"num": count}
        return RuleEffect(title, sample)
    sample = ngettext("%(num)s order", "%(num)s orders", count) % {"num": count}
    if count == ORDERS_MAX:
        sample = _("the %(num)s latest orders") % {"num": count}
    labels = (_("Producers"), _("Hubs"), _("Platform"), _("Commons fund"))
    return RuleEffect(
        title,
        sample,
        whole=Effect(_("What buyers pay"), sum(before.prices), sum(after.prices)),
        parts=tuple(
            Effect(
                label,
                sum(before.by_role[role] for role in roles),
                sum(after.by_role[role] for role in roles),
            )
            for label, roles in zip(labels, RECEIVERS, strict=True)
        ),
        one=Effect(
            _("The order in the middle"), median_low(before.prices), median_low(after.prices)
        ),
    )
