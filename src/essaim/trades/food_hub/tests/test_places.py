"""The pick-up places of a hub: named, corrected, closed when nobody waits there."""

import pytest
from django.urls import reverse

from essaim.core.territories.models import Commune, Place
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions import places
from essaim.trades.food_hub.actions.planning import clone_cycle
from essaim.trades.food_hub.desk_forms import SlotForm
from essaim.trades.food_hub.models import OrderCycle
from essaim.trades.food_hub.tests import cast as c
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db
YARD = {
    "name": "La cour du 12", "address": "12 rue Verte", "commune": "Lille",
    "point": "50,6312 ; 3,0623", "opening_words": "Sonner au portail vert",
}  # fmt: skip


@pytest.fixture
def cast():
    return c.gather()


def door(place=None):
    if place is None:
        return reverse("food_hub:desk_places", args=["halle"])
    return reverse("food_hub:desk_place", args=["halle", place.public_id])


def slot_form(cast):
    return SlotForm(territory=cast.world.territory)


def test_a_manager_names_a_place_and_it_can_be_chosen_for_a_slot(cast):
    answer = cast.browser("manager").post(door(), YARD)

    place = Place.objects.get(name="La cour du 12")
    page = cast.browser("manager").get(door()).content.decode()
    assert answer.url == door()
    assert (place.lat, place.lng, place.kind) == (50.6312, 3.0623, "pickup")
    assert place.keeper == cast.world.hub.organisation
    assert "Sonner au portail vert" in page
    assert place in slot_form(cast).fields["place"].queryset


def test_without_a_point_the_place_stands_in_the_middle_of_its_commune(cast):
    cast.browser("manager").post(door(), YARD | {"point": ""})

    place = Place.objects.get(name="La cour du 12")
    assert (place.lat, place.lng) == (50.63, 3.06)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"point": "ici"}, "Écrivez deux nombres"),
        ({"point": "95, 3"}, "Écrivez deux nombres"),
        ({"commune": "Nulle-Part"}, "Aucune commune"),
        ({"commune": "Arras"}, "Arras n’est pas dans ce territoire"),
        ({"commune": "Sansla", "point": ""}, "Indiquez le point"),
        ({"name": ""}, "obligatoire"),
    ],
)
def test_a_place_that_cannot_be_is_refused_and_nothing_is_written(cast, wrong, said):
    arras = {"postcodes": ["62000"], "population": 1, "departement": "62", "region": "32"}
    Commune.objects.create(code="62041", name="Arras", search_text=" arras", lat=50, lng=2, **arras)
    lost = Commune.objects.create(code="59999", name="Sansla", search_text=" sansla", **arras)
    cast.world.territory.communes.add(lost)

    answer = cast.browser("manager").post(door(), YARD | wrong)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Place.objects.count() == 1


def test_what_is_corrected_is_read_by_those_who_fetch_there(cast):
    order = c.order(cast.world)

    cast.browser("manager").post(door(cast.world.place), YARD | {"what": "correct"})

    page = cast.browser("buyer").get(reverse("food_hub:order", args=[order.agreement.public_id]))
    assert "La cour du 12, 12 rue Verte" in page.content.decode()
    assert "Sonner au portail vert" in page.content.decode()


def test_a_place_where_a_cycle_hands_orders_over_is_not_closed(cast):
    answer = cast.browser("manager").post(door(cast.world.place), {"what": "close"})

    cast.world.place.refresh_from_db()
    assert answer.status_code == 409
    assert cast.world.cycle.title in answer.content.decode()
    assert cast.world.place.closed_at is None


def test_a_closed_place_is_no_longer_proposed_until_it_opens_again(cast):
    browser, place = cast.browser("manager"), cast.world.place
    OrderCycle.objects.update(state=OrderCycle.State.SETTLED)

    browser.post(door(place), {"what": "close"})
    browser.post(door(place), {"what": "close"})

    place.refresh_from_db()
    assert place.closed_at is not None
    assert place not in slot_form(cast).fields["place"].queryset
    assert clone_cycle(cycle=cast.world.cycle, now=w.AFTER).slots.count() == 0
    browser.post(door(place), {"what": "reopen"})
    assert place in slot_form(cast).fields["place"].queryset


def test_a_hub_does_not_touch_the_place_of_another(cast):
    browser = cast.browser("other_manager")
    address = reverse("food_hub:desk_place", args=["ailleurs", cast.world.place.public_id])

    answers = [browser.post(address, YARD | {"what": what}) for what in ("correct", "close")]

    cast.world.place.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404, 404]
    assert (cast.world.place.name, cast.world.place.closed_at) == ("Halle de Wazemmes", None)


def test_a_place_freed_by_moving_its_cycle_can_be_closed(cast):
    other = places.name_place(
        hub=cast.world.hub, name="Autre", address="1 rue", point=None, opening_words="",
        commune=cast.world.place.commune, now=w.NOW,
    )  # fmt: skip
    actions.add_slot(cycle=cast.world.cycle, place=other, starts_at=w.PICKUP, ends_at=w.AFTER)
    cast.world.slot.delete()

    closed = places.close_place(place=cast.world.place, now=w.NOW)

    assert closed.closed_at == w.NOW
