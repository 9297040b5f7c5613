"""The private calendar of a member (iCalendar, RFC 5545): what they agreed to, where and when.

A calendar program asks for it again and again under a secret address (`Member.agenda_key`), which
the member can replace. Each event keeps its UID for ever; its SEQUENCE grows with each step of the
agreement, so that a change or a cancellation replaces what the program showed before.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import translation
from django.utils.translation import gettext
from icalendar import Calendar, Event

from essaim.core.agreements.models import Agreement
from essaim.core.agreements.queries import agreements_of
from essaim.core.agreements.rules import State
from essaim.core.members.models import Member

DAYS_PAST = 60
"""How far back the feed goes: long enough for a cancelled event to vanish everywhere."""
EVENTS_MAX = 500
PROGRAM = "-//Essaim//Agenda//FR"
REFRESH = timedelta(hours=1)

GONE = frozenset({State.DECLINED, State.WITHDRAWN, State.CANCELLED, State.EXPIRED})
FIRM = frozenset({State.ACCEPTED, State.FULFILLED, State.SETTLED, State.DISPUTED})


def agenda_feed(member: Member, now: datetime) -> bytes:
    """Return the member's agreements that have a date as an iCalendar file (1 query)."""
    with translation.override(member.language):
        calendar = Calendar()
        calendar.add("PRODID", PROGRAM)
        calendar.add("VERSION", "2.0")
        calendar.add("METHOD", "PUBLISH")
        calendar.add("X-WR-CALNAME", "Essaim")
        calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
        for agreement in _dated_agreements(member, now):
            calendar.add_component(_event(agreement, member, now))
        return bytes(calendar.to_ical())


def _dated_agreements(member: Member, now: datetime) -> list[Any]:
    rows = (
        agreements_of(member)
        .filter(takes_place_at__gte=now - timedelta(days=DAYS_PAST))
        .select_related("place__commune")
        .annotate(step_count=Count("transitions", filter=~Q(transitions__from_state="")))
        .order_by("takes_place_at", "pk")
    )
    return list(rows[:EVENTS_MAX])


def _event(agreement: Any, member: Member, now: datetime) -> Event:
    event = Event()
    event.add("UID", f"{agreement.public_id}@essaim")
    event.add("DTSTAMP", now)
    event.add("SEQUENCE", agreement.step_count)
    event.add("DTSTART", agreement.takes_place_at)
    if agreement.ends_at is not None and agreement.ends_at > agreement.takes_place_at:
        event.add("DTEND", agreement.ends_at)
    event.add("SUMMARY", agreement.title)
    event.add("STATUS", _status(agreement.state))
    event.add("TRANSP", "TRANSPARENT" if agreement.state in GONE else "OPAQUE")
    if agreement.place is not None:
        event.add("LOCATION", _location(agreement))
    event.add("DESCRIPTION", _description(agreement, member))
    return event


def _status(state: str) -> str:
    if state in GONE:
        return "CANCELLED"
    return "CONFIRMED" if state in FIRM else "TENTATIVE"


def _location(agreement: Agreement) -> str:
    """Name and full address: whoever has an agreement has to find the door."""
    place = agreement.place
    if place is None:
        return ""
    return ", ".join(filter(None, (place.name, place.address, place.commune.name)))


def _description(agreement: Agreement, member: Member) -> str:
    return gettext("Agreement %(number)s with %(provider)s") % {
        "number": agreement.number,
        "provider": agreement.other_side(member),
    }
