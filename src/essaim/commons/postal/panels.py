"""What the vote by post tells a member in their own space."""

from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.assembly import queries as assembly_queries
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Register
from essaim.commons.postal.queries import votes_by_post
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.kernel.trades import PanelRow


def member_rows(member: Member, register: Register | None) -> list[PanelRow]:
    """The form of each vote of theirs, while the assembly to come takes forms (1 to 5 queries)."""
    found = register and assembly_queries.latest(register.pk, at=clock.now())
    if not found or found.state != GeneralAssembly.State.CONVENED or not votes_by_post(found):
        return []
    return [
        PanelRow(
            _("Vote by post: {name}").format(name=holder_name(one)),
            reverse("postal:form", args=[found.public_id, one.number]),
        )
        for one in assembly_queries.associates_of(found, member)
    ]
