"""Bringing the results of Belenios back: all colleges together, counted by our own rules."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from essaim.commons.assembly.actions.outside import declare_from_outside
from essaim.commons.assembly.models import Motion
from essaim.commons.belenios import queries
from essaim.commons.belenios.models import CollegeResult
from essaim.commons.belenios.rules.formats import read_choices
from essaim.commons.belenios.rules.refusals import CollegeMissing
from essaim.core.members.models import Member


@dataclass(frozen=True, slots=True)
class Given:
    """What the secretary gives of one college."""

    content: bytes
    ballots_count: int
    address: str = ""


@transaction.atomic
def record_results(
    *, motion: Motion, given: Mapping[str, Given], by: Member, now: datetime
) -> Motion:
    """Keep the result of each college, count them together, declare the decision.

    Args:
        given: by code of college; without colleges the single key "".

    Raises:
        CollegeMissing: a college that has voters has no result.
        UnreadableResult, ResultBeyondRoll, CountsDisagree: a file is not what it should be.
        WrongStep: the assembly is not sitting. VoteUnderWay: it was put to the vote here.
    """
    asked, choices, rows = queries.asked_of(motion), {}, []
    for roll in queries.rolls_of(motion.item.assembly):
        if roll.code not in given:
            raise CollegeMissing(college=roll.shown)
        one = given[roll.code]
        choices[roll.code] = read_choices(
            asked, one.content, college=roll.shown, entitled_count=roll.entitled_count,
            ballots_count=one.ballots_count,
        )  # fmt: skip
        rows.append(
            CollegeResult(
                motion=motion, college=roll.code, content=one.content,
                sha256=hashlib.sha256(one.content).hexdigest(), ballots_count=one.ballots_count,
                address=one.address, recorded_at=now, recorded_by=by,
            )
        )  # fmt: skip
    declared = declare_from_outside(
        motion=motion, choices=choices, digest=_digest(rows), by=by, now=now
    )
    CollegeResult.objects.bulk_create(rows)
    return declared


def _digest(rows: list[CollegeResult]) -> str:
    """SHA-256 of the lines « SHA-256 of the file, two spaces, college », in the order of codes."""
    lines = (f"{row.sha256}  {row.college}\n" for row in sorted(rows, key=lambda row: row.college))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
