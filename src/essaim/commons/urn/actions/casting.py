"""Putting a ballot in: once a voter, whatever the network does."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from essaim.commons.urn import sealing
from essaim.commons.urn.models import NamedBallot, Poll, RollEntry, UrnSlot
from essaim.commons.urn.rules import paper_codes, slips
from essaim.commons.urn.rules.refusals import AlreadyVoted, PollNotOpen
from essaim.commons.urn.rules.slips import Slip
from essaim.core.members.models import Member

CODE_BYTES = 10
MIXED_COUNT = 64
"""Used slots around that of a ballot that are written again with it."""

# The row of the ballot and its neighbours, among which it has any place, are taken out and put in
# again in the order of their random keys, by one statement: nothing that PostgreSQL keeps beside a
# row (xmin, cmin, ctid) then tells which of them goes with a line of the roll, nor does what is
# left of them once later ballots were written over it. Updated instead, each would stay on the page
# where it lay while there is room, and what was voted first would have moved the most. The keys
# close in a ring, past the highest comes the lowest: were the ends rewritten less often, or only a
# part of a small urn, what was voted last would lie last.
MIXED = """
WITH above AS (
    SELECT id FROM urn_urnslot
     WHERE poll_id = %(poll)s AND college = %(college)s AND is_used AND id > %(own)s
     ORDER BY id LIMIT %(above)s FOR UPDATE SKIP LOCKED
), below AS (
    SELECT id FROM urn_urnslot
     WHERE poll_id = %(poll)s AND college = %(college)s AND is_used AND id < %(own)s
     ORDER BY id DESC LIMIT %(below)s FOR UPDATE SKIP LOCKED
), lowest AS (
    SELECT id FROM urn_urnslot
     WHERE poll_id = %(poll)s AND college = %(college)s AND is_used AND id < %(own)s
     ORDER BY id LIMIT %(above)s - (SELECT count(*) FROM above) FOR UPDATE SKIP LOCKED
), highest AS (
    SELECT id FROM urn_urnslot
     WHERE poll_id = %(poll)s AND college = %(college)s AND is_used AND id > %(own)s
     ORDER BY id DESC LIMIT %(below)s - (SELECT count(*) FROM below) FOR UPDATE SKIP LOCKED
)
SELECT id FROM above UNION SELECT id FROM below
 UNION SELECT id FROM lowest UNION SELECT id FROM highest
"""
WRITE_AGAIN = """
WITH mixed AS (
    DELETE FROM urn_urnslot WHERE id = ANY(%(mixed)s) RETURNING id, handle, sealed
)
INSERT INTO urn_urnslot (id, poll_id, college, is_used, handle, sealed)
SELECT id, %(poll)s, %(college)s, TRUE,
       CASE WHEN id = %(own)s THEN %(handle)s ELSE handle END,
       CASE WHEN id = %(own)s THEN %(sealed)s ELSE sealed END
  FROM mixed ORDER BY id
"""
FREE = """
WITH free AS MATERIALIZED (
    SELECT id FROM urn_urnslot
     WHERE poll_id = %(poll)s AND college = %(college)s AND NOT is_used
)
SELECT id FROM free OFFSET mod(%(draw)s, nullif((SELECT count(*) FROM free), 0)) LIMIT 1
"""
LOCK = "SELECT id FROM urn_urnslot WHERE id = %s FOR UPDATE"
STILL_FREE = "SELECT id FROM urn_urnslot WHERE id = %s AND NOT is_used FOR UPDATE"


@dataclass(frozen=True, slots=True)
class PaperDrawn:
    """What the form of a voter carries: made with the page, kept nowhere here."""

    tracker: str
    nonce: str
    code: str
    """By which the voter, alone, may replace the ballot before the close."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the voter keeps: to find the ballot in the list, and to replace it before the close."""

    tracker: str
    commitment: str
    code: str


def draw_paper() -> PaperDrawn:
    """Draw the secrets of one ballot paper (0 queries)."""
    return PaperDrawn(
        tracker=slips.draw_tracker(secrets.randbelow),
        nonce=secrets.token_hex(slips.NONCE_BYTES),
        code=paper_codes.write(secrets.token_bytes(CODE_BYTES)),
    )


