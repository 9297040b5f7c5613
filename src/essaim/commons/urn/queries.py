"""Reading polls: who voted, what was published."""

from django.db.models import Count, Q

from essaim.commons.urn.models import Poll, PublishedBallot, RollEntry
from essaim.commons.urn.rules.publication import OpenedBallot
from essaim.commons.urn.rules.slips import Slip


def opened_ballots(poll: Poll) -> list[OpenedBallot]:
    """The published ballots of a poll, in their order (1 query)."""
    rows = PublishedBallot.objects.filter(poll=poll).order_by("rank")
    return [
        OpenedBallot(college, Slip(tracker, choice, nonce))
        for college, tracker, choice, nonce in rows.values_list(
            "college", "tracker", "choice", "nonce"
        )
    ]


def turnout(poll: Poll) -> dict[str, tuple[int, int]]:
    """How many voted and how many may, by college (1 query)."""
    rows = (
        RollEntry.objects.filter(poll=poll)
        .values("college")
        .annotate(voted=Count("pk", filter=Q(has_voted=True)), entitled=Count("pk"))
        .order_by("college")
    )
    return {row["college"]: (row["voted"], row["entitled"]) for row in rows}
