"""A deal between a workshop and a member, for tests of this floor and of those above."""

from datetime import UTC, datetime

from essaim.core.agreements import actions
from essaim.core.agreements.actions import AgreementDraft, LineDraft, ShareDraft
from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import State
from essaim.core.members.models import Member, Organisation
from essaim.core.territories.models import Territory
from essaim.kernel.identifiers import uuid7

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def draft(**changes) -> AgreementDraft:
    """A deal of 12.34 € between L'Atelier and Béa, made when they do not exist."""
    workshop, _ = Organisation.objects.get_or_create(slug="atelier", name="L'Atelier")
    buyer = Member.objects.filter(email="bea@exemple.fr").first() or Member.objects.create_user(
        "bea@exemple.fr", display_name="Béa"
    )
    territory, _ = Territory.objects.get_or_create(
        slug="t", defaults={"name": "T", "created_at": NOW}
    )
    pk, serial = actions.draw_keys()
    fields = {
        "pk": pk,
        "serial": serial,
        "public_id": uuid7(),
        "territory_id": territory.pk,
        "trade": "x",
        "basket_id": None,
        "provider_id": workshop.pk,
        "receiver_id": buyer.pk,
        "placed_by_id": buyer.pk,
        "state": State.PROPOSED,
        "title": "Un accord",
        "total_cents": 1234,
        "tax_cents": 64,
        "takes_place_at": None,
        "ends_at": None,
        "place_id": None,
        "lines": (LineDraft(7, "Une chaise", 2, 500, 1000, 2000),),
        "shares": (
            ShareDraft("producer", workshop.pk, "L'Atelier", 1000),
            ShareDraft("commons", None, "Fonds des communs", 234),
        ),
    }
    return AgreementDraft(**(fields | changes))


def made(**changes) -> Agreement:
    wanted = draft(**changes)
    actions.record(draft=wanted, now=NOW)
    return Agreement.objects.get(pk=wanted.pk)
