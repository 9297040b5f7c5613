"""The calendar of a notice: which day at the latest, which day at the earliest."""

from datetime import date, timedelta


def latest_notice_day(meeting_day: date, *, days: int) -> date:
    """Return the last day on which the notice may be sent.

    The days lie wholly between the two, neither the day of the sending nor that of the meeting
    counting: 15 days before the 16th of May is the 30th of April.
    """
    return meeting_day - timedelta(days=days + 1)


def earliest_meeting_day(notice_day: date, *, days: int) -> date:
    """Return the first day on which a meeting convened on `notice_day` may be held."""
    return notice_day + timedelta(days=days + 1)
