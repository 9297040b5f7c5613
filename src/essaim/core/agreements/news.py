"""Telling the open pages of an agreement that it moved."""

from essaim.core.agreements.events import AgreementMoved
from essaim.kernel import events
from essaim.web import live


def topic_of(agreement_id: int) -> str:
    """Return the topic that the pages of an agreement listen to."""
    return f"agreement:{agreement_id}"


def subscribe() -> None:
    events.subscribe(AgreementMoved, _announce)


def _announce(event: AgreementMoved) -> None:
    live.announce(topic_of(event.agreement_id))
