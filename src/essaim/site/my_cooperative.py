"""All that a member owns, decides and shares in their cooperative, on one screen."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from essaim.commons.assembly import panels as assembly_panels
from essaim.commons.assembly import queries as assembly_queries
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Register
from essaim.commons.sharing import queries as sharing_queries
from essaim.commons.sharing import wording as sharing_words
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.site.my_space import member_of
from essaim.web.access import signed_in


@signed_in
def my_cooperative(request: HttpRequest) -> HttpResponse:
    """My shares, the next assembly, my votes and proxies, what we earned (at most 20 queries)."""
    member, register = member_of(request), cooperative_queries.the_register()
    if register is None:
        return redirect("cooperative:cooperative")
    context: dict[str, Any] = {"register": register, "holdings": _holdings(register, member)}
    if context["holdings"]:
        context |= {
            **_next_assembly(register, member),
            "votes": assembly_panels.votes_of(member),
            **_earned(register, member),
            "holder_name": holder_name,
        }
    return render(request, "site/my_cooperative.html", context)


def _holdings(register: Register, member: Member) -> list[dict[str, Any]]:
    nominal = cooperative_queries.statutes_at(register, clock.now()).capital.nominal_cents or 0
    mine = [
        one
        for one in cooperative_queries.associates_acted_for(register, member)
        if one.left_at is None
    ]
    held = cooperative_queries.shares_by_associate(mine)
    return [
        {
            "associate": one,
            "name": holder_name(one),
            "shares": held[one.pk],
            "amount_cents": held[one.pk] * nominal,
        }
        for one in mine
    ]


def _earned(register: Register, member: Member) -> dict[str, Any]:
    """The last surplus that was shared, where it went, what of it is the member's."""
    latest = next((one for one in sharing_queries.closed_years(register) if one.shared), None)
    if latest is None or latest.sharing is None:
        return {"latest": None}
    mine = sharing_queries.allotments_of(member, register)
    return {
        "latest": latest,
        "bar": sharing_words.where_it_went(latest.sharing),
        "mine_cents": sum(
            one.cents for one in mine if one.variant.year.civil_year == latest.civil_year
        ),
        "fund_cents": sharing_queries.fund_cents(),
    }


def _next_assembly(register: Register, member: Member) -> dict[str, Any]:
    """The assembly to come, and whose votes the member gives and carries in it."""
    found = assembly_queries.latest(register.pk, at=clock.now())
    if found is None or found.state == GeneralAssembly.State.CLOSED:
        return {"assembly": None, "seats": []}
    return {"assembly": found, "seats": assembly_queries.seats_of(found, member)}
