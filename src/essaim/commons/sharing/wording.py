"""The computation of a surplus as people read it, on a page or in minutes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from essaim.commons.assembly.models import Motion
from essaim.commons.sharing.models import Allotment
from essaim.commons.sharing.queries import YearTold
from essaim.commons.sharing.rules.books import COST_WORDS, OWN_INCOME_WORD, Books, Kind
from essaim.commons.sharing.rules.findings import percents
from essaim.commons.sharing.rules.surplus import Sharing, Step, Use
from essaim.commons.statutes.rules.findings import Finding
from essaim.kernel.errors import N_
from essaim.web import charts
from essaim.web.environment import euros, short_day

PARTS = (
    (N_("Losses of earlier years"), (Use.LOSSES,), "rule"),
    (N_("Legal reserve"), (Use.LEGAL_RESERVE,), "clover"),
    (N_("Other reserves"), (Use.STATUTORY_RESERVE, Use.SUBSIDIES, Use.REST), "cornflower"),
    (N_("Those who work here"), (Use.WORKERS,), "honey"),
    (N_("Interest on shares"), (Use.INTEREST,), "lavender"),
    (N_("Given back to users"), (Use.REFUND,), "poppy"),
)
USES = {
    Use.INTEREST: N_("Interest on your shares"),
    Use.WORKERS: N_("Your part as somebody who works here"),
    Use.REFUND: N_("What is given back to you"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what, of how much, at which rate, how much, by which text."""

    sentence: str
    base: str
    rate: str
    amount: str
    source: str


def rows(sharing: Sharing) -> list[Row]:
    """Return the whole computation, line by line, in the reader's language."""
    return [
        Row(
            sentence=step_sentence(step),
            base=euros(step.base_cents),
            rate="" if step.rate is None else percents(step.rate),
            amount=euros(step.cents),
            source=_(step.source) if step.source else "",
        )
        for step in sharing.steps
    ]


def step_sentence(step: Step) -> str:
    """Return what a step does, its amounts written in euros."""
    details = {
        name: euros(value) if isinstance(value, int) else value
        for name, value in step.details.items()
    }
    return _(step.label).format(**details)


def decision(motion: Motion) -> str:
    """Return which assembly decided, where it is written down, and under which point."""
    assembly = motion.item.assembly
    return _("{title} of {day}, minutes No. {number}, point {position}").format(
        title=assembly.title[:100], day=short_day(assembly.meets_at),
        number=assembly.minutes.number, position=motion.item.position,
    )  # fmt: skip


def finding_sentence(finding: Finding) -> str:
    """Return what a finding says, in the reader's language."""
    return _(finding.sentence).format(**finding.details)


@dataclass(frozen=True, slots=True)
class Received:
    """What somebody was allotted: for which year, as what, how much, as whom."""

    civil_year: int
    sentence: str
    amount: str
    whose: str


def allotments(found: Iterable[Allotment]) -> list[Received]:
    """Return what was allotted, in the reader's language."""
    return [
        Received(
            civil_year=one.variant.year.civil_year,
            sentence=_(USES[Use(one.use)]),
            amount=euros(one.cents),
            whose=one.associate.organisation.name
            if one.associate and one.associate.organisation
            else "",
        )
        for one in found
    ]


def where_it_went(sharing: Sharing) -> charts.Bar:
    """Return the bar of a surplus: each part that is not nothing, always in the same colour."""
    parts = [charts.Share(_(label), sharing.cents(*uses), tone) for label, uses, tone in PARTS]
    return charts.money_bar([part for part in parts if part.amount_cents])


def results_chart(years: Sequence[YearTold]) -> tuple[charts.BarRow, ...]:
    """Return what each year earned, the first on top; a loss has the colour of danger."""
    drawn = charts.bars(
        [
            (str(one.civil_year), abs(one.result_cents), euros(one.result_cents))
            for one in reversed(years)
        ],
        tone="clover",
    )
    tones = ("clover" if one.result_cents >= 0 else "poppy" for one in reversed(years))
    return tuple(replace(row, tone=tone) for row, tone in zip(drawn, tones, strict=True))


def books_rows(found: Books, slug: str) -> list[tuple[str, str]]:
    """Return what a year is made of, one line a kind of income or charge; none that is nothing."""
    costs = sum(cents for code, cents in found.earned.items() if code.split(":")[0] in COST_WORDS)
    own = found.earned.get(f"{OWN_INCOME_WORD}:{slug}", 0)
    lines = found.lines
    told = [
        (_("Our part of each price"), found.ledger_cents - costs - own),
        (_("What we sell under our own name"), own),
        (_("Subsidies and gifts"), lines.get(Kind.SUBSIDY, 0)),
        (_("Other incomes"), lines.get(Kind.INCOME, 0)),
        (_("Costs that the ledger paid"), costs),
        (_("Other charges"), -lines.get(Kind.CHARGE, 0)),
    ]
    return [(label, euros(cents)) for label, cents in told if cents]
