"""The page of the sandbox provider, where a buyer plays their bank; the door of its webhooks."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from essaim.core.agreements import policies
from essaim.core.members.models import Member
from essaim.core.payments import actions, sandbox
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.playing import pay_in_sandbox
from essaim.core.payments.rules import BadWebhook, IntentState, PaymentUncertain
from essaim.kernel import clock
from essaim.kernel.errors import N_, RuleBroken
from essaim.web.access import by_policy, public
from essaim.web.refusals import refusal_json, sentence_of

HOME_OF_MEMBER = "/my/"
WEBHOOK_BYTES_MAX = 64 * 1024
OVER = {
    IntentState.PAID.value: N_("This order is already paid."),
    IntentState.CANCELLED.value: N_("This payment is no longer expected. Nothing was taken."),
}


@by_policy("may_act_for_receiver")
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, intent_id: UUID) -> HttpResponse:
    """Let the buyer, or their helper, pay in the sandbox in the scenario they pick."""
    intent = _own_or_404(request, intent_id)
    back = _back_of(request)
    if intent.state in OVER:
        messages.info(request, _(OVER[intent.state]))
        return redirect(back)
    if request.method != "POST":
        return _page(request, intent, back)
    scenario = request.POST.get("scenario", "")
    if scenario not in sandbox.SCENARIOS:
        return _page(request, intent, back, _("Choose what the bank will answer."), 422)
    try:
        pay_in_sandbox(intent=intent, scenario=scenario, return_url=back, now=clock.now())
    except PaymentUncertain as refused:
        messages.warning(request, sentence_of(refused))
        return redirect(back)
    except RuleBroken as refused:
        return _page(request, intent, back, sentence_of(refused), refused.status)
    messages.success(request, _("Your payment is recorded. Thank you!"))
    return redirect(back)


@public
@csrf_exempt
@require_POST
def sandbox_webhook(request: HttpRequest) -> HttpResponse:
    """Hear the sandbox provider. Repeated, late or out of order, a message changes things once."""
    provider = actions.provider_named(sandbox.CODE)
    try:
        if len(request.body) > WEBHOOK_BYTES_MAX:
            raise BadWebhook
        message = provider.read_webhook(
            body=request.body, signature=request.headers.get("Essaim-Signature", "")
        )
        is_new = actions.receive_webhook(provider=provider, message=message, now=clock.now())
    except RuleBroken as refused:
        return refusal_json(refused)
    return JsonResponse({"received": True, "new": is_new})


def _own_or_404(request: HttpRequest, intent_id: UUID) -> PaymentIntent:
    member = request.user
    assert isinstance(member, Member)  # noqa: S101 - `by_policy` sent visitors away
    intent = (
        PaymentIntent.objects.filter(public_id=intent_id, provider=sandbox.CODE)
        .select_related("agreement__receiver", "agreement__provider")
        .order_by()
        .first()
    )
    if intent is None:
        raise Http404
    if not policies.may_act_for_receiver(member, intent.agreement, at=clock.now()):
        raise Http404
    return intent


def _back_of(request: HttpRequest) -> str:
    """Where the buyer came from: an address of this site, else their own space."""
    asked = request.POST.get("back") or request.GET.get("back", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else HOME_OF_MEMBER


def _page(
    request: HttpRequest, intent: PaymentIntent, back: str, refusal: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "intent": intent,
        "agreement": intent.agreement,
        "scenarios": [(code, _(label)) for code, label in sandbox.SCENARIOS.items()],
        "action": reverse("payments:pay", args=[intent.public_id]),
        "back": back,
        "refusal": refusal,
    }
    return render(request, "payments/pay.html", context, status=status)
