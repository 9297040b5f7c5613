"""The one place that reads the clock. Views, commands and tasks call it; rules and actions never do."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)
