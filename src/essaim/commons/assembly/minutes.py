"""What the minutes say, gathered from what was written while the assembly met."""

from typing import Any

from django.utils import timezone

from essaim.commons.assembly import annexes, queries
from essaim.commons.assembly.models import GeneralAssembly, Motion, Notice
from essaim.commons.cooperative.models import Associate


def content_of(assembly: GeneralAssembly) -> dict[str, Any]:
    """Return the minutes as plain values: names and numbers as they were, nothing to look up."""
    people = {
        one.pk: one
        for one in queries.entitled_at(assembly).select_related("member", "organisation", "college")
    }
    return {
        "title": assembly.title,
        "kind": assembly.kind,
        "convening": assembly.convening,
        "cooperative": assembly.register.organisation.name,
        "place": assembly.place,
        "record_at": _written(assembly.record_at),
        "opened_at": _written(assembly.opened_at),
        "closed_at": _written(assembly.closed_at),
        "convened": _notices(assembly),
        "attendance": [
            {
                "number": people[row.associate_id].number,
                "name": _name(people[row.associate_id]),
                "how": row.how,
                "arrived_at": _written(row.arrived_at),
                "left_at": _written(row.left_at),
            }
            for row in assembly.attendances.order_by("arrived_at", "pk")
        ],
        "proxies": [
            {
                "principal": people[row.principal_id].number,
                "holder": people[row.holder_id].number,
                "given_at": _written(row.given_at),
                "revoked_at": _written(row.revoked_at),
            }
            for row in assembly.proxies.order_by("given_at", "pk")
        ],
        "entitled_count": len(people),
        "points": [_point(item) | annexes.of_point(item) for item in queries.agenda(assembly)],
        **annexes.of_assembly(assembly),
    }


def _point(item: Any) -> dict[str, Any]:
    motion: Motion | None = getattr(item, "motion", None)
    point = {"position": item.position, "title": item.title, "text": item.text}
    if motion is None:
        return point
    return point | {
        "motion": motion.text,
        "method": motion.method,
        "options": motion.options,
        "seats_count": motion.seats_count,
        "is_secret": motion.is_secret,
        "is_adopted": motion.is_adopted,
        "outcome": motion.outcome,
        "ballots_digest": motion.poll.digest if motion.poll else "",
        "changes": [
            {
                "article": change.article_key,
                "value": change.value,
                "effective_at": _written(change.effective_at),
            }
            for change in sorted(motion.changes.all(), key=lambda change: change.pk)
        ],
    }


def _notices(assembly: GeneralAssembly) -> dict[str, int]:
    rows = Notice.objects.filter(assembly=assembly).values_list("channel", flat=True)
    channels = list(rows)
    return {channel: channels.count(channel) for channel in sorted(set(channels))}


def _name(associate: Associate) -> str:
    if associate.member is not None:
        return associate.member.display_name
    return associate.organisation.name if associate.organisation is not None else ""


def _written(moment: Any) -> str | None:
    return None if moment is None else timezone.localtime(moment).isoformat(timespec="minutes")
