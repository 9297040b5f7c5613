"""What titles tell a member in their own space."""

from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.cooperative.models import Register
from essaim.commons.titles import queries
from essaim.core.members.models import Member
from essaim.kernel.trades import PanelRow
from essaim.web.environment import euros


def member_rows(member: Member, register: Register | None) -> list[PanelRow]:
    """What they lent the cooperative by titles that go on (0 or 1 query)."""
    if register is None:
        return []
    lent_cents = sum(
        member.titles.filter(end=None).order_by().values_list("nominal_cents", flat=True)
    )
    if not lent_cents:
        return []
    return [PanelRow(_("My participatory titles"), reverse("titles:mine"), euros(lent_cents))]


def portrait(member: Member) -> list[dict[str, object]]:
    """What the register of titles holds of a member, to take away (2 queries)."""
    return [
        {"number": one.title.number, "nominal_cents": one.title.nominal_cents,
         "issued_at": one.title.issued_at, "ended": one.end.kind if one.end else None,
         "interest": {row.civil_year: row.cents for row in one.interest}}
        for one in queries.owned(member)
    ]  # fmt: skip
