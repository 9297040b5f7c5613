"""Reading what the room looks at: the last arrivals, the vote of the moment."""

from datetime import datetime

from essaim.commons.assembly.models import Amendment, Attendance, GeneralAssembly, Motion
from essaim.commons.urn import queries as urn_queries
from essaim.commons.urn.models import Poll

LATEST_MAX = 5


def latest_arrivals(assembly: GeneralAssembly) -> list[Attendance]:
    """The last who arrived and are still there, the latest first (1 query)."""
    rows = Attendance.objects.filter(assembly=assembly, left_at=None).select_related(
        "associate__member", "associate__organisation"
    )
    return list(rows.order_by("-arrived_at", "-pk")[:LATEST_MAX])


def on_the_screen(assembly: GeneralAssembly) -> Motion | Amendment | None:
    """What the room looks at: the vote that is open, else the last one opened (2 queries)."""
    motions = Motion.objects.filter(item__assembly=assembly, poll__opened_at__isnull=False)
    amendments = Amendment.objects.filter(
        motion__item__assembly=assembly, poll__opened_at__isnull=False
    )
    found: list[Motion | Amendment] = [
        *motions.select_related("item", "poll").order_by("-poll__opened_at")[:1],
        *amendments.select_related("motion__item", "poll").order_by("-poll__opened_at")[:1],
    ]
    return max(found, key=lambda one: _opened_at(one) or assembly.meets_at, default=None)


def _opened_at(put: Motion | Amendment) -> datetime | None:
    return put.poll.opened_at if put.poll else None


def next_vote(motion: Motion) -> Motion | None:
    """The vote that comes after this one on the agenda and is not declared yet (1 query)."""
    rows = Motion.objects.filter(
        item__assembly=motion.item.assembly_id, item__position__gt=motion.item.position,
        declared_at=None,
    )  # fmt: skip
    return rows.select_related("item").order_by("item__position").first()


def names_of_small_colleges(poll: Poll) -> list[str]:
    """The colleges with so few voters that the result tells how they vote (1 query)."""
    labels = {one["code"]: one["label"] for one in poll.colleges}
    return [labels.get(code) or "–" for code in urn_queries.small_colleges(poll)]
