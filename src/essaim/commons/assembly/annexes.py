"""What goes with the minutes: documents of the points, questions in writing and their answers."""

from typing import Any

from django.utils import timezone

from essaim.commons.assembly.models import AgendaFile, AgendaItem, GeneralAssembly, Question


def of_assembly(assembly: GeneralAssembly) -> dict[str, Any]:
    """Return the annexes as plain values, to be kept as they are (1 query)."""
    rows = Question.objects.filter(assembly=assembly).select_related("item", "associate")
    return {
        "questions": [
            {
                "number": one.associate.number,
                "position": one.item.position if one.item else None,
                "text": one.text,
                "asked_at": _written(one.asked_at),
                "answer": one.answer,
                "answered_at": _written(one.answered_at),
            }
            for one in rows.order_by("asked_at", "pk")
        ],
    }


def of_point(item: AgendaItem) -> dict[str, Any]:
    """Return what goes with one point (1 query)."""
    return {
        "files": [
            {
                "title": one.title,
                "sha256": one.digest,
                "size_bytes": one.size_bytes,
                "added_at": _written(one.added_at),
            }
            for one in AgendaFile.objects.filter(item=item).order_by("pk")
        ],
    }


def _written(moment: Any) -> str | None:
    return None if moment is None else timezone.localtime(moment).isoformat(timespec="minutes")
