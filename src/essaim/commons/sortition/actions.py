"""Freezing a list, drawing from the number announced, replacing who declines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from essaim.commons.cooperative.models import Register
from essaim.commons.sortition import queries
from essaim.commons.sortition.models import Declining, Sortition
from essaim.commons.sortition.rules import public
from essaim.commons.sortition.rules.refusals import DrawnAlready, NotDrawnYet
from essaim.core.members.models import Member


@dataclass(frozen=True, slots=True)
class Wanted:
    """At least so many and at most so many people of a college, or of a commune."""

    category: str
    value: str
    minimum: int
    maximum: int


@transaction.atomic
def prepare_draw(
    *,
    register: Register,
    title: str,
    seats_count: int,
    quotas: Sequence[Wanted],
    excluded: Iterable[int],
    source: str,
    by: Member,
    now: datetime,
) -> Sortition:
    """Freeze who may be drawn and how, and say where the number will come from.

    Args:
        quotas: each value of a category that is asked for; communes left out count as elsewhere.

    Raises:
        NobodyToDraw, QuotaBeyondPeople, QuotasTooHigh, QuotasTooLow, NoPanelFound: no draw can
            succeed, whatever number comes out.
    """
    communes = [one.value for one in quotas if one.category == "commune"]
    people = queries.candidates(register, excluded=excluded, communes=communes)
    content = {
        "title": title,
        "candidates": people,
        "quotas": [
            {"category": one.category, "value": one.value, "minimum": one.minimum,
             "maximum": one.maximum}
            for one in (*quotas, *_elsewhere(communes, seats_count))
        ],
        "seats_count": seats_count,
        "minutes": queries.last_minutes(register),
    }  # fmt: skip
    public.check(content)
    return Sortition.objects.create(
        register=register, title=title, content=content, digest=public.digest(content),
        source=source, prepared_at=now, prepared_by=by,
    )  # fmt: skip


@transaction.atomic
def draw(*, sortition: Sortition, announced: str, now: datetime) -> Sortition:
    """Draw the panel from the number that was announced.

    Raises:
        DrawnAlready: a number was announced before.
    """
    found = _lock(sortition)
    if found.drawn_at is not None:
        raise DrawnAlready
    panel = public.first_panel(found.content, announced)
    found.announced, found.drawn_at = announced, now
    found.panel = [int(key) for key in panel.members]
    found.attempt = panel.attempt
    found.save(update_fields=["announced", "drawn_at", "panel", "attempt"])
    return found


@transaction.atomic
def decline(*, sortition: Sortition, number: int, by: Member, now: datetime) -> Declining:
    """Write that somebody declines, and draw who takes their place.

    Raises:
        NotDrawnYet: there is no panel. NotOnPanel: this number does not sit.
        NobodyToDraw, QuotaBeyondPeople: nobody is left, or nobody of the kind that is missing.
    """
    found = _lock(sortition)
    if found.drawn_at is None:
        raise NotDrawnYet
    before = list(found.declinings.order_by("position").values_list("declined", flat=True))
    steps = public.replaced(found.content, found.announced, found.panel, [*before, number])
    return Declining.objects.create(
        sortition=found, position=len(steps), declined=number, drawn=steps[-1].drawn,
        recorded_at=now, recorded_by=by,
    )  # fmt: skip


def _elsewhere(communes: Sequence[str], seats_count: int) -> list[Wanted]:
    return [Wanted("commune", public.ELSEWHERE, 0, seats_count)] if communes else []


def _lock(sortition: Sortition) -> Sortition:
    return Sortition.objects.select_for_update(of=("self",)).get(pk=sortition.pk)
