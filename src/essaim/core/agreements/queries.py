"""Reading agreements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from essaim.core.agreements.models import Agreement, Share
from essaim.core.agreements.rules import State
from essaim.core.members.models import Member
from essaim.kernel.prepared import run_prepared

GOING_ON = (State.PROPOSED.value, State.ACCEPTED.value, State.FULFILLED.value)


@dataclass(frozen=True, slots=True)
class SharePart:
    """One part of a price as it is shown: who, in what capacity, how much."""

    role: str
    label: str
    amount_cents: int


def agreements_of(member: Member) -> QuerySet[Agreement]:
    """The deals in which a member receives or provides, newest first; lazy."""
    return (
        Agreement.objects.filter(Q(receiver=member) | Q(provider_member=member))
        .select_related("provider", "provider_member", "receiver", "place")
        .order_by("-proposed_at")
    )


def agenda_of(member: Member, *, since: datetime) -> list[Agreement]:
    """What takes place for a member from an instant on, soonest first (1 query)."""
    return list(
        agreements_of(member)
        .filter(ends_at__gte=since, state__in=GOING_ON)
        .order_by("takes_place_at")
    )


WHOLE = """
SELECT agreement.public_id, agreement.number, agreement.state, agreement.total_cents,
       agreement.tax_cents,
       (SELECT coalesce(json_agg(json_build_object('label', label, 'quantity', quantity,
            'unit_price_cents', unit_price_cents, 'amount_cents', amount_cents) ORDER BY position),
            '[]')
          FROM agreements_line WHERE agreement_id = agreement.id) AS lines,
       (SELECT coalesce(json_agg(json_build_object('role', role, 'label', label,
            'amount_cents', amount_cents) ORDER BY position), '[]')
          FROM agreements_share WHERE agreement_id = agreement.id) AS shares
  FROM agreements_agreement AS agreement
 WHERE agreement.public_id = %s
"""


def whole(public_id: UUID) -> dict[str, Any]:
    """Return an agreement with its lines and its shares, as programs read it (1 query)."""
    return run_prepared(WHOLE, [public_id]).dicts()[0]


def split_of(agreement: Agreement) -> list[SharePart]:
    """Where each euro of an agreement goes, as agreed (1 query)."""
    rows = Share.objects.filter(agreement=agreement).order_by("position")
    return [SharePart(row.role, row.label, row.amount_cents) for row in rows]
