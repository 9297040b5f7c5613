"""What campaigns tell a member in their own space."""

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.campaigns.models import Campaign, Contribution, DeliveryLine, Kind
from essaim.commons.campaigns.rules.deliveries import OWED, Standing, standing
from essaim.commons.cooperative.models import Register
from essaim.core.members.models import Member
from essaim.kernel.trades import PanelRow
from essaim.web.environment import euros

State = Contribution.State


def member_rows(member: Member, register: Register | None) -> list[PanelRow]:
    """Their contributions to what goes on, what they wait for (3 queries); all campaigns."""
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
    found += _awaited(member)
    return [*found, PanelRow(_("Campaigns"), reverse("campaigns:campaigns"))]


def _awaited(member: Member) -> list[PanelRow]:
    """What they bought ahead and was not handed over (2 queries)."""
    rows = Contribution.objects.filter(
        member=member, kind=Kind.PRE_PURCHASE, state=State.PAID,
        campaign__state=Campaign.State.SUCCEEDED,
    ).select_related("reward")  # fmt: skip
    lines = Prefetch("deliveries", DeliveryLine.objects.order_by("position"))
    told = []
    for one in rows.order_by("pk").prefetch_related(lines):
        stands = standing([line.step for line in one.deliveries.all()])
        if one.reward and stands in OWED:
            is_ready = stands == Standing.READY
            told.append(PanelRow(
                one.reward.title, reverse("campaigns:contribution", args=[one.public_id]),
                _("ready to fetch") if is_ready else _("to come"),
                "clover" if is_ready else "honey",
            ))  # fmt: skip
    return told


def portrait(member: Member) -> list[dict[str, object]]:
    """What campaigns hold of a member, to take away (1 query)."""
    rows = Contribution.objects.filter(member=member).select_related("campaign")
    return [
        {"campaign": one.campaign.title, "kind": one.kind, "amount_cents": one.amount_cents,
         "state": one.state, "asked_at": one.asked_at, "paid_at": one.paid_at}
        for one in rows.order_by("asked_at", "pk")
    ]  # fmt: skip
