"""Putting a question, handing out keys, opening the vote."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from essaim.commons.urn import sealing
from essaim.commons.urn.models import Poll, RollEntry, Scrutineer, UrnSlot
from essaim.commons.urn.rules import key_shares, paper_codes
from essaim.commons.urn.rules.choices import PaperKind
from essaim.commons.urn.rules.refusals import (
    KeysMissing,
    NobodyOnRoll,
    NotScrutineer,
    PollStarted,
    TooFewScrutineers,
)
from essaim.core.members.models import Member

SCRUTINEERS_MIN = 2
HANDLE_BYTES = 32
SHARE_BYTES = 70
"""One byte of rank, then a value below 2^521 in 69 bytes."""
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Voter:
    """A line of the roll to be: `member_id` is who votes on it, None when only by post."""

    number: int
    name: str
    college: str
    member_id: int | None


@transaction.atomic
def prepare_poll(
    *,
    question: str,
    paper_kind: PaperKind,
    options: Sequence[Option],
    counting: dict[str, Any],
    colleges: Sequence[dict[str, str]],
    secrecy: str,
    voters: Sequence[Voter],
    scrutineers: Sequence[Member] = (),
    threshold: int = 0,
    grade_max: int = 0,
) -> Poll:
    """Write a question and its roll, as both will stay.

    Args:
        counting: the method and its parameters, kept as given and published with the result.
        colleges: `code`, `label` and `weight` (a fraction as text) of each.
        threshold: how many scrutineers together open the urn of a sealed poll.

    Raises:
        NobodyOnRoll: there is no voter.
        TooFewScrutineers: sealed, with fewer than two people needed to open the urn.
    """
    if not voters:
        raise NobodyOnRoll
    if secrecy == Poll.Secrecy.SEALED and not SCRUTINEERS_MIN <= threshold <= len(scrutineers):
        raise TooFewScrutineers
    poll = Poll.objects.create(
        question=question,
        paper_kind=paper_kind,
        options=[{"code": option.code, "label": option.label} for option in options],
        grade_max=grade_max,
        counting=counting,
        colleges=list(colleges),
        secrecy=secrecy,
        threshold=threshold if secrecy == Poll.Secrecy.SEALED else 0,
    )
    RollEntry.objects.bulk_create(
        (
            RollEntry(
                poll=poll, number=voter.number, name=voter.name, college=voter.college,
                member_id=voter.member_id,
            )
            for voter in sorted(voters, key=lambda voter: voter.number)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    if poll.is_sealed:
        Scrutineer.objects.bulk_create(
            Scrutineer(poll=poll, member=member) for member in scrutineers
        )
    return poll


@transaction.atomic
def keep_outside_result(*, poll: Poll, digest: str, now: datetime) -> Poll:
    """End a poll that was held elsewhere; its ballots never lay in an urn of ours.

    Args:
        digest: SHA-256 of the results published there.

    Raises:
        PollStarted: it is a poll of this urn, or ended already.
    """
    poll = Poll.objects.select_for_update(of=("self",)).get(pk=poll.pk)
    if poll.secrecy != Poll.Secrecy.OUTSIDE or poll.state != Poll.State.PREPARING:
        raise PollStarted
    poll.state, poll.digest = Poll.State.COUNTED, digest
    poll.opened_at = poll.closed_at = poll.counted_at = now
    poll.save(update_fields=["state", "digest", "opened_at", "closed_at", "counted_at"])
    return poll


@transaction.atomic
def take_key(*, poll: Poll, member: Member) -> str:
    """Make the key of a scrutineer and return it as a code for paper: it is kept nowhere else.

    Asked again before the vote opens, it makes another and the former no longer serves.

    Raises:
        NotScrutineer: not one of this poll. PollStarted: too late.
    """
    poll = lock(poll)
    if poll.state != Poll.State.PREPARING:
        raise PollStarted
    row = Scrutineer.objects.filter(poll=poll, member=member).order_by().first()
    if row is None:
        raise NotScrutineer
    private, row.public_key = sealing.new_key()
    row.save(update_fields=["public_key"])
    return paper_codes.write(private)


@transaction.atomic
def open_poll(*, poll: Poll, now: datetime) -> Poll:
    """Open the vote. For a sealed poll: make the key of the urn, share it out, forget it.

    Raises:
        PollStarted: it was opened before.
        KeysMissing: a scrutineer has no key yet; `details` has `missing_count`.
    """
    poll = lock(poll)
    if poll.state != Poll.State.PREPARING:
        raise PollStarted
    if poll.is_sealed:
        _share_the_key(poll)
        _fill_the_urn_with_noise(poll)
    poll.state, poll.opened_at = Poll.State.OPEN, now
    poll.save(update_fields=["state", "opened_at", "public_key"])
    return poll


def lock(poll: Poll) -> Poll:
    """Lock a poll against any other step of its life, and read it afresh (1 query)."""
    return Poll.objects.select_for_update(of=("self",)).get(pk=poll.pk)


def _share_the_key(poll: Poll) -> None:
    rows = list(Scrutineer.objects.filter(poll=poll).order_by("pk"))
    missing_count = sum(row.public_key is None for row in rows)
    if missing_count:
        raise KeysMissing(missing_count=missing_count)
    private, poll.public_key = sealing.new_key()
    shares = key_shares.cut(
        private, count=len(rows), threshold=poll.threshold, draw=secrets.randbelow
    )
    for row, share in zip(rows, shares, strict=True):
        written = bytes([share.rank]) + share.value.to_bytes(SHARE_BYTES - 1)
        row.sealed_share = sealing.seal(
            written, public_key=bytes(row.public_key or b""), purpose=poll.purpose
        )
        row.save(update_fields=["sealed_share"])


def _fill_the_urn_with_noise(poll: Poll) -> None:
    """One slot a line of the roll, in random order, each as long as a sealed slip will be."""
    length = len(
        sealing.seal(
            bytes(poll.paper.slip_bytes),
            public_key=bytes(poll.public_key or b""),
            purpose=poll.purpose,
        )
    )
    colleges = list(RollEntry.objects.filter(poll=poll).values_list("college", flat=True))
    secrets.SystemRandom().shuffle(colleges)
    UrnSlot.objects.bulk_create(
        (
            UrnSlot(
                id=uuid4(), poll=poll, college=college, handle=secrets.token_bytes(HANDLE_BYTES),
                sealed=secrets.token_bytes(length),
            )
            for college in colleges
        ),
        batch_size=BATCH,
    )  # fmt: skip
