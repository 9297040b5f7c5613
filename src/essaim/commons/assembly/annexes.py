"""What goes with the minutes: documents of the points, questions in writing and their answers."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from essaim.commons.assembly import queries
from essaim.commons.assembly.models import (
    AgendaFile,
    AgendaItem,
    Amendment,
    GeneralAssembly,
    Motion,
    Question,
)
from essaim.commons.assembly.rules.amending import Proposed
from essaim.commons.urn import queries as urn


def of_assembly(assembly: GeneralAssembly) -> dict[str, Any]:
    """Return the annexes as plain values, to be kept as they are (1 query)."""
    rows = Question.objects.filter(assembly=assembly).select_related("item", "associate")
    return {
        "questions": [
            {
                "number": one.associate.number,
                "position": one.item.position if one.item else None,
                "text": one.text,
                "asked_at": written(one.asked_at),
                "answer": one.answer,
                "answered_at": written(one.answered_at),
            }
            for one in rows.order_by("asked_at", "pk")
        ],
    }


def of_point(item: AgendaItem) -> dict[str, Any]:
    """Return what goes with one point: documents, the text as amended, amendments (3 queries)."""
    motion: Motion | None = getattr(item, "motion", None)
    amended = {} if motion is None else _amended(motion)
    return amended | {
        "files": [
            {
                "title": one.title,
                "sha256": one.digest,
                "size_bytes": one.size_bytes,
                "added_at": written(one.added_at),
            }
            for one in AgendaFile.objects.filter(item=item).order_by("pk")
        ],
    }


def _amended(motion: Motion) -> dict[str, Any]:
    rows = motion.amendments.select_related("associate").order_by("number")
    before = queries.as_proposed(motion)
    told = [amendment_kept(one, before) for one in rows]
    return {"motion": motion.final_text, "noticed": motion.text, "amendments": told}


def amendment_kept(amendment: Amendment, before: Proposed) -> dict[str, Any]:
    """Return an amendment as plain values, what it became included (0 queries)."""
    value, at = before.rules.get(amendment.article_key, (0, None))
    return {
        "number": amendment.number,
        "kind": amendment.kind,
        "paragraph": amendment.paragraph,
        "text": amendment.text,
        "article": amendment.article_key,
        "value": amendment.value,
        "effective_at": written(amendment.effective_at),
        "noticed_value": value,
        "noticed_effective_at": written(at),
        "reason": amendment.reason,
        "of": amendment.associate.number if amendment.associate else None,
        "fate": fate(amendment),
        "outcome": amendment.outcome,
    }


def annulled_kept(item: AgendaItem) -> list[dict[str, Any]]:
    """Return the votes of a point that came to nothing: when, why, how many had voted.

    One query, and one a vote; none for an agenda that was loaded whole, without such a vote.
    """
    return [
        {
            "question": vote.question,
            "opened_at": written(vote.poll.opened_at),
            "annulled_at": written(vote.annulled_at),
            "reason": vote.reason,
            "voted": sum(voted for voted, _entitled in urn.turnout(vote.poll).values()),
        }
        for vote in sorted(item.annulled_votes.all(), key=lambda vote: vote.pk)
    ]


def fate(amendment: Amendment) -> str:
    """Return what became of an amendment, as a code."""
    if amendment.is_withdrawn:
        return "withdrawn"
    if amendment.fell_at is not None:
        return "fallen"
    if amendment.is_adopted is None:
        return "pending"
    return "carried" if amendment.is_adopted else "rejected"


def written(moment: datetime | None) -> str | None:
    """Return an instant as minutes keep it: local, to the minute."""
    return None if moment is None else timezone.localtime(moment).isoformat(timespec="minutes")
