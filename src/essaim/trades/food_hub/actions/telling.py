"""Settling a cycle and telling everybody who is paid what they get."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.core.members.models import Member, Organisation
from essaim.core.messages.actions import write_email
from essaim.kernel.money import format_euros
from essaim.trades.food_hub import desk_queries
from essaim.trades.food_hub.actions.settlement import settle_cycle
from essaim.trades.food_hub.models import OrderCycle


@transaction.atomic
def settle_and_tell(*, cycle: OrderCycle, by: Member, now: datetime) -> OrderCycle:
    """Settle a cycle and write to each organisation that is owed something; once, whatever happens.

    Raises:
        NotClosedYet, OrdersNotFinished: as `settle_cycle`; nobody is told anything.
    """
    cycle = (
        OrderCycle.objects.select_for_update(of=("self",))
        .select_related("hub__organisation")
        .get(pk=cycle.pk)
    )
    if cycle.state == OrderCycle.State.SETTLED:
        return cycle
    settled = settle_cycle(cycle=cycle, by=by, now=now)
    owed: dict[int, int] = {}
    for part in desk_queries.receivers(settled, desk_queries.HANDED_OVER):
        if part.organisation_id is not None:
            owed[part.organisation_id] = owed.get(part.organisation_id, 0) + part.amount_cents
    for organisation in Organisation.objects.filter(pk__in=owed).exclude(email="").order_by("pk"):
        _write(cycle, organisation, owed[organisation.pk], now)
    return settled


def _write(cycle: OrderCycle, organisation: Organisation, cents: int, now: datetime) -> None:
    page = reverse("food_hub:desk_statement", args=[cycle.public_id, organisation.slug])
    write_email(
        recipient=organisation.email,
        subject=_("Your statement: {cycle}").format(cycle=cycle.title),
        body="\n\n".join(
            [
                _("{hub} has settled “{cycle}”.").format(
                    hub=cycle.hub.organisation.name, cycle=cycle.title
                ),
                _("You are owed {amount}.").format(amount=format_euros(cents)),
                _("The detail, order by order: {link}").format(link=f"{settings.BASE_URL}{page}"),
            ]
        ),
        now=now,
    )
