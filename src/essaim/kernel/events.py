"""Facts told to whoever listens, once the transaction that made them true is committed.

An event is a frozen dataclass in the past tense whose fields are ids (`AgreementSettled`).
Subscribers are registered in an app's `ready()`. What MUST happen is never an event: it is a
direct call.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import structlog
from django.db import transaction

log = structlog.get_logger()

Event = TypeVar("Event")
_subscribers: defaultdict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event_type: type[Event], subscriber: Callable[[Event], None]) -> None:
    """Call `subscriber` with each event of exactly this type; registering twice counts once."""
    if subscriber not in _subscribers[event_type]:
        _subscribers[event_type].append(subscriber)


def publish(event: object) -> None:
    """Tell every subscriber after commit; a subscriber that fails is logged and stops no other."""
    for subscriber in _subscribers[type(event)]:
        transaction.on_commit(partial(_tell, subscriber, event))


def _tell(subscriber: Callable[[Any], None], event: object) -> None:
    try:
        subscriber(event)
    except Exception:
        log.exception("event_subscriber_failed", event_type=type(event).__name__)
