"""Closing the vote, opening the urn with enough keys, publishing, and sweeping what remains."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from essaim.commons.urn import sealing
from essaim.commons.urn.actions.preparing import lock
from essaim.commons.urn.models import Poll, PublishedBallot, RollEntry, Scrutineer, UrnSlot
from essaim.commons.urn.queries import opened_ballots
from essaim.commons.urn.rules import key_shares, paper_codes, publication, slips
from essaim.commons.urn.rules.key_shares import KeyShare
from essaim.commons.urn.rules.publication import OpenedBallot
from essaim.commons.urn.rules.refusals import (
    NotScrutineer,
    PollCounted,
    PollNotClosed,
    PollNotOpen,
    PollStarted,
)
from essaim.core.members.models import Member
from essaim.core.messages.actions import write_email

BATCH = 2000
SWEPT = ("urn_urnslot", "urn_rollentry", "urn_scrutineer")
OLDER = """
SELECT pg_snapshot_xmin(pg_current_snapshot()) <= counted.id OR EXISTS (
    SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND age(backend_xmin) >= age(counted.id::xid))
  FROM (SELECT %s::xid8 AS id) AS counted
"""


@transaction.atomic
def close_poll(*, poll: Poll, now: datetime) -> Poll:
    """End the vote: ballots that were on their way in are in, no other comes.

    Raises:
        PollNotOpen: it is not open.
    """
    poll = lock(poll)
    if poll.state != Poll.State.OPEN:
        raise PollNotOpen
    poll.state, poll.closed_at = Poll.State.CLOSED, now
    poll.save(update_fields=["state", "closed_at"])
    return poll


@transaction.atomic
def give_key(*, poll: Poll, member: Member, code: str, now: datetime) -> Poll:
    """Take the key a scrutineer kept on paper; with enough of them, open the urn at once.

    Until then one share is kept, which alone opens nothing. Opening is whole or not at all:
    ballots leave the urn, are published in the order of their commitment, shares are forgotten.

    Returns:
        the poll: still closed when keys are missing, counted, or spoilt when the urn and the roll
        disagree (nothing is published then, and nothing is destroyed).

    Raises:
        PollNotClosed: people still vote, or it was counted already.
        NotScrutineer: not one of this poll. CodeMistyped, NotTheKey: copy it again.
    """
    poll = lock(poll)
    if poll.state != Poll.State.CLOSED or not poll.is_sealed:
        raise PollNotClosed
    row = Scrutineer.objects.filter(poll=poll, member=member).order_by().first()
    if row is None:
        raise NotScrutineer
    private = paper_codes.read(code, length=sealing.KEY_BYTES)
    row.opened_share = sealing.unseal(
        bytes(row.sealed_share or b""), private_key=private, purpose=poll.purpose
    )
    row.save(update_fields=["opened_share"])
    given = Scrutineer.objects.filter(poll=poll, opened_share__isnull=False).order_by("pk")
    shares = [_read_share(bytes(one.opened_share or b"")) for one in given]
    if len(shares) >= poll.threshold:
        _open(poll, shares[: poll.threshold], now)
    return poll


@transaction.atomic
def annul_poll(*, poll: Poll, now: datetime) -> Poll:
    """End a poll that cannot or must not be counted: its sealed ballots are destroyed unread.

    Who voted stays on the roll; ballots by name stay as they were cast. The files are swept as
    after a count.

    Raises:
        PollCounted: what came out of it is known. PollStarted: it was annulled already.
    """
    poll = lock(poll)
    if poll.state == Poll.State.COUNTED:
        raise PollCounted
    if poll.state == Poll.State.ANNULLED:
        raise PollStarted
    UrnSlot.objects.filter(poll=poll).delete()
    RollEntry.objects.filter(poll=poll).update(has_voted=F("has_voted"))
    Scrutineer.objects.filter(poll=poll).update(sealed_share=None, opened_share=None)
    poll.state, poll.counted_in = Poll.State.ANNULLED, _this_transaction()
    poll.closed_at = poll.closed_at or now
    poll.save(update_fields=["state", "counted_in", "closed_at"])
    return poll


def sweep(*, poll: Poll, now: datetime) -> bool:
    """Overwrite what PostgreSQL still holds of the time before the count; outside a transaction.

    The tables are written anew without dead rows. While another connection still sees the time
    before the count, they would be kept: nothing is done then.

    Returns:
        whether it is done.
    """
    with connection.cursor() as cursor:
        cursor.execute(OLDER, [str(poll.counted_in)])
        (is_remembered,) = cursor.fetchone()
        if is_remembered:
            return False
        for table in SWEPT:
            cursor.execute(f"VACUUM FULL {table}")
        cursor.execute("CHECKPOINT")
    Poll.objects.filter(pk=poll.pk).update(swept_at=now)
    return True


def sweep_counted(*, now: datetime) -> int:
    """Sweep after each poll that was counted or annulled, once (worker); return how many."""
    ended = (Poll.State.COUNTED, Poll.State.ANNULLED)
    counted = Poll.objects.filter(state__in=ended, secrecy="sealed", swept_at=None)
    return sum(sweep(poll=poll, now=now) for poll in counted.order_by("pk"))


def _read_share(written: bytes) -> KeyShare:
    return KeyShare(written[0], int.from_bytes(written[1:]))


def _open(poll: Poll, shares: list[KeyShare], now: datetime) -> None:
    private = key_shares.join(shares, length=sealing.KEY_BYTES)
    ballots = [
        OpenedBallot(
            college,
            slips.read(sealing.unseal(bytes(sealed), private_key=private, purpose=poll.purpose)),
        )
        for college, sealed in UrnSlot.objects.filter(poll=poll, is_used=True).values_list(
            "college", "sealed"
        )
    ]
    roll = RollEntry.objects.filter(poll=poll)
    voted = roll.filter(has_voted=True).values_list("college", flat=True)
    if publication.first_disagreement(ballots, voted) is not None:
        Scrutineer.objects.filter(poll=poll).update(opened_share=None)
        poll.state = Poll.State.SPOILT
        poll.save(update_fields=["state"])
        return
    _publish(poll, publication.in_published_order(ballots))
    UrnSlot.objects.filter(poll=poll).delete()
    # Written again all at once: a line no longer remembers in which transaction it was ticked.
    roll.update(has_voted=F("has_voted"))
    Scrutineer.objects.filter(poll=poll).update(sealed_share=None, opened_share=None)
    _tell_who_voted(poll, now)
    poll.state, poll.counted_at, poll.counted_in = Poll.State.COUNTED, now, _this_transaction()
    poll.digest = publication.digest(publication.as_csv(opened_ballots(poll)))
    poll.save(update_fields=["state", "counted_at", "counted_in", "digest"])


def _tell_who_voted(poll: Poll, now: datetime) -> None:
    """Write to every ticked member, all at once and by their number: never when they voted.

    Whoever reads it without having voted knows that somebody put a ballot in for them.
    """
    ticked = RollEntry.objects.filter(poll=poll, has_voted=True, member__isnull=False)
    for entry in ticked.select_related("member").order_by("number").iterator(chunk_size=BATCH):
        member = entry.member
        assert member is not None  # noqa: S101 - the filter says so
        with translation.override(member.language):
            subject = _("You have voted: {question}").format(question=poll.question)
            body = _(
                "The roll says that {name} voted, and the ballots are now published. If you did"
                " not vote and gave nobody your vote, tell the scrutineers at once."
            ).format(name=entry.name)
        write_email(recipient=member.email, subject=subject, body=body, now=now)


def _this_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (found,) = cursor.fetchone()
    return int(found)


def _publish(poll: Poll, ballots: list[OpenedBallot]) -> None:
    PublishedBallot.objects.bulk_create(
        (
            PublishedBallot(
                poll=poll,
                rank=rank,
                college=ballot.college,
                tracker=ballot.slip.tracker,
                choice=ballot.slip.choice,
                nonce=ballot.slip.nonce,
            )
            for rank, ballot in enumerate(ballots, start=1)
        ),
        batch_size=BATCH,
    )
