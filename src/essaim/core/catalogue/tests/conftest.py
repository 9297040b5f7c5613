"""A small territory near Lille with a maker and a few listings."""

from datetime import UTC, datetime

import pytest

# A conftest is read before Django is ready: what needs models is imported by the fixtures.
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)  # a Saturday


@pytest.fixture
def territory(db):
    from essaim.core.territories.models import Commune, Territory

    commune = Commune.objects.create(
        code="99001",
        name="Val-d'Essaim",
        search_text=" val d essaim 99100",
        postcodes=["99100"],
        population=900,
        departement="99",
        region="99",
        lat=50.63,
        lng=3.06,
    )
    territory = Territory.objects.create(name="Val-d'Essaim", slug="val-d-essaim", created_at=NOON)
    territory.communes.add(commune)
    return territory


@pytest.fixture
def maker(db):
    from essaim.core.members.models import Organisation

    return Organisation.objects.create(slug="ruche", name="La Ruche", created_at=NOON)


@pytest.fixture
def place_at(territory):
    from essaim.core.territories.actions import create_place

    def make(lat, lng, **fields):
        return create_place(
            name=fields.pop("name", "La halle"),
            kind=fields.pop("kind", "shop"),
            address="1 place du Marché",
            commune=territory.communes.get(),
            lat=lat,
            lng=lng,
            now=NOON,
            **fields,
        )

    return make


@pytest.fixture
def advert(territory, maker):
    from essaim.core.catalogue import actions
    from essaim.core.catalogue.rules.needs import Need

    def make(title="Panier de légumes", **fields):
        said = {
            "territory": territory,
            "trade": "food-hub",
            "need": Need.EAT,
            "kind": "product",
            "path": "/food-hub/1/",
            "provider": None if "member" in fields else maker,
        }
        return actions.Advert(title=title, **(said | fields))

    return make


@pytest.fixture
def publish(advert):
    from essaim.core.catalogue import actions

    def make(title="Panier de légumes", *, now=NOON, **fields):
        return actions.publish_listing(advert=advert(title, **fields), now=now)

    return make
