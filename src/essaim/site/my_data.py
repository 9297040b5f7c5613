"""What this installation knows about a member: the list on a page, all of it in one file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from essaim.commons.campaigns import panels as campaigns
from essaim.commons.consultation import panels as consultation
from essaim.commons.cooperative import panels as cooperative
from essaim.commons.deliberation import panels as deliberation
from essaim.commons.sharing import panels as sharing
from essaim.commons.titles import panels as titles
from essaim.core.agreements import queries as agreement_queries
from essaim.core.agreements.models import Agreement
from essaim.core.members import queries as member_queries
from essaim.core.members.models import Assistance, AssistanceAct, Member
from essaim.kernel import trades
from essaim.site.my_space import member_of
from essaim.web.access import signed_in

OWN_FIELDS = ("public_id", "email", "display_name", "phone", "language", "home_cell", "joined_at")


@signed_in
def my_data(request: HttpRequest) -> HttpResponse:
    """What is held about the member, why, for how long."""
    context = {
        "held": [datum for trade in trades.installed() for datum in trade.personal_data()],
        "agreement_count": agreement_queries.agreements_of(member_of(request)).count(),
    }
    return render(request, "site/my_data.html", context)


@signed_in
def my_data_file(request: HttpRequest) -> HttpResponse:
    """All of it as JSON, to keep or to carry elsewhere (6 queries, then the cooperative's)."""
    response = JsonResponse(portrait(member_of(request)), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="essaim-mes-donnees.json"'
    response["Cache-Control"] = "private, no-store"
    return response


def portrait(member: Member) -> dict[str, Any]:
    """Return plain values; amounts in cents, instants in ISO 8601."""
    return {
        "member": {name: getattr(member, name) for name in OWN_FIELDS},
        "organisations": [
            {"name": organisation.name, "roles": roles}
            for organisation, roles in member_queries.organisations_with_roles(member)
        ],
        "assistances": [_assistance(row) for row in member_queries.assistances_of(member)],
        "shares": cooperative.portrait(member),
        "deliberation": deliberation.portrait(member) | consultation.portrait(member),
        "sharing": sharing.portrait(member),
        "titles": titles.portrait(member),
        "contributions": campaigns.portrait(member),
        "agreements": [
            _agreement(row)
            for row in agreement_queries.agreements_of(member).prefetch_related("lines", "shares")
        ],
    }


def _assistance(row: Assistance) -> dict[str, Any]:
    return {
        "helper": row.helper.display_name,
        "helped": row.helped.display_name,
        "scope": row.scope,
        "starts_at": row.starts_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
        "consent_note": row.consent_note,
        "acts": [_act(act) for act in row.acts.all()],
    }


def _act(act: AssistanceAct) -> dict[str, Any]:
    return {"done_at": act.done_at, "what": act.what, "reference": act.reference}


def _agreement(row: Agreement) -> dict[str, Any]:
    return {
        "number": row.number,
        "trade": row.trade,
        "title": row.title,
        "provider": row.provider_name,
        "receiver": row.receiver.display_name,
        "state": row.state,
        "proposed_at": row.proposed_at,
        "takes_place_at": row.takes_place_at,
        "place": row.place.name if row.place else None,
        "total_cents": row.total_cents,
        "lines": [
            {"label": line.label, "quantity": line.quantity, "amount_cents": line.amount_cents}
            for line in row.lines.all()
        ],
        "shares": [
            {"label": share.label, "amount_cents": share.amount_cents} for share in row.shares.all()
        ],
    }
