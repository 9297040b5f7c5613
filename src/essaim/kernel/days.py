"""Days as clocks show them here."""

from datetime import date, datetime, time

from django.utils import timezone


def first_moment(day: date) -> datetime:
    """Return the instant at which a day begins in local time."""
    return timezone.make_aware(datetime.combine(day, time()))
