"""What campaigns tell a member in their own space."""

from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.campaigns.models import Campaign, Contribution
from essaim.commons.cooperative.models import Register
from essaim.core.members.models import Member
from essaim.kernel.trades import PanelRow
from essaim.web.environment import euros

State = Contribution.State


def member_rows(member: Member, register: Register | None) -> list[PanelRow]:
    """Their contributions to campaigns that go on (1 query); where the campaigns are."""
    del register  # a campaign may go on without one
    rows = Contribution.objects.filter(
        member=member, state__in=(State.ASKED, State.PAID), campaign__state=Campaign.State.OPEN
    ).select_related("campaign")
    found = [
        PanelRow(
            one.campaign.title, reverse("campaigns:contribution", args=[one.public_id]),
            _("to be paid") if one.state == State.ASKED else euros(one.amount_cents),
            "honey" if one.state == State.ASKED else "clover",
        )
        for one in rows.order_by("campaign__closes_at", "pk")
    ]  # fmt: skip
    return [*found, PanelRow(_("Campaigns"), reverse("campaigns:campaigns"))]


def portrait(member: Member) -> list[dict[str, object]]:
    """What campaigns hold of a member, to take away (1 query)."""
    rows = Contribution.objects.filter(member=member).select_related("campaign")
    return [
        {"campaign": one.campaign.title, "kind": one.kind, "amount_cents": one.amount_cents,
         "state": one.state, "asked_at": one.asked_at, "paid_at": one.paid_at}
        for one in rows.order_by("asked_at", "pk")
    ]  # fmt: skip
