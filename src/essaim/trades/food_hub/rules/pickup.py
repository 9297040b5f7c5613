"""When an order that nobody fetched may be given up. Pure."""

from datetime import datetime, timedelta


def never_fetched_from(*, slot_ends_at: datetime, delay_minutes: int) -> datetime:
    """Return the instant from which a hub may say that nobody came for an order.

    Raises:
        ValueError: a negative delay (a bug of the caller, not a refusal).
    """
    if delay_minutes < 0:
        raise ValueError(f"{delay_minutes=}")
    return slot_ends_at + timedelta(minutes=delay_minutes)
