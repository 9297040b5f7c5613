"""What assemblies tell a member in their own space."""

from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.assembly import policies, queries
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.kernel.trades import PanelRow
from essaim.web.environment import moment

State = GeneralAssembly.State


def member_rows(member: Member) -> list[PanelRow]:
    """The assembly to come or under way, for those who follow it (1 to 5 queries)."""
    register = cooperative_queries.the_register()
    if register is None:
        return []
    found = queries.latest(register.pk, at=clock.now())
    if found is None or found.state == State.CLOSED:
        return []
    if not policies.may_attend_assembly(member, found):
        return []
    address = reverse("assembly:assembly", args=[found.public_id])
    if found.state == State.SITTING:
        return [PanelRow(found.title, address, _("sitting now"), "honey")]
    return [PanelRow(found.title, address, moment(found.meets_at))]