@transaction.atomic
def cast_sealed(
    *, entry: RollEntry, choice: Any, paper: PaperDrawn, by: Member, channel: str
) -> Receipt:
    """Seal a ballot, put it in a place of the urn drawn at random, and tick the roll.

    The same paper sent again replaces its own ballot: a double tap, a lost answer or a change of
    mind all leave one ballot.

    Raises:
        PollNotOpen: before the opening or after the close.
        AlreadyVoted: this voter has a ballot in the urn and the code is not its own.
        PaperSpoilt: the choice is none that the paper offers. CodeMistyped: no such code.
    """
    poll = _shared(entry)
    slip = Slip(paper.tracker, slips.canonical(poll.paper.check(choice)), paper.nonce)
    secret = paper_codes.read(paper.code, length=CODE_BYTES)
    entry = RollEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    handle = hashlib.sha256(secret).digest()
    own = _slot_of(poll, entry, handle) if entry.has_voted else _free_slot(poll, entry.college)
    if own is None:
        raise AlreadyVoted
    sealed = sealing.seal(
        slips.write(slip, length=poll.paper.slip_bytes),
        public_key=bytes(poll.public_key or b""),
        purpose=poll.purpose,
    )
    _mix(poll, entry.college, own, handle=handle, sealed=sealed)
    if not entry.has_voted:
        _tick(entry, by, channel)
    return Receipt(slip.tracker, slips.commitment(slip), paper_codes.write(secret))


@transaction.atomic
def cast_named(
    *, entry: RollEntry, choice: Any, by: Member, channel: str, now: datetime
) -> NamedBallot:
    """Write the choice of a voter under their name; sent again before the close, it replaces it.

    Raises:
        PollNotOpen: before the opening or after the close.
        PaperSpoilt: the choice is none that the paper offers.
    """
    poll = _shared(entry)
    written = slips.canonical(poll.paper.check(choice))
    entry = RollEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    ballot, _ = NamedBallot.objects.update_or_create(
        entry=entry, defaults={"choice": written, "cast_at": now}
    )
    _tick(entry, by, channel)
    return ballot


def _shared(entry: RollEntry) -> Poll:
    """Keep the poll open until this ballot is in: closing waits, other ballots do not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM urn_poll WHERE id = %s FOR SHARE", [entry.poll_id])
    poll = Poll.objects.get(pk=entry.poll_id)
    if poll.state != Poll.State.OPEN:
        raise PollNotOpen
    return poll


def _free_slot(poll: Poll, college: str) -> UUID | None:
    """Draw a free place, each as likely as the others, and lock it; None when all are taken.

    Not the first one after a random key: of a row of neighbours the first would be taken sooner,
    and the space before a key would tell when its ballot was cast.
    """
    with connection.cursor() as cursor:
        while True:
            draw = secrets.randbits(62)
            cursor.execute(FREE, {"poll": poll.pk, "college": college, "draw": draw})
            drawn = cursor.fetchone()
            if drawn is None:
                return None
            cursor.execute(STILL_FREE, drawn)
            if cursor.fetchone() is not None:
                return UUID(str(drawn[0]))


def _slot_of(poll: Poll, entry: RollEntry, handle: bytes) -> UUID | None:
    found = UrnSlot.objects.filter(poll=poll, college=entry.college, is_used=True, handle=handle)
    return found.order_by().values_list("id", flat=True).first()


def _mix(poll: Poll, college: str, own: UUID, *, handle: bytes, sealed: bytes) -> None:
    above_count = secrets.randbelow(MIXED_COUNT + 1)
    around = {"above": above_count, "below": MIXED_COUNT - above_count}
    place: dict[str, Any] = {"poll": poll.pk, "college": college, "own": own}
    with connection.cursor() as cursor:
        _lock_slot(cursor, own)
        cursor.execute(MIXED, place | around)
        mixed = [own, *(slot for (slot,) in cursor.fetchall())]
        cursor.execute(WRITE_AGAIN, place | {"mixed": mixed, "handle": handle, "sealed": sealed})


def _lock_slot(cursor: Any, slot: UUID) -> None:
    """Wait for whoever writes the slot again: the row they took out is not the one they put in."""
    cursor.execute(LOCK, [slot])
    while cursor.fetchone() is None:
        cursor.execute(LOCK, [slot])


def _tick(entry: RollEntry, by: Member, channel: str) -> None:
    entry.has_voted, entry.channel, entry.cast_by = True, channel, by
    entry.save(update_fields=["has_voted", "channel", "cast_by"])
