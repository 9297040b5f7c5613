"""What sharing tells a member in their own space."""

from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.commons.sharing import policies, queries
from essaim.commons.sharing.models import FundSupport, Project
from essaim.core.members.models import Member
from essaim.kernel.trades import PanelRow
from essaim.web.environment import euros


def member_rows(member: Member, register: Register | None) -> list[PanelRow]:
    """What the last year shared brought to them, the desk of the years (1 to 4 queries)."""
    if register is None:
        return []
    rows = []
    year = queries.last_shared(register)
    if year is not None:
        mine = queries.allotments_of(member, register)
        cents = sum(one.cents for one in mine if one.variant.year_id == year.pk)
        detail = _("{amount} for you").format(amount=euros(cents)) if cents else ""
        title = _("What we earned in {year}").format(year=year.civil_year)
        rows.append(PanelRow(title, reverse("sharing:sharing"), detail, "clover"))
    else:
        rows.append(PanelRow(_("What we have earned"), reverse("sharing:sharing")))
    if policies.may_keep_years(member, register):
        rows.append(PanelRow(_("The desk of the years"), reverse("sharing:desk")))
    return rows


def portrait(member: Member) -> dict[str, object]:
    """What sharing holds of a member, to take away: allotments, ballots of the fund (4 queries)."""
    register = cooperative_queries.the_register()
    mine = queries.allotments_of(member, register) if register else []
    supports = FundSupport.objects.filter(ballot__member=member)
    return {
        "allotments": [
            {"civil_year": one.variant.year.civil_year, "use": one.use, "cents": one.cents}
            for one in mine
        ],
        "projects_proposed": list(
            Project.objects.filter(proposed_by=member).order_by("pk").values("title", "asked_cents")
        ),
        "projects_supported": list(
            supports.order_by("pk").values_list("project__title", flat=True)
        ),
    }  # fmt: skip
