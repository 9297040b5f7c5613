"""Where each euro goes: shares turned into the bar of the house."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from essaim.core.agreements.actions import ShareDraft
from essaim.core.agreements.queries import SharePart
from essaim.core.members.models import Organisation
from essaim.kernel.money import split_cents
from essaim.trades.food_hub.actions.terms import AgreedTerms, share_drafts
from essaim.trades.food_hub.models import OrderCycle
from essaim.trades.food_hub.queries import platform_terms
from essaim.trades.food_hub.rules import FeeTerm, PricedOrder, Role
from essaim.web import charts

TONES = {
    Role.PRODUCER: "clover",
    Role.COORDINATOR: "cornflower",
    Role.HUB: "honey",
    Role.PLATFORM: "lavender",
    Role.COMMONS: "poppy",
    Role.SOLIDARITY: "rule",
}
EXAMPLE_CENTS = 1000


def named_shares(
    cycle: OrderCycle, priced: PricedOrder, fees: Sequence[FeeTerm]
) -> tuple[ShareDraft, ...]:
    """Name the shares of a price as the order would record them (1 query)."""
    keys = {share.beneficiary for share in priced.shares if share.beneficiary.isdigit()}
    rows = Organisation.objects.filter(pk__in=[int(key) for key in keys]).values_list("pk", "name")
    agreed = AgreedTerms(
        fees=tuple(fees),
        platform_terms=platform_terms(cycle),
        tolerance_bps=cycle.tolerance_bps,
        names={str(key): name for key, name in rows},
    )
    return share_drafts(priced, agreed)


def bar_of(shares: Iterable[ShareDraft | SharePart]) -> charts.Bar:
    """Draw shares; what the solidarity fund pays is no share of the price and is told in words."""
    return charts.money_bar(
        [
            charts.Share(share.label, share.amount_cents, TONES[Role(share.role)])
            for share in shares
            if share.amount_cents > 0
        ]
    )


def example_bar(cycle: OrderCycle, cents_of: Mapping[Role, int]) -> charts.Bar | None:
    """Draw ten euros spent in a cycle, by who receives them; None when nothing is sold."""
    labels = {
        Role.PRODUCER: _("Farms and makers"),
        Role.COORDINATOR: _("Coordination"),
        Role.HUB: cycle.hub.organisation.name,
        Role.PLATFORM: _("Platform"),
        Role.COMMONS: _("Commons fund"),
    }
    given = [role for role in labels if cents_of[role] > 0]
    if not given:
        return None
    parts = split_cents(EXAMPLE_CENTS, [cents_of[role] for role in given])
    return charts.money_bar(
        [
            charts.Share(labels[role], cents, TONES[role])
            for role, cents in zip(given, parts, strict=True)
        ]
    )
