"""Organisations: what everybody reads of them, and what their managers do."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.members import actions, queries
from essaim.core.members.forms import DeclarationForm, InvitationForm, OrganisationForm
from essaim.core.members.models import Invitation, Member, Membership, Organisation
from essaim.core.members.policies import may_manage
from essaim.core.members.rules import ROLES_OF_KIND
from essaim.kernel import clock
from essaim.kernel.errors import NotAllowed
from essaim.web.access import by_policy, public, signed_in
from essaim.web.refusals import sentence_of


@public
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """What an organisation says of itself (1 query, 2 signed in)."""
    found = get_object_or_404(Organisation, slug=slug)
    member = request.user
    context = {
        "organisation": found,
        "roles": queries.roles_in(member, found.pk) if isinstance(member, Member) else (),
    }
    return render(request, "members/organisation.html", context)


@signed_in
def create_organisation(request: HttpRequest) -> HttpResponse:
    """Declare an organisation; its founder manages it."""
    form = DeclarationForm(sent(request))
    if not form.is_valid():
        return _organisation_form(request, form, None)
    found = actions.declare_organisation(
        founder=member_of(request),
        kind=form.cleaned_data["kind"],
        identity=form.identity(),
        now=clock.now(),
    )
    messages.success(request, _("%(name)s is declared. You manage it.") % {"name": found.name})
    return redirect("members:organisation", found.slug)


@by_policy("may_manage")
def edit_organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what an organisation says of itself."""
    found = _managed(request, slug)
    initial = {name: getattr(found, name) for name in actions.Identity.__dataclass_fields__}
    form = OrganisationForm(sent(request), initial=initial)
    if not form.is_valid():
        return _organisation_form(request, form, found)
    actions.describe_organisation(organisation=found, identity=form.identity())
    messages.success(request, _("The page is up to date."))
    return redirect("members:organisation", found.slug)


@by_policy("may_manage")
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who acts for an organisation, and who is invited to (5 queries)."""
    found = _managed(request, slug)
    form = InvitationForm(sent(request), roles=_role_choices(found))
    if form.is_valid() and _invite(request, found, form):
        return redirect("members:people", found.slug)
    context = {
        "organisation": found,
        "people": queries.people_of(found),
        "invitations": queries.invitations_of(found, clock.now()),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "members/people.html", context, status=status)


@by_policy("may_manage")
@require_POST
def end_role(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Take a role away."""
    found = _managed(request, slug)
    membership = get_object_or_404(Membership, pk=membership_id, organisation=found)
    is_self = membership.member_id == request.user.pk
    try:
        actions.end_role(membership=membership)
    except actions.LastManager as refusal:
        messages.error(request, sentence_of(refusal))
        return redirect("members:people", found.slug)
    messages.success(request, _("The role is taken away."))
    still_manages = not is_self or may_manage(member_of(request), found)
    return redirect("members:people", found.slug) if still_manages else redirect("my_space")


@by_policy("may_manage")
@require_POST
def withdraw_invitation(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Close an invitation before it is accepted."""
    found = _managed(request, slug)
    row = get_object_or_404(Invitation, public_id=public_id, organisation=found)
    actions.withdraw_invitation(invitation=row, now=clock.now())
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("members:people", found.slug)


@signed_in
def invitation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Read an invitation and accept it; the page tells nothing to another address."""
    rows = Invitation.objects.select_related("organisation", "invited_by")
    row = get_object_or_404(rows, public_id=public_id)
    member, now = member_of(request), clock.now()
    if request.method == "POST":
        actions.accept_invitation(invitation=row, member=member, now=now)
        messages.success(request, _("You now act for %(name)s.") % {"name": row.organisation.name})
        return redirect("members:organisation", row.organisation.slug)
    if row.email != member.email:
        raise actions.InvitationOfAnother
    if row.closed_at is not None or row.expires_at <= now:
        raise actions.InvitationOver
    return render(request, "members/invitation.html", {"invitation": row})


def sent(request: HttpRequest) -> QueryDict | None:
    """Return the answers of a form when it was sent, even empty."""
    return request.POST if request.method == "POST" else None


def member_of(request: HttpRequest) -> Member:
    """Return who is signed in, behind a view that lets nobody else in."""
    if not isinstance(request.user, Member):
        raise NotAllowed
    return request.user


def _managed(request: HttpRequest, slug: str) -> Organisation:
    """Return the organisation when its reader manages it, as if it had no such page when not."""
    found = get_object_or_404(Organisation, slug=slug)
    if not may_manage(member_of(request), found):
        raise Http404
    return found


def _invite(request: HttpRequest, found: Organisation, form: InvitationForm) -> bool:
    try:
        actions.invite(
            organisation=found,
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
            invited_by=member_of(request),
            now=clock.now(),
        )
    except actions.AlreadyInvited as refusal:
        form.add_error("email", sentence_of(refusal))
        return False
    messages.success(request, _("The invitation is on its way to %(email)s.") % form.cleaned_data)
    return True


def _role_choices(found: Organisation) -> list[tuple[str, str]]:
    return [(role, role) for role in ROLES_OF_KIND[found.kind]]


def _organisation_form(
    request: HttpRequest, form: OrganisationForm, found: Organisation | None
) -> HttpResponse:
    context = {"form": form, "organisation": found}
    status = 422 if form.errors else 200
    return render(request, "members/organisation_form.html", context, status=status)
