"""The computation of a surplus as people read it, on a page or in minutes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from essaim.commons.assembly.models import Motion
from essaim.commons.ballots.rules.budgets import Allocation
from essaim.commons.sharing.models import Allotment, Project, Quarter
from essaim.commons.sharing.queries import YearTold
from essaim.commons.sharing.rules.books import COST_WORDS, OWN_INCOME_WORD, Books, Kind
from essaim.commons.sharing.rules.findings import percents
from essaim.commons.sharing.rules.fund_votes import FundCount, Method
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


FUND_METHODS = {
    Method.EQUAL_SHARES: N_("by equal shares"),
    Method.GREEDY: N_("by number of votes"),
    Method.QUADRATIC: N_("by quadratic sharing"),
}


def quarter_name(quarter: Quarter) -> str:
    """Return « 4e trimestre 2026 »."""
    names = [_("first quarter"), _("second quarter"), _("third quarter"), _("fourth quarter")]
    return _("{quarter} of {year}").format(
        quarter=names[quarter.number - 1], year=quarter.civil_year
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """A project in the count: how many support it, asked and granted, and why in one sentence."""

    title: str
    supports_count: int
    asked_cents: int
    granted_cents: int
    sentence: str


def counted(found: FundCount, projects: Sequence[Project]) -> list[Counted]:
    """Return each project of a count with its reason, those that are paid first."""
    told = [_counted(found, one) for one in projects]
    return sorted(told, key=lambda one: (not one.granted_cents, -one.supports_count))


def _counted(found: FundCount, project: Project) -> Counted:
    key = str(project.public_id)
    granted_cents = found.grants.get(key, 0)
    return Counted(
        project.title, found.supports[key], project.asked_cents, granted_cents,
        _reason(found, key, granted_cents, project.asked_cents),
    )  # fmt: skip


def papers(ballots: Sequence[Sequence[str]], projects: Sequence[Project]) -> list[tuple[int, str]]:
    """Return the ballots, equal ones together, the most frequent first: enough to count again."""
    titles = {str(one.public_id): one.title for one in projects}
    groups = Counter(tuple(ballot) for ballot in ballots)
    return [
        (times, ", ".join(titles[key] for key in ballot) or _("Blank ballot"))
        for ballot, times in groups.most_common()
    ]


def _reason(found: FundCount, key: str, granted_cents: int, asked_cents: int) -> str:
    if not found.supports[key]:
        return _("Nobody supported it.")
    if found.allocation is not None:
        return _reason_of_budget(found.method, found.allocation, key)
    if granted_cents == asked_cents:
        return _("It receives all it asked; what it does not need stays in the fund.")
    return _("It receives its part of the fund, in proportion to the square of its support.")


def _reason_of_budget(method: Method, allocation: Allocation, key: str) -> str:
    rates = {one.project: one.rate for one in allocation.purchases}
    if key not in rates:
        return _("What was left could not pay for it whole.")
    if method is Method.GREEDY:
        return _("Paid in the order of votes.")
    if rates[key] is None:
        return _("Paid from what equal parts left, in the order of votes.")
    return _("Its supporters paid for it together, out of their equal parts.")
