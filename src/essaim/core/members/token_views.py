"""Keys of programs: a member makes them, sees when they were used, and revokes them."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.members import actions, queries
from essaim.core.members.forms import TokenForm
from essaim.core.members.models import AccessToken, Member
from essaim.core.members.views import member_of, sent
from essaim.kernel import clock
from essaim.web.access import signed_in
from essaim.web.refusals import sentence_of


@signed_in
def access_tokens(request: HttpRequest) -> HttpResponse:
    """Every key of a member, and making one: its text is on the answer to the form, nowhere else.

    There is no redirection after the form: the key would have to be kept in clear on its way. Sent
    twice, the form meets the name it has just taken.
    """
    member, now = member_of(request), clock.now()
    form = TokenForm(sent(request))
    key = _create(form, member, now) if form.is_valid() else ""
    context = {
        "tokens": queries.access_tokens_of(member),
        "form": TokenForm() if key else form,
        "key": key,
        "name": form.cleaned_data["name"] if key else "",
        "now": now,
        "server": request.build_absolute_uri("/").rstrip("/"),
    }
    status = 422 if form.errors else 200
    response = render(request, "members/access_tokens.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@signed_in
@require_POST
def revoke_access_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Stop a key of the member from working, at once."""
    found = get_object_or_404(AccessToken, pk=token_id, member=member_of(request))
    actions.revoke_access_token(token=found, now=clock.now())
    messages.success(
        request, _("The key “%(name)s” no longer opens anything.") % {"name": found.name}
    )
    return redirect("members:access_tokens")


def _create(form: TokenForm, member: Member, now: datetime) -> str:
    days = form.cleaned_data["days"]
    try:
        return actions.create_access_token(
            member=member,
            name=form.cleaned_data["name"],
            expires_at=now + timedelta(days=days) if days else None,
            now=now,
        )
    except (actions.TokenNameTaken, actions.TooManyTokens) as refusal:
        form.add_error("name", sentence_of(refusal))
        return ""
