"""What consultations tell a member in their own space, and what they hold of them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.consultation import queries
from essaim.commons.consultation.models import Answer, Delegation
from essaim.commons.cooperative.models import Register
from essaim.commons.deliberation.queries import voices_of
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.kernel.trades import PanelRow
from essaim.web.environment import day

QUESTIONS_MAX = 3


def member_rows(member: Member, register: Register | None) -> list[PanelRow]:
    """Questions they have not answered, and whom they gave their voice to (1 to 3 queries)."""
    voices = voices_of(register, member) if register is not None else []
    if register is None or not voices:
        return []
    rows = [
        PanelRow(
            one.question, reverse("consultation:consultation", args=[one.public_id]),
            _("answer before {day}").format(day=day(one.closes_at)), "honey",
        )
        for one in queries.waiting_for(register, voices, at=clock.now())[:QUESTIONS_MAX]
    ]  # fmt: skip
    return [*rows, PanelRow(_("My delegations"), reverse("consultation:delegations"))]


def portrait(member: Member) -> dict[str, Any]:
    """What a member answered and gave in their own name, to take away (2 queries)."""
    return {
        "answers": list(
            Answer.objects.filter(associate__member=member)
            .order_by("pk")
            .values("consultation__question", "choice", "said_at")
        ),
        "delegations": list(
            Delegation.objects.filter(giver__member=member)
            .order_by("pk")
            .values("subject__label", "holder__number", "given_at", "revoked_at")
        ),
    }
