"""Amendments: proposed in writing or in session, withdrawn, carried with what falls then."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Coalesce

from essaim.commons.assembly import queries
from essaim.commons.assembly.actions.convening import lock
from essaim.commons.assembly.models import Amendment, GeneralAssembly, Motion
from essaim.commons.assembly.rules import amending
from essaim.commons.assembly.rules.amending import Amended, AmendmentKind
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.rules.refusals import (
    AmendmentOff,
    AmendmentOver,
    AmendmentTooLate,
    MotionAtVote,
    NotAmendable,
    NotEntitled,
)
from essaim.commons.cooperative.models import Associate
from essaim.core.bylaws.rules import rule_book
from essaim.core.members.models import Member

State = GeneralAssembly.State


@transaction.atomic
def propose_amendment(
    *,
    motion: Motion,
    said: Amended,
    associate: Associate,
    by: Member,
    reason: str = "",
    now: datetime,
) -> Amendment:
    """Propose an amendment in writing, before the day that the notice says.

    Args:
        said: its `number` is given here, whatever it holds.

    Raises:
        WrongStep: nobody is convened yet, or the meeting is over.
        AmendmentTooLate: the day has passed, or the notice gave none.
        NotEntitled, AmendmentOff, NotAmendable, MotionAtVote, OutOfBounds.
    """
    assembly = lock(motion.item.assembly, State.CONVENED, State.SITTING)
    until = assembly.amendments_until
    if assembly.state != State.CONVENED or until is None or now >= until:
        raise AmendmentTooLate
    return _write(motion, said, associate, by, reason, now)


@transaction.atomic
def table_amendment(
    *,
    motion: Motion,
    said: Amended,
    associate: Associate | None,
    by: Member,
    reason: str = "",
    now: datetime,
) -> Amendment:
    """Write down an amendment proposed in session, by an associate or by the board.

    Raises:
        WrongStep: the assembly is not sitting.
        NotEntitled, AmendmentOff, NotAmendable, MotionAtVote, OutOfBounds.
    """
    lock(motion.item.assembly, State.SITTING)
    return _write(motion, said, associate, by, reason, now)


@transaction.atomic
def withdraw_amendment(*, amendment: Amendment, now: datetime) -> Amendment:
    """Take an amendment back before its vote; withdrawn twice, nothing changes.

    Raises:
        AmendmentOver: it is at the vote, voted, or fallen.
    """
    lock(amendment.item.assembly, State.CONVENED, State.SITTING)
    amendment = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if amendment.is_withdrawn:
        return amendment
    if not amendment.is_pending or amendment.poll_id is not None:
        raise AmendmentOver
    amendment.fell_at, amendment.is_withdrawn = now, True
    amendment.save(update_fields=["fell_at", "is_withdrawn"])
    return amendment


def carry(amendment: Amendment, now: datetime) -> None:
    """Change the motion as an amendment that was carried says; those it competes with fall."""
    motion = Motion.objects.select_for_update(of=("self",)).get(pk=amendment.motion_id)
    said = queries.as_said(amendment)
    if said.kind is AmendmentKind.RULE:
        motion.changes.filter(article_key=said.article_key).update(
            noticed_value=Coalesce("noticed_value", "value"), value=said.value,
            noticed_at=Coalesce("noticed_at", "effective_at"), effective_at=said.effective_at,
        )  # fmt: skip
    else:
        carried = motion.amendments.filter(is_adopted=True)
        motion.amended_text = amending.amended(motion.text, [queries.as_said(o) for o in carried])
        motion.save(update_fields=["amended_text"])
    pending = motion.amendments.filter(is_adopted=None, fell_at=None, poll=None)
    numbers = amending.fallen(said, [queries.as_said(one) for one in pending])
    pending.filter(number__in=numbers).update(fell_at=now)


def _write(
    motion: Motion,
    said: Amended,
    associate: Associate | None,
    by: Member,
    reason: str,
    now: datetime,
) -> Amendment:
    motion = Motion.objects.select_for_update(of=("self",)).get(pk=motion.pk)
    if motion.method != Method.MOTION:
        raise NotAmendable
    if motion.poll_id is not None:
        raise MotionAtVote
    assembly = motion.item.assembly
    entitled = queries.entitled_at(assembly)
    if associate is not None and not entitled.filter(pk=associate.pk).exists():
        raise NotEntitled
    _check(motion, said)
    return Amendment.objects.create(
        motion=motion,
        number=motion.amendments.count() + 1,
        kind=said.kind.value,
        paragraph=said.paragraph,
        text=said.text,
        article_key=said.article_key,
        value=said.value,
        effective_at=said.effective_at,
        reason=reason,
        associate=associate,
        written_by=by,
        proposed_at=now,
    )


def _check(motion: Motion, said: Amended) -> None:
    """See that it says something else of a paragraph, or of a rule, that the motion has."""
    proposed = queries.as_proposed(motion)
    if said.kind is AmendmentKind.RULE:
        before = proposed.rules.get(said.article_key)
        if before is None or before == (said.value, said.effective_at):
            raise AmendmentOff
        next(one for one in rule_book() if one.key == said.article_key).check(said.value)
        return
    before_text = amending.paragraphs(proposed.text)
    first = 0 if said.kind is AmendmentKind.ADD else 1
    if not first <= said.paragraph <= len(before_text):
        raise AmendmentOff
    if said.kind is AmendmentKind.REPLACE and said.text == before_text[said.paragraph - 1]:
        raise AmendmentOff
