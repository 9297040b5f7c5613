"""Reading polls: who voted, what was published."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db.models import Count, Q

from essaim.commons.urn.models import NamedBallot, Poll, PublishedBallot, RollEntry
from essaim.commons.urn.rules import publication
from essaim.commons.urn.rules.publication import OpenedBallot
from essaim.commons.urn.rules.slips import Slip

CHUNK = 5000
SMALL_COLLEGE = 5
VERIFIER = Path(__file__).with_name("verifier.py")


def opened_ballots(poll: Poll) -> list[OpenedBallot]:
    """The published ballots of a poll, in their order (1 query)."""
    rows = PublishedBallot.objects.filter(poll=poll).order_by("rank")
    return [
        OpenedBallot(college, Slip(tracker, choice, nonce))
        for college, tracker, choice, nonce in rows.values_list(
            "college", "tracker", "choice", "nonce"
        )
    ]


def published_files(poll: Poll, outcome: dict[str, Any]) -> dict[str, bytes]:
    """The files of a counted sealed poll that anybody counts again with `verifier.py` (2 queries).

    Args:
        outcome: the result as it was declared.
    """
    ballots = publication.as_csv(opened_ballots(poll))
    sizes = turnout(poll)
    weights = {college["code"]: college for college in poll.colleges}
    facts = {
        "question": poll.question,
        "options": poll.options,
        "counting": poll.counting,
        "colleges": [
            {
                "code": code,
                "label": weights[code]["label"] if code in weights else "",
                "weight": weights[code]["weight"] if code in weights else "1",
                "voted": voted,
                "entitled": entitled,
            }
            for code, (voted, entitled) in sizes.items()
        ],
        "ballots_sha256": publication.digest(ballots),
    }
    return {
        "poll.json": _json(facts),
        "ballots.csv": ballots,
        "result.json": _json(outcome),
        "verifier.py": VERIFIER.read_bytes(),
    }


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()


def turnout(poll: Poll) -> dict[str, tuple[int, int]]:
    """How many voted and how many may, by college (1 query)."""
    rows = (
        RollEntry.objects.filter(poll=poll)
        .values("college")
        .annotate(voted=Count("pk", filter=Q(has_voted=True)), entitled=Count("pk"))
        .order_by("college")
    )
    return {row["college"]: (row["voted"], row["entitled"]) for row in rows}


def small_colleges(poll: Poll) -> list[str]:
    """Colleges with so few voters that the result itself may tell how they vote (1 query)."""
    return [code for code, (_, entitled) in turnout(poll).items() if entitled < SMALL_COLLEGE]


def choices(poll: Poll) -> Iterator[tuple[str, Any]]:
    """The college and the choice of each ballot of a poll that is over (1 query)."""
    sealed = PublishedBallot.objects.filter(poll=poll).order_by()
    named = NamedBallot.objects.filter(entry__poll=poll).order_by()
    rows: Iterable[tuple[str, str]] = (
        sealed.values_list("college", "choice").iterator(chunk_size=CHUNK)
        if poll.is_sealed
        else named.values_list("entry__college", "choice").iterator(chunk_size=CHUNK)
    )
    for college, choice in rows:
        yield college, json.loads(choice)
