"""Campaigns as people read them: what came, by kind; the table of a pool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from essaim.commons.campaigns.models import Campaign, Kind
from essaim.commons.campaigns.queries import Gathered
from essaim.commons.campaigns.rules.deliveries import Step
from essaim.commons.campaigns.rules.matching import Matched, Rule
from essaim.kernel.errors import N_
from essaim.web import charts

KINDS = {
    Kind.GIFT: (N_("Gifts"), "clover"),
    Kind.PRE_PURCHASE: (N_("Bought ahead"), "honey"),
    Kind.SHARE: (N_("Shares"), "lavender"),
    Kind.TITLE: (N_("Participatory titles"), "cornflower"),
}
STEPS = {
    Step.READY: N_("said to be ready"),
    Step.HANDED_OVER: N_("given on that day"),
    Step.TAKEN_BACK: N_("not handed over after all"),
    Step.REFUNDED: N_("given back"),
    Step.REVERSED: N_("taken back by the bank"),
}
RULES = {
    Rule.EURO_FOR_EURO: N_("Each euro given draws one euro."),
    Rule.QUADRATIC: N_(
        "A campaign draws the square of the sum of the roots of its gifts, less their sum: many"
        " small gifts draw more than one large one."
    ),
    Rule.PAIRWISE: N_(
        "Many small gifts draw more than one large one, and two people who always give together"
        " draw little together."
    ),
}
SAMPLES = {
    "many-small": N_("20 people give 5 € each"),
    "some": N_("5 people give 20 € each"),
    "one-large": N_("one person gives 100 €"),
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """A campaign in the table of a pool."""

    name: str
    campaign_id: str
    contributors_count: int
    given_cents: int
    counted_cents: int
    match_cents: int


def bar(found: Gathered, goal_cents: int) -> charts.Bar:
    """Return what came by kind, and what is missing of the goal."""
    parts = [
        charts.Share(_(label), found.by_kind[kind], tone)
        for kind, (label, tone) in KINDS.items()
        if found.by_kind.get(kind)
    ]
    missing_cents = goal_cents - found.total_cents
    if missing_cents > 0:
        parts.append(charts.Share(_("Still missing"), missing_cents, "rule"))
    return charts.money_bar(parts)


def table(found: Sequence[Matched], names: Mapping[str, str]) -> list[TableRow]:
    return [
        TableRow(
            names[one.campaign], one.campaign, one.contributors_count, one.given_cents,
            one.counted_cents, one.match_cents,
        )
        for one in found
    ]  # fmt: skip


def steps() -> dict[str, str]:
    return {step.value: _(told) for step, told in STEPS.items()}


def names(campaigns: Sequence[Campaign]) -> dict[str, str]:
    return {str(one.public_id): one.title for one in campaigns}


def sample_names() -> dict[str, str]:
    return {key: _(label) for key, label in SAMPLES.items()}
