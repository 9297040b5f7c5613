"""Finding the assembly, the motion and the vote that a page is about, for those who may."""

from uuid import UUID

from django.http import Http404, HttpRequest

from essaim.commons.assembly import policies, queries
from essaim.commons.assembly.actions.deciding import Put
from essaim.commons.assembly.models import AgendaItem, Amendment, GeneralAssembly, Motion
from essaim.commons.assembly.queries import Seat
from essaim.commons.cooperative.models import Associate
from essaim.commons.cooperative.views.loading import first, member_of
from essaim.commons.urn.models import Poll
from essaim.kernel import clock

__all__ = [
    "amendment_of", "first", "followed", "helped_of", "item_of", "member_of", "motion_of",
    "put_of", "scrutinised", "seat_of",
]  # fmt: skip


def followed(request: HttpRequest, assembly_id: UUID) -> GeneralAssembly:
    """An assembly, for those who follow it (2 to 4 queries)."""
    rows = GeneralAssembly.objects.filter(public_id=assembly_id)
    found = first(rows.select_related("register__organisation"))
    if not policies.may_attend_assembly(member_of(request), found):
        raise Http404
    return found


def item_of(assembly: GeneralAssembly, position: int) -> AgendaItem:
    """A point of the agenda, its motion and changes loaded (1 or 2 queries)."""
    rows = AgendaItem.objects.filter(assembly=assembly, position=position)
    return first(
        rows.select_related("assembly", "motion__poll").prefetch_related("motion__changes")
    )


def motion_of(assembly: GeneralAssembly, position: int) -> Motion:
    """The motion under a point of the agenda (1 query)."""
    rows = Motion.objects.filter(item__assembly=assembly, item__position=position)
    return first(rows.select_related("item__assembly__register", "poll"))


def amendment_of(motion: Motion, number: int) -> Amendment:
    """An amendment of a motion (1 query)."""
    rows = Amendment.objects.filter(motion=motion, number=number)
    return first(
        rows.select_related("motion__item__assembly__register__organisation", "poll", "associate")
    )


def put_of(assembly: GeneralAssembly, position: int, amendment: int | None) -> Put:
    """The motion under a point, or one of its amendments by its number (1 or 2 queries)."""
    motion = motion_of(assembly, position)
    return motion if amendment is None else amendment_of(motion, amendment)


def seat_of(request: HttpRequest, assembly: GeneralAssembly, number: int) -> Seat:
    """A vote that the member casts, by the number of its associate (3 queries)."""
    for seat in queries.seats_of(assembly, member_of(request)):
        if seat.associate.number == number:
            return seat
    raise Http404


def helped_of(request: HttpRequest, assembly: GeneralAssembly, number: int) -> Associate:
    """Somebody there whom the member helps to vote, by their number (1 query)."""
    for one in queries.helped_there(assembly, member_of(request), clock.now()):
        if one.number == number:
            return one
    raise Http404


def scrutinised(request: HttpRequest, assembly_id: UUID, position: int) -> tuple[Poll, Motion]:
    """A secret vote and its motion, for its scrutineers (2 queries)."""
    rows = Motion.objects.filter(item__assembly__public_id=assembly_id, item__position=position)
    motion = first(rows.select_related("item__assembly", "poll"))
    if motion.poll is None or not policies.is_scrutineer(member_of(request), motion.poll):
        raise Http404
    return motion.poll, motion
