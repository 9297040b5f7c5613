"""The first page of the desk, and who may open which door: everybody at every address."""

import pytest
from django.urls import reverse

from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions.telling import settle_and_tell
from essaim.trades.food_hub.models import Order, OrderLine
from essaim.trades.food_hub.tests import cast as c
from essaim.trades.food_hub.tests import world as w
from essaim.trades.food_hub.urls import desk as desk_urls

pytestmark = pytest.mark.django_db
MANAGER, HUB, FARM, PRODUCTS = {"manager"}, {"manager", "worker"}, {"producer"}, {"producer"}

# Address → who may open it. `farm` is the dairy; its producer works there. Everybody else gets 404.
MATRIX = {
    "desk_hub": HUB, "desk_new": MANAGER, "desk_cycle": HUB, "desk_clone": MANAGER,
    "desk_dates": MANAGER, "desk_slots": MANAGER, "desk_offers": MANAGER, "desk_fees": MANAGER,
    "desk_opening": MANAGER, "desk_closing": MANAGER, "desk_weights": HUB, "desk_pickup": HUB,
    "desk_packing": HUB, "desk_packing_csv": HUB, "desk_packing_pdf": HUB,
    "desk_settlement": MANAGER, "desk_statement": MANAGER | FARM,
    "desk_statement_csv": MANAGER | FARM, "desk_statement_pdf": MANAGER | FARM,
    "desk_order": HUB, "desk_hand_over": HUB, "desk_money": HUB, "desk_fetching": HUB,
    "desk_dispute": MANAGER, "desk_places": MANAGER, "desk_place": MANAGER,
    "desk_line": HUB | FARM, "desk_weight": HUB | FARM,
    "desk_missing": HUB | FARM, "desk_bring": FARM, "desk_products": FARM,
    "desk_product_new": FARM, "desk_product": FARM, "desk_import": FARM, "desk_export": FARM,
}  # fmt: skip


@pytest.fixture
def cast():
    return c.gather()


@pytest.fixture
def closed(cast):
    cast.order = c.order(cast.world)
    c.close(cast.world)
    return cast


def arguments(cast, name):
    cycle, agreement = cast.world.cycle.public_id, cast.order.agreement.public_id
    line = OrderLine.objects.get(order=cast.order, variant=cast.world.tomme).pk
    if name.startswith("desk_packing"):
        return [cycle, "customer"]
    if name.startswith("desk_statement"):
        return [cycle, "dairy"]
    by_name = {
        "desk_hub": ["halle"], "desk_new": ["halle"], "desk_order": [agreement],
        "desk_hand_over": [agreement], "desk_money": [agreement],
        "desk_fetching": [agreement], "desk_dispute": [agreement],
        "desk_places": ["halle"], "desk_place": ["halle", cast.world.place.public_id],
        "desk_line": [line], "desk_weight": [line],
        "desk_missing": [line], "desk_bring": ["dairy", cycle], "desk_products": ["dairy"],
        "desk_product_new": ["dairy"], "desk_product": [cast.world.cheese.public_id],
        "desk_import": ["dairy"], "desk_export": ["dairy"],
    }  # fmt: skip
    return by_name.get(name, [cycle])


def test_every_address_of_the_desk_is_in_the_matrix():
    names = {pattern.name for pattern in desk_urls.urlpatterns}

    assert names == {*MATRIX, "desk"}


@pytest.mark.parametrize("person", c.PEOPLE)
def test_each_door_opens_to_its_people_and_does_not_exist_for_others(closed, person):
    actions.hand_over(order=closed.order, by=closed.world.manager, now=w.AFTER, is_paid_here=True)
    browser = closed.browser(person)

    found = {}
    for name in MATRIX:
        answer = browser.get(reverse(f"food_hub:{name}", args=arguments(closed, name)))
        is_login = answer.status_code == 302 and "/account/login/" in answer.url
        found[name] = "sign in" if is_login else answer.status_code == 404

    if person == "visitor":
        assert set(found.values()) == {"sign in"}
    else:
        assert {name for name, is_hidden in found.items() if is_hidden is False} == {
            name for name, people in MATRIX.items() if person in people
        }


@pytest.mark.parametrize("person", c.PEOPLE)
def test_nobody_else_writes_through_a_door_either(closed, person):
    said = {"paid": "yes", "missing": "1", "weight": "700", "bulk": "none", "remove": "hub",
            "means": "cash", "what": "never", "reason": "Personne"}  # fmt: skip
    browser = closed.browser(person)

    for name, people in MATRIX.items():
        if person not in people:
            answer = browser.post(reverse(f"food_hub:{name}", args=arguments(closed, name)), said)
            is_login = answer.status_code == 302 and "/account/login/" in answer.url
            assert is_login if person == "visitor" else answer.status_code == 404, name

    closed.order.agreement.refresh_from_db()
    closed.world.cycle.refresh_from_db()
    assert closed.order.agreement.state == "accepted"
    assert closed.world.cycle.state == "closed"
    lines = OrderLine.objects.filter(order=closed.order)
    assert list(lines.values_list("missing_count", "real_weight_g")) == [(0, None), (0, None)]


def desk_of(cast, person):
    return cast.browser(person).get(reverse("food_hub:desk"))


def test_the_desk_of_a_manager_says_what_waits(closed):
    text = desk_of(closed, "manager").content.decode()

    assert reverse("food_hub:desk_pickup", args=[closed.world.cycle.public_id]) in text
    assert reverse("food_hub:desk_weights", args=[closed.world.cycle.public_id]) in text
    assert reverse("food_hub:desk_settlement", args=[closed.world.cycle.public_id]) not in text


def test_once_all_is_handed_over_the_cycle_is_to_be_settled(closed):
    for order in Order.objects.all():
        actions.hand_over(order=order, by=closed.world.manager, now=w.AFTER, is_paid_here=True)
    settlement = reverse("food_hub:desk_settlement", args=[closed.world.cycle.public_id])

    assert settlement in desk_of(closed, "manager").content.decode()
    assert settlement not in desk_of(closed, "worker").content.decode()


def test_the_desk_of_a_producer_leads_to_its_weights_then_to_its_statement(closed):
    names = ["dairy", closed.world.cycle.public_id]
    assert (
        reverse("food_hub:desk_bring", args=names) in desk_of(closed, "producer").content.decode()
    )

    for order in Order.objects.all():
        actions.hand_over(order=order, by=closed.world.manager, now=w.AFTER, is_paid_here=True)
    settle_and_tell(cycle=closed.world.cycle, by=closed.world.manager, now=w.AFTER)

    statement = reverse("food_hub:desk_statement", args=names[::-1])
    world = closed.world
    type(world.cycle).objects.filter(pk=world.cycle.pk).update(settled_at=c.clock.now())
    assert statement in desk_of(closed, "producer").content.decode()


def test_who_works_for_nobody_sees_an_empty_desk(cast):
    answer = desk_of(cast, "buyer")

    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()


def test_a_visitor_is_asked_to_sign_in(cast):
    assert "/account/login/" in desk_of(cast, "visitor").url


def test_the_desk_counts_the_same_queries_for_one_cycle_and_for_three(
    closed, django_assert_max_num_queries
):
    browser = closed.browser("manager")
    with django_assert_max_num_queries(10) as few:
        browser.get(reverse("food_hub:desk"))
    for _ in range(2):
        actions.plan_cycle(
            hub=closed.world.hub, title="Encore", opens_at=w.OPENING, closes_at=w.CLOSING
        )

    with django_assert_max_num_queries(len(few)):
        browser.get(reverse("food_hub:desk"))
