"""The agenda of a draft: points, motions and elections, written, changed and put in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, ProtectedError, Value, When

from essaim.commons.assembly.actions.convening import lock_draft
from essaim.commons.assembly.models import AgendaItem, BylawChange, GeneralAssembly, Motion
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.rules.refusals import ElectionTooSmall, PointBound
from essaim.core.bylaws.rules import Article

SEVERAL_SEATS = frozenset(Method) - {Method.INSTANT_RUNOFF, Method.MOTION}
Options = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """A rule that a motion would change: its value in the unit of the article, and from when."""

    article: Article
    value: int
    effective_at: datetime


@transaction.atomic
def add_item(*, assembly: GeneralAssembly, title: str, text: str = "") -> AgendaItem:
    """Add a point at the end of the agenda.

    Raises:
        AgendaFrozen: the notice was sent.
    """
    assembly = lock_draft(assembly)
    position = assembly.agenda.count() + 1
    return AgendaItem.objects.create(assembly=assembly, position=position, title=title, text=text)


@transaction.atomic
def propose_motion(
    *,
    assembly: GeneralAssembly,
    title: str,
    text: str,
    changes: Sequence[Change] = (),
    is_secret: bool = False,
    note: str = "",
) -> Motion:
    """Add a point with a motion; adopted, it changes these rules of the platform.

    Args:
        note: where the point comes from; an address in it is a link.

    Raises:
        AgendaFrozen: the notice was sent.
        OutOfBounds: a rule does not accept its new value.
    """
    _check(changes)
    item = add_item(assembly=assembly, title=title, text=note)
    motion = Motion.objects.create(item=item, text=text, is_secret=is_secret)
    _write_changes(motion, changes)
    return motion


@transaction.atomic
def propose_election(
    *,
    assembly: GeneralAssembly,
    title: str,
    text: str,
    names: Sequence[str],
    method: Method,
    seats_count: int = 1,
    is_secret: bool = True,
) -> Motion:
    """Add a point at which people, or proposals, are chosen among several.

    Raises:
        AgendaFrozen: the notice was sent.
        ElectionTooSmall: nothing to choose, or two candidates of one name.
    """
    options = _options(names, seats_count)
    item = add_item(assembly=assembly, title=title)
    return Motion.objects.create(
        item=item,
        text=text,
        method=method.value,
        options=options,
        seats_count=seats_count if method in SEVERAL_SEATS else 1,
        is_secret=is_secret,
    )


@transaction.atomic
def revise_item(*, item: AgendaItem, title: str, text: str = "") -> AgendaItem:
    """Write a point otherwise.

    Raises:
        AgendaFrozen: the notice was sent.
    """
    lock_draft(item.assembly)
    item.title, item.text = title, text
    item.save(update_fields=["title", "text"])
    return item


@transaction.atomic
def revise_motion(
    *, motion: Motion, title: str, text: str, changes: Sequence[Change] = (), is_secret: bool
) -> Motion:
    """Write a motion otherwise; the rules it changes are those given now.

    Raises:
        AgendaFrozen: the notice was sent.
        OutOfBounds: a rule does not accept its new value.
    """
    _check(changes)
    revise_item(item=motion.item, title=title)
    motion.text, motion.is_secret = text, is_secret
    motion.save(update_fields=["text", "is_secret"])
    motion.changes.all().delete()
    _write_changes(motion, changes)
    return motion


@transaction.atomic
def revise_election(
    *,
    motion: Motion,
    title: str,
    text: str,
    names: Sequence[str],
    method: Method,
    seats_count: int,
    is_secret: bool,
) -> Motion:
    """Write an election otherwise: its question, its names, its count.

    Raises:
        AgendaFrozen: the notice was sent.
        ElectionTooSmall: nothing to choose, or two candidates of one name.
    """
    motion.options = _options(names, seats_count)
    revise_item(item=motion.item, title=title)
    motion.text, motion.method, motion.is_secret = text, method.value, is_secret
    motion.seats_count = seats_count if method in SEVERAL_SEATS else 1
    motion.save(update_fields=["text", "method", "options", "seats_count", "is_secret"])
    return motion


@transaction.atomic
def move_item(*, item: AgendaItem, is_up: bool) -> None:
    """Exchange a point with the one before or after it; at the end of the agenda it stays.

    Raises:
        AgendaFrozen: the notice was sent.
    """
    assembly = lock_draft(item.assembly)
    here = AgendaItem.objects.values_list("position", flat=True).get(pk=item.pk)
    there = here - 1 if is_up else here + 1
    if not assembly.agenda.filter(position=there).exists():
        return
    assembly.agenda.filter(position__in=(here, there)).update(
        position=Case(When(position=here, then=Value(there)), default=Value(here))
    )


@transaction.atomic
def remove_item(*, item: AgendaItem) -> None:
    """Take a point off the agenda; those that follow come up. Taken off twice, nothing changes.

    Raises:
        AgendaFrozen: the notice was sent. PointBound: a proposal or a variant became this point.
    """
    assembly = lock_draft(item.assembly)
    positions = assembly.agenda.filter(pk=item.pk).values_list("position", flat=True)
    for position in list(positions):
        try:
            assembly.agenda.filter(pk=item.pk).delete()
        except ProtectedError as bound:
            raise PointBound from bound
        assembly.agenda.filter(position__gt=position).update(position=F("position") - 1)


def _check(changes: Sequence[Change]) -> None:
    for change in changes:
        change.article.check(change.value)


def _write_changes(motion: Motion, changes: Sequence[Change]) -> None:
    BylawChange.objects.bulk_create(
        BylawChange(
            motion=motion,
            article_key=change.article.key,
            value=change.value,
            effective_at=change.effective_at,
        )
        for change in changes
    )


def _options(names: Sequence[str], seats_count: int) -> Options:
    labels = [name.strip()[:120] for name in names if name.strip()]
    if len(set(labels)) != len(labels) or not 1 <= seats_count < len(labels):
        raise ElectionTooSmall(options_count=len(set(labels)), seats_count=seats_count)
    return [{"code": f"c{number}", "label": label} for number, label in enumerate(labels, start=1)]
