"""What deliberations tell a member in their own space, and what they hold of them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.cooperative.models import Register
from essaim.commons.deliberation import queries
from essaim.commons.deliberation.models import Comment, Proposal, Statement, Support
from essaim.core.members.models import Member
from essaim.core.members.policies import may_sit_on_board
from essaim.kernel import clock
from essaim.kernel.trades import PanelRow
from essaim.web.environment import day

ROUNDS_MAX = 3


def member_rows(member: Member, register: Register | None) -> list[PanelRow]:
    """Rounds that wait for them, proposals to read, the board's agenda (1 to 6 queries)."""
    if register is None:
        return []
    now = clock.now()
    voices, is_board = queries.voices_of(register, member), may_sit_on_board(member)
    rows = [
        PanelRow(
            one.title, reverse("deliberation:round", args=[one.public_id]),
            _("speak before {day}").format(day=day(one.closes_at)), "honey",
        )
        for one in queries.rounds_waiting_for(register, voices, at=now)[:ROUNDS_MAX]
    ] if voices else []  # fmt: skip
    if voices or is_board:
        count = queries.gathering(register, at=now).count()
        told = ngettext("%(num)s to read", "%(num)s to read", count) % {"num": count}
        listing = reverse("deliberation:proposals")
        rows.append(PanelRow(_("Proposals of associates"), listing, told if count else ""))
    if is_board:
        rows.append(_desk_row(queries.to_schedule(register).count()))
    return rows


def to_schedule_rows(register: Register) -> list[PanelRow]:
    """The desk of the agenda, when something waits there (1 query)."""
    count = queries.to_schedule(register).count()
    return [_desk_row(count)] if count else []


def _desk_row(count: int) -> PanelRow:
    told = _("{count} to put on the agenda").format(count=count) if count else ""
    return PanelRow(_("The desk of the agenda"), reverse("deliberation:desk"), told, "honey")


def portrait(member: Member) -> dict[str, Any]:
    """What a member said in their own name, to take away (4 queries)."""
    return {
        "proposals": list(
            Proposal.objects.filter(author__member=member)
            .order_by("pk")
            .values("title", "state", "opened_at", "versions__number", "versions__text")
        ),
        "supports": list(
            Support.objects.filter(associate__member=member)
            .order_by("pk")
            .values("proposal__title", "given_at", "revoked_at")
        ),
        "messages": list(
            Comment.objects.filter(written_by=member)
            .order_by("pk")
            .values("proposal__title", "text", "written_at", "edited_at", "is_masked")
        ),
        "statements": list(
            Statement.objects.filter(associate__member=member)
            .order_by("pk")
            .values("round__title", "stance", "reason", "said_at", "replaced_at", "answer")
        ),
    }
