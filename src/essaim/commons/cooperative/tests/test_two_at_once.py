"""Real connections at the same time: no share doubled, no number twice, no room overbooked."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.actions import asking
from essaim.commons.cooperative.models import Associate, Register, ShareRequest
from essaim.commons.cooperative.rules.register import created, replay
from essaim.commons.cooperative.tests import world as w
from essaim.kernel.errors import RuleBroken

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 30


def apart(work, *arguments):
    """Run in a thread, on a connection of its own; a refusal is an answer."""
    try:
        return work(*arguments)
    except RuleBroken as refusal:
        return refusal.code
    finally:
        connection.close()


def together(work, things):
    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(lambda thing: apart(work, thing), things))


def test_eight_admissions_at_once_give_eight_numbers_in_a_row(world):
    requests = [world.pay(world.ask(w.person(f"p{number}"))) for number in range(8)]

    together(lambda one: actions.admit(request=one, by=world.board, now=w.LATER), requests)

    numbers = Associate.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 9))
    rows = list(queries.movements(world.register))
    assert sum(replay(rows).values()) == created(rows) == 16
    assert world.held("capital") == 32_000


def test_one_request_admitted_twice_at_once_gives_its_shares_once(world):
    request = world.pay(world.ask())

    told = together(
        lambda one: actions.admit(request=one, by=world.board, now=w.LATER), [request] * 4
    )

    assert told.count("cooperative.request-closed") == 3
    assert created(queries.movements(world.register)) == 2


def test_the_same_shares_given_to_several_at_once_go_to_as_many_as_there_are(world):
    giver = world.join(shares=5)
    takers = [world.join(w.person(f"p{number}"), shares=1) for number in range(8)]

    told = together(
        lambda taker: actions.transfer_shares(
            giver=giver, taker=taker, shares=1, reason="", by=world.board, now=w.LATER
        ),
        takers,
    )

    refused = [one for one in told if isinstance(one, str)]
    assert len(refused) == 3
    assert set(refused) == {"cooperative.not-an-associate"}
    assert created(queries.movements(world.register)) == 13


def both_ask(world):
    """Two towns ask for the last room, the second before the first has committed."""
    world.fund(60)
    hamlet = w.organisation("hameau", "Le Hameau", "local-authority")
    has_asked, may_commit = threading.Event(), threading.Event()

    def first():
        with transaction.atomic():
            world.ask(world.mayor, "authorities", 60, organisation=world.town)
            has_asked.set()
            may_commit.wait(PATIENCE_S)

    slow = threading.Thread(target=apart, args=(first,))
    slow.start()
    assert has_asked.wait(PATIENCE_S)
    quick = threading.Thread(
        target=apart,
        args=(lambda: world.ask(world.mayor, "authorities", 60, organisation=hamlet),),
    )
    quick.start()
    time.sleep(0.5)  # long enough to overtake, if nothing holds it back
    may_commit.set()
    slow.join(PATIENCE_S)
    quick.join(PATIENCE_S)
    authorities = ShareRequest.objects.filter(category__code="authorities")
    return sorted(authorities.values_list("state", flat=True))


def test_two_towns_that_ask_at_once_are_not_both_promised_the_last_room(world):
    assert both_ask(world) == ["asked", "waiting"]


def test_without_the_lock_of_the_register_both_would_be(world, monkeypatch):
    def no_lock(register):
        return Register.objects.select_related("organisation").get(pk=register.pk)

    monkeypatch.setattr(asking, "lock", no_lock)

    assert both_ask(world) == ["asked", "asked"]
