"""The private calendar of a member, for the calendar of their telephone."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from essaim.core.agreements.models import Agreement
from essaim.core.members.models import Member


def feed_address(member: Member) -> str:
    """Return the secret address of a member's calendar; whoever knows it can read it."""
    return f"{settings.BASE_URL}{reverse('agenda_feed', args=[member.agenda_key])}"


def calendar(agreements: Iterable[Agreement], *, now: datetime) -> bytes:
    """Return the iCalendar (RFC 5545) of agreements that take place at some time.

    An event keeps its UID as long as its agreement lives, so that calendars update it.
    """
    feed = Calendar()
    feed.add("prodid", f"-//Essaim//{settings.VERSION}//FR")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", "Essaim")
    for agreement in agreements:
        if agreement.takes_place_at is not None and agreement.ends_at is not None:
            feed.add_component(_event(agreement, now))
    return bytes(feed.to_ical())


def _event(agreement: Agreement, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{agreement.public_id}@essaim")
    event.add("dtstamp", now)
    event.add("dtstart", agreement.takes_place_at)
    event.add("dtend", agreement.ends_at)
    event.add("summary", agreement.title)
    event.add("description", agreement.number)
    if agreement.place is not None:
        place = agreement.place
        event.add("location", ", ".join(filter(None, [place.name, place.address])))
    return event
