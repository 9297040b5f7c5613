"""Printing a form, reading it twice, putting in what both readers read."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.assembly import queries as assembly_queries
from essaim.commons.assembly.actions.convening import lock
from essaim.commons.assembly.models import Amendment, Attendance, GeneralAssembly, Motion
from essaim.commons.assembly.rules.refusals import NotEntitled, WrongStep
from essaim.commons.cooperative.models import Associate
from essaim.commons.postal import rules
from essaim.commons.postal.models import Form, Reading
from essaim.commons.postal.queries import sheet_of, votes_by_post
from essaim.commons.postal.rules import (
    FormRead,
    FormTooLate,
    NothingByPost,
    ReadingUnclear,
    SameReader,
    Sheet,
)
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import RollEntry
from essaim.commons.urn.rules.choices import PaperKind
from essaim.core.members.models import Member

State = GeneralAssembly.State
AMENDED = "amended"
HOLDS, ABSTAINS = "same", "abstain"


@transaction.atomic
def print_form(*, assembly: GeneralAssembly, associate: Associate, now: datetime) -> Form:
    """Give an associate their form, under the next number; asked again, it is the same form.

    Raises:
        WrongStep: nobody is convened yet, or the meeting has begun. NotEntitled: no vote at it.
        NothingByPost: nothing is voted by name.
    """
    assembly = lock(assembly, State.CONVENED)
    known = Form.objects.filter(assembly=assembly, associate=associate).order_by().first()
    if known is not None:
        return known
    if not assembly_queries.entitled_at(assembly).filter(pk=associate.pk).exists():
        raise NotEntitled
    if not votes_by_post(assembly):
        raise NothingByPost
    number = Form.objects.filter(assembly=assembly).count() + 1
    return Form.objects.create(
        assembly=assembly, number=number, associate=associate, printed_at=now
    )


@transaction.atomic
def read_form(*, form: Form, lines: Mapping[str, str], by: Member, now: datetime) -> Form:
    """Write down what one person reads on a form that came.

    The second person to read it decides: read alike, its sender is counted as present by post and
    their choices are cast at each vote; read otherwise, both readings are set aside.

    Args:
        lines: what stands on each line of its sheets, and on « amended » when motions are on it:
            « same » when a choice holds for an amended text.

    Raises:
        FormTooLate: the hour of the meeting has come. FormRead: both agree already.
        SameReader: the two must be different people. ReadingUnclear: a line is missing.
        AlreadyThere: its sender came in person.
    """
    try:
        assembly = lock(form.assembly, State.CONVENED)
    except WrongStep as step:
        raise FormTooLate from step
    if now >= assembly.meets_at:
        raise FormTooLate
    form = Form.objects.select_for_update(of=("self",)).get(pk=form.pk)
    if form.state == Form.State.ACCEPTED:
        raise FormRead
    sheets = _checked(assembly, lines)
    readings = form.readings.filter(reading_round=form.reading_round)
    if readings.filter(read_by=by).exists():
        raise SameReader
    other = readings.order_by("pk").first()
    Reading.objects.create(
        form=form, reading_round=form.reading_round, read_by=by, lines=dict(lines), read_at=now
    )
    form.received_at = form.received_at or now
    _settle(form, sheets, lines, other, now)
    return form


@transaction.atomic
def cast_by_post(*, motion: Motion | Amendment, by: Member, now: datetime) -> int:
    """Put in the ballots of the forms that stand, just before a vote closes.

    A form stands while its sender is counted as present by post: whoever came in person votes in
    person. A vote that is void on it goes in as a blank ballot: its sender took part, and chose
    nothing that could be read. On an amendment nothing is cast, since no form carries it.

    Returns:
        How many ballots were put in.
    """
    if isinstance(motion, Amendment) or motion.is_secret:
        return 0
    assembly = motion.item.assembly
    by_post = Attendance.objects.filter(assembly=assembly, how=Attendance.How.POST, left_at=None)
    forms = Form.objects.filter(
        assembly=assembly, state=Form.State.ACCEPTED, associate__in=by_post.values("associate_id")
    ).select_related("associate")
    # Locked: whoever votes in person at this very moment is not voted over.
    roll = RollEntry.objects.select_for_update(of=("self",)).filter(
        poll__motion=motion.pk, has_voted=False
    )
    entries = {entry.number: entry for entry in roll}
    is_amended = motion.amendments.filter(is_adopted=True).exists()
    count = 0
    for form in forms.order_by("number"):
        entry = entries.get(form.associate.number)
        choice = form.choices.get(str(motion.item.position))
        if entry is None or choice is None:
            continue
        said = rules.ballot(choice, is_amended=is_amended, holds_if_amended=form.holds_if_amended)
        urn.cast_named(entry=entry, choice=said, by=by, channel=RollEntry.Channel.POST, now=now)
        count += 1
    return count


def _checked(assembly: GeneralAssembly, lines: Mapping[str, str]) -> list[Sheet]:
    """Return what the form asks, once each of its lines was read and nothing else."""
    sheets = [sheet_of(motion) for motion in votes_by_post(assembly)]
    wanted = {line: sheet.marks for sheet in sheets for line in sheet.lines}
    if any(sheet.paper.kind is PaperKind.MOTION for sheet in sheets):
        wanted[AMENDED] = (HOLDS, ABSTAINS)
    if {*lines} != {*wanted} or any(lines[name] not in marks for name, marks in wanted.items()):
        raise ReadingUnclear
    return sheets


def _settle(
    form: Form,
    sheets: list[Sheet],
    lines: Mapping[str, str],
    other: Reading | None,
    now: datetime,
) -> None:
    """Say where a form stands after one more reading, and count its sender when it is accepted."""
    form.disputed = [] if other is None else rules.differences(lines, other.lines)
    if other is None:
        form.state = Form.State.READ_ONCE
    elif form.disputed:
        form.state, form.reading_round = Form.State.DISPUTED, form.reading_round + 1
    else:
        form.state = Form.State.ACCEPTED
        form.holds_if_amended = lines.get(AMENDED) == HOLDS
        form.choices = {str(sheet.position): sheet.choice(lines) for sheet in sheets}
        form.spoilt = {
            str(sheet.position): unclear for sheet in sheets if (unclear := sheet.unclear(lines))
        }
        assembly_actions.arrive(
            assembly=form.assembly, associate=form.associate, how=Attendance.How.POST, now=now
        )
    form.save(
        update_fields=[
            "state", "reading_round", "disputed", "received_at", "choices", "spoilt",
            "holds_if_amended",
        ]
    )  # fmt: skip
