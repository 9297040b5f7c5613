"""What assemblies tell a member in their own space."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.assembly import policies, queries, wording
from essaim.commons.assembly.models import AgendaItem, GeneralAssembly
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.commons.urn.models import Poll, RollEntry
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.kernel.trades import PanelRow
from essaim.web.environment import moment

State = GeneralAssembly.State
VOTES_MAX = 20


@dataclass(frozen=True, slots=True)
class MyVote:
    """A vote that was taken, and what a member's own line of the roll says of it.

    `choice` is what a named ballot says; nobody knows it of a secret one.
    """

    item: AgendaItem
    number: int
    has_voted: bool
    is_secret: bool
    is_outside: bool
    """Held on another server: who voted there is known there alone."""
    choice: str
    by: str
    """Who cast it with a proxy; empty when it was the member."""
    result: wording.Result | None


def votes_of(member: Member) -> list[MyVote]:
    """The latest votes of a member and of organisations they manage (3 queries)."""
    register = cooperative_queries.the_register()
    if register is None:
        return []
    mine = cooperative_queries.associates_acted_for(register, member)
    rows = RollEntry.objects.filter(
        number__in=[one.number for one in mine],
        poll__motion__item__assembly__register=register,
    ).select_related("poll__motion__item__assembly", "ballot", "cast_by")
    latest = rows.order_by("-poll__motion__item__assembly__meets_at", "poll__motion__item")
    return [_my_vote(entry, member) for entry in latest[:VOTES_MAX]]


def _my_vote(entry: RollEntry, member: Member) -> MyVote:
    motion = entry.poll.motion
    ballot = getattr(entry, "ballot", None)
    return MyVote(
        item=motion.item,
        number=entry.number,
        has_voted=entry.has_voted,
        is_secret=motion.is_secret,
        is_outside=entry.poll.secrecy == Poll.Secrecy.OUTSIDE,
        choice=wording.choice_words(entry.poll, ballot.choice) if ballot else "",
        by=entry.cast_by.display_name if entry.cast_by and entry.cast_by != member else "",
        result=wording.result_of(motion),
    )


def member_rows(member: Member, register: Register | None) -> list[PanelRow]:
    """The assembly to come or the last one (1 to 6 queries)."""
    if register is None:
        return []
    found = queries.latest(register.pk, at=clock.now())
    if found is None or not policies.may_attend_assembly(member, found):
        return []
    return [_told(found)]


def _told(found: GeneralAssembly) -> PanelRow:
    if found.state == State.CLOSED:
        return PanelRow(_("Assemblies"), reverse("assembly:assemblies"))
    address = reverse("assembly:assembly", args=[found.public_id])
    if found.state == State.SITTING:
        return PanelRow(found.title, address, _("sitting now"), "honey")
    return PanelRow(found.title, address, moment(found.meets_at))
