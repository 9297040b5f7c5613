"""What the desk tells the board in their own space."""

from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.cooperative.models import Register
from essaim.core.members.models import Member
from essaim.core.members.policies import may_sit_on_board
from essaim.kernel.trades import PanelRow


def member_rows(member: Member, register: Register | None) -> list[PanelRow]:
    """The desk, for those who run assemblies (1 or 2 queries)."""
    if not may_sit_on_board(member) or register is None:
        return []
    return [PanelRow(_("The secretary’s desk"), reverse("secretariat:desk"))]
