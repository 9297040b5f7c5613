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
    """The assembly to come or the last one (1 to 6 queries)."""
    register = cooperative_queries.the_register()
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
