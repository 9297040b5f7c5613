"""The one place that reads the clock, for views, commands and tasks; never rules nor actions."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)
