"""The proposals of a closed year at the desk: their vote, then doing what was decided."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from essaim.commons.assembly.models import GeneralAssembly, Motion
from essaim.commons.sharing import actions, policies, queries, wording
from essaim.commons.sharing.forms import ClaimsForm
from essaim.commons.sharing.models import Variant, VariantMotion, Year
from essaim.commons.sharing.rules.plain import read_sharing
from essaim.commons.sharing.rules.surplus import Use
from essaim.commons.sharing.views import loading
from essaim.kernel import clock

CLAIMED = (Use.WORKERS, Use.REFUND)


def claims_form(year: Year, data: Any) -> ClaimsForm:
    """The form that says among whom parts are cut; without a field when there are none."""
    chosen = queries.decision(year) if year.closed_at else None
    sharing = read_sharing(chosen.variant.computation) if chosen else None
    uses = frozenset(use for use in CLAIMED if sharing and sharing.cents(use))
    return ClaimsForm(data, uses=uses)


def shown(request: HttpRequest, year: Year, claims: ClaimsForm) -> dict[str, object]:
    """What the page of a year says of its proposals (1 to 5 queries)."""
    if year.closed_at is None:
        return {"proposals": [], "may_propose": False}
    variants = list(year.variants.order_by("pk"))
    votes = queries.motions_of(year)
    chosen = queries.decision(year)
    return {
        "proposals": [_told(one, votes.get(one.pk, []), chosen) for one in variants],
        "chosen": chosen,
        "claims": claims,
        "is_shared": any(one.adopted_at for one in variants),
        "may_propose": policies.may_propose_variant(loading.member_of(request), year.register),
        "drafts": queries.drafts(year.register),
    }


def _told(
    variant: Variant, votes: list[VariantMotion], chosen: VariantMotion | None
) -> dict[str, object]:
    sharing = read_sharing(variant.computation)
    motions = [vote.motion for vote in votes]
    return {
        "variant": variant,
        "bar": wording.where_it_went(sharing),
        "rows": wording.rows(sharing),
        "motions": motions,
        "is_waiting": any(_is_waiting(one) for one in motions),
        "is_chosen": chosen is not None and chosen.variant_id == variant.pk,
    }


def _is_waiting(motion: Motion) -> bool:
    return motion.declared_at is None and motion.item.assembly.state != GeneralAssembly.State.CLOSED


def proceed(request: HttpRequest, year: Year, what: str, form: ClaimsForm) -> None:
    """Put a proposal on an agenda, or do what the assembly chose.

    Raises:
        RuleBroken: as the actions say. Http404: only the board puts a proposal to the vote.
    """
    member, now = loading.member_of(request), clock.now()
    variant = loading.variant_of(year, request.POST.get("variant", ""))
    if what == "adopt":
        actions.adopt_variant(variant=variant, claims=form.claims, now=now)
        messages.success(request, _("The surplus is shared, and everybody is told by letter."))
    elif policies.may_propose_variant(member, year.register):
        assembly = loading.draft_of(year.register, request.POST.get("assembly", ""))
        actions.put_to_the_vote(variant=variant, assembly=assembly, by=member, now=now)
        told = _("The proposal is on the agenda of “{title}”.").format(title=assembly.title)
        messages.success(request, told)
    else:
        raise Http404
