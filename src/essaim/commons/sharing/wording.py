"""The computation of a surplus as people read it, on a page or in minutes."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from essaim.commons.assembly.models import Motion
from essaim.commons.sharing.rules.findings import percents
from essaim.commons.sharing.rules.surplus import Sharing, Step
from essaim.commons.statutes.rules.findings import Finding
from essaim.web.environment import euros, short_day


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
