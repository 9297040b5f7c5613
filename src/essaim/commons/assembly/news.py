"""Telling the open pages of an assembly that something moved: arrivals, votes, steps."""

from essaim.web import live


def topic_of(assembly_id: int) -> str:
    """Return the topic that the pages of an assembly listen to."""
    return f"assembly:{assembly_id}"


def tell(assembly_id: int) -> None:
    """Say that it moved (1 statement; heard after commit). Ballots say nothing: too many come."""
    live.announce(topic_of(assembly_id))
