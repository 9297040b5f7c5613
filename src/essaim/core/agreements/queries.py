"""Reading agreements."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from essaim.core.agreements.models import Agreement, Share
from essaim.core.agreements.rules import State
from essaim.core.members.models import Member

GOING_ON = (State.PROPOSED.value, State.ACCEPTED.value, State.FULFILLED.value)


@dataclass(frozen=True, slots=True)
class SharePart:
    """One part of a price as it is shown: who, in what capacity, how much."""

    role: str
    label: str
    amount_cents: int


def agreements_of(member: Member) -> QuerySet[Agreement]:
    """The deals a member receives, newest first; lazy."""
    return (
        Agreement.objects.filter(receiver=member)
        .select_related("provider", "place")
        .order_by("-proposed_at")
    )


def agenda_of(member: Member, *, since: datetime) -> list[Agreement]:
    """What takes place for a member from an instant on, soonest first (1 query)."""
    return list(
        Agreement.objects.filter(receiver=member, ends_at__gte=since, state__in=GOING_ON)
        .select_related("provider", "place")
        .order_by("takes_place_at")
    )


def split_of(agreement: Agreement) -> list[SharePart]:
    """Where each euro of an agreement goes, as agreed (1 query)."""
    rows = Share.objects.filter(agreement=agreement).order_by("position")
    return [SharePart(row.role, row.label, row.amount_cents) for row in rows]
