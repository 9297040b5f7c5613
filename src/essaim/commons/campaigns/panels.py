"""What campaigns tell a member in their own space."""

from django.db.models import Prefetch, Q
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
    """What they brought to what goes on, what they wait for (1 or 2 queries); all campaigns."""
    del register  # a campaign may go on without one
    going_on = Q(state__in=(State.ASKED, State.PAID), campaign__state=Campaign.State.OPEN)
    bought = Q(state=State.PAID, kind=Kind.PRE_PURCHASE, campaign__state=Campaign.State.SUCCEEDED)
    rows = Contribution.objects.filter(going_on | bought, member=member)
    lines = Prefetch("deliveries", DeliveryLine.objects.order_by("position"))
    found = [
        _row(one)
        for one in rows.select_related("campaign", "reward")
        .prefetch_related(lines)
        .order_by("campaign__closes_at", "pk")
    ]
    told = [row for row in found if row is not None]
    return [*told, PanelRow(_("Campaigns"), reverse("campaigns:campaigns"))]


def _row(one: Contribution) -> PanelRow | None:
    """One contribution; None for a thing bought ahead that is no longer owed."""
    here = reverse("campaigns:contribution", args=[one.public_id])
    if one.campaign.state == Campaign.State.OPEN:
        is_asked = one.state == State.ASKED
        detail = _("to be paid") if is_asked else euros(one.amount_cents)
        return PanelRow(one.campaign.title, here, detail, "honey" if is_asked else "clover")
    stands = standing([line.step for line in one.deliveries.all()])
    if one.reward is None or stands not in OWED:
        return None
    is_ready = stands == Standing.READY
    detail = _("ready to fetch") if is_ready else _("to come")
    return PanelRow(one.reward.title, here, detail, "clover" if is_ready else "honey")


def portrait(member: Member) -> list[dict[str, object]]:
    """What campaigns hold of a member, to take away (1 query)."""
    rows = Contribution.objects.filter(member=member).select_related("campaign")
    return [
        {"campaign": one.campaign.title, "kind": one.kind, "amount_cents": one.amount_cents,
         "state": one.state, "asked_at": one.asked_at, "paid_at": one.paid_at}
        for one in rows.order_by("asked_at", "pk")
    ]  # fmt: skip
