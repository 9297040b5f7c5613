"""Amending a text by paragraphs: which amendment is voted first, which fall, what the text becomes.

Paragraphs keep the number they had in the notice, whatever is carried. Two amendments compete when
both strike or rewrite the same paragraph, or both set the same rule of the platform: the most
far-reaching is voted first, and once one is carried the others fall. Additions compete with
nothing: they stand after their paragraph, struck or not, in the order in which they were proposed.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AmendmentKind(StrEnum):
    REPLACE = "replace"
    STRIKE = "strike"
    ADD = "add"
    RULE = "rule"
    """Another value, or another day, for a rule that the motion changes."""


@dataclass(frozen=True, slots=True)
class Amended:
    """An amendment as the rules read it; `number` is its rank among those of its motion."""

    number: int
    kind: AmendmentKind
    paragraph: int = 0
    """From 1; for an addition 0 is before the first one."""
    text: str = ""
    article_key: str = ""
    value: int = 0
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the notice said: the text, and each rule with its value and its day."""

    text: str
    rules: dict[str, tuple[int, datetime]]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph before and after: added when `before` is empty, struck when `after` is."""

    number: int
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def paragraphs(text: str) -> list[str]:
    """Cut a text in its paragraphs: its lines that are not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def compete(one: Amended, other: Amended) -> bool:
    """Whether both cannot be carried."""
    if AmendmentKind.ADD in {one.kind, other.kind} or one.number == other.number:
        return False
    return (one.article_key, one.paragraph) == (other.article_key, other.paragraph)


def reach(amendment: Amended, proposed: Proposed) -> tuple[int, float]:
    """Measure how far an amendment goes from what the notice said; striking goes furthest.

    A paragraph rewritten counts the words that go and those that come; a rule counts how far its
    value goes, then how far its day does.
    """
    if amendment.kind is AmendmentKind.STRIKE:
        return (1, 0)
    if amendment.kind is AmendmentKind.RULE:
        value, day = proposed.rules[amendment.article_key]
        moved = abs(((amendment.effective_at or day) - day).total_seconds())
        return (0, abs(amendment.value - value) + moved / (moved + 1) / 2)
    before = paragraphs(proposed.text)
    known = before[amendment.paragraph - 1] if 0 < amendment.paragraph <= len(before) else ""
    gone, come = Counter(known.split()), Counter(amendment.text.split())
    return (0, float(((gone - come) + (come - gone)).total()))


def voting_order(pending: Collection[Amended], proposed: Proposed) -> list[Amended]:
    """Order amendments for the vote: by paragraph, then rules; the most far-reaching first.

    Of two that go as far, the one proposed first. Additions come after what touches their
    paragraph itself.
    """

    def rank(one: Amended) -> tuple[str, int, bool, int, float, int]:
        is_addition = one.kind is AmendmentKind.ADD
        step, distance = (0, 0.0) if is_addition else reach(one, proposed)
        return (one.article_key, one.paragraph, is_addition, -step, -distance, one.number)

    return sorted(pending, key=rank)


def fallen(carried: Amended, pending: Collection[Amended]) -> list[int]:
    """Return the numbers of those that fall because another one is carried."""
    return sorted(one.number for one in pending if compete(carried, one))


def compared(text: str, carried: Collection[Amended]) -> list[Paragraph]:
    """Return each paragraph before and after, additions in their place; numbers are the notice's.

    The order in which they were carried changes nothing.
    """
    before = paragraphs(text)
    by_number = sorted(carried, key=lambda one: one.number)
    touched = {
        one.paragraph: "" if one.kind is AmendmentKind.STRIKE else one.text
        for one in by_number
        if one.kind in {AmendmentKind.STRIKE, AmendmentKind.REPLACE}
    }
    found = _added(by_number, 0)
    for number, said in enumerate(before, start=1):
        found.append(Paragraph(number, said, touched.get(number, said)))
        found += _added(by_number, number)
    return found


def amended(text: str, carried: Collection[Amended]) -> str:
    """Return the text once these amendments are carried, one paragraph a line."""
    return "\n".join(line for one in compared(text, carried) for line in paragraphs(one.after))


def _added(amendments: Sequence[Amended], paragraph: int) -> list[Paragraph]:
    return [
        Paragraph(paragraph, "", one.text)
        for one in amendments
        if one.kind is AmendmentKind.ADD and one.paragraph == paragraph
    ]
