"""An assembly, read aloud: convened in time, amended, voted, and a price that follows it."""

from datetime import timedelta

import pytest
from django.db import transaction

from essaim.commons.assembly import actions, queries
from essaim.commons.assembly.actions import Change
from essaim.commons.assembly.rules.amending import Amended, AmendmentKind
from essaim.commons.assembly.rules.refusals import AmendmentsPending, NoQuorum
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING, NEXT_DAY
from essaim.commons.urn import actions as urn
from essaim.commons.urn import queries as urn_queries
from essaim.core.agreements.models import Agreement
from essaim.core.bylaws import queries as bylaws
from essaim.core.messages.models import OutgoingEmail
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions as food
from essaim.trades.food_hub.articles import PLATFORM_RATE
from essaim.trades.food_hub.tests import world as hub_world

pytestmark = pytest.mark.django_db


def price_of_a_jar(world, *, opens_at):
    """Open next week's orders and buy one jar: what the buyer pays, in cents."""
    cycle = food.plan_cycle(
        hub=world.hub, title="Semaine", opens_at=opens_at, closes_at=opens_at + timedelta(days=3)
    )
    slot = food.add_slot(
        cycle=cycle, place=world.place, starts_at=opens_at + timedelta(days=4),
        ends_at=opens_at + timedelta(days=4, hours=2),
    )  # fmt: skip
    food.offer(cycle=cycle, variants=[world.jar])
    world.cycle = food.open_cycle(cycle=cycle, now=opens_at)
    shopping = opens_at + timedelta(hours=2)
    basket = world.put(world.jar, 1, now=shopping)
    with transaction.atomic():
        placed = food.place_order(
            basket_id=basket.pk, cycle_id=cycle.pk, slot_id=slot.pk, placed_by=world.buyer,
            receiver_id=world.buyer.pk, means="cash", order_key=uuid7(), now=shopping,
        )  # fmt: skip
    return Agreement.objects.get(pk=placed.agreement_id).total_cents


def test_an_assembly_lowers_the_contribution_and_the_next_morning_a_basket_costs_less():
    world, hall = hub_world.build(), halls.build()
    # 6.90 € of honey, 3 % for the platform and 1 % for the commons fund.
    assert price_of_a_jar(world, opens_at=DRAFTED) == 718
    secretary = hall.world.board

    hall.draft(amendments_until=MEETING - timedelta(days=2))
    actions.add_item(assembly=hall.assembly, title="Rapport d’activité")
    lower = hall.propose(
        "Baisser la contribution à la plateforme", changes=[Change(PLATFORM_RATE, 200, NEXT_DAY)]
    )
    board = hall.propose("Renouveler le conseil", is_secret=True)
    OutgoingEmail.objects.all().delete()
    hall.convene()
    assert OutgoingEmail.objects.count() == 6

    further = actions.propose_amendment(
        motion=lower, associate=hall.people["elie"], by=hall.member("elie"),
        said=Amended(0, AmendmentKind.RULE, article_key=PLATFORM_RATE.key, value=100,
                     effective_at=NEXT_DAY),
        reason="L’année a laissé un excédent.", now=DRAFTED,
    )  # fmt: skip

    hall.arrive("amina")
    with pytest.raises(NoQuorum), transaction.atomic():
        actions.open_meeting(assembly=hall.assembly, now=MEETING)
    hall.give("david", "amina")
    hall.open("bea", "elie")
    assert queries.attendance(hall.assembly).represented_count == 1

    # The notice said 2 %; the amendment that says 1 % comes first, voted by the same people.
    with pytest.raises(AmendmentsPending), transaction.atomic():
        actions.open_vote(motion=lower, now=MEETING)
    actions.open_vote(motion=further, now=MEETING)
    for name in ("amina", "bea", "elie"):
        hall.vote(further, name, "yes")
    assert actions.close_vote(motion=further, by=secretary, now=MEETING).is_adopted

    actions.open_vote(motion=lower, now=MEETING)
    for name, choice in (("amina", "yes"), ("bea", "no"), ("elie", "yes")):
        hall.vote(lower, name, choice)
    hall.vote(lower, "david", "yes", by="amina")
    lower = actions.close_vote(motion=lower, by=secretary, now=MEETING)
    assert lower.is_adopted

    keepers = [hall.member("bea"), hall.member("elie")]
    poll = actions.open_vote(motion=board, scrutineers=keepers, threshold=2, now=MEETING)
    keys = {keeper: urn.take_key(poll=poll, member=keeper) for keeper in keepers}
    urn.open_poll(poll=poll, now=MEETING)
    receipts = [hall.vote(board, name, "yes") for name in ("amina", "bea", "elie")]
    actions.close_vote(motion=board, by=secretary, now=MEETING)
    for keeper, key in keys.items():
        urn.give_key(poll=poll, member=keeper, code=key, now=MEETING)
    board = actions.declare(motion=board, by=secretary, now=MEETING)
    trackers = {ballot.slip.tracker for ballot in urn_queries.opened_ballots(poll)}
    assert trackers == {receipt.tracker for receipt in receipts}

    minutes = actions.close_meeting(assembly=hall.assembly, by=secretary, now=MEETING)
    assert [point["position"] for point in minutes.content["points"]] == [1, 2, 3]
    assert minutes.content["points"][2]["ballots_digest"]
    (told,) = minutes.content["points"][1]["amendments"]
    assert (told["fate"], told["value"], told["noticed_value"]) == ("carried", 100, 200)

    # The same evening nothing has changed; the next morning the rule is in force, and told by whom.
    assert bylaws.value(PLATFORM_RATE, at=MEETING + timedelta(hours=2)) == 300
    (rule,) = (r for r in bylaws.rules_in_force(at=NEXT_DAY) if r.article == PLATFORM_RATE)
    assert (rule.value, rule.adopted_by) == (100, "Assemblée générale du 18 déc. 2026, point 2")
    # 6.90 € of honey, 1 % for the platform and 1 % for the commons fund.
    assert price_of_a_jar(world, opens_at=NEXT_DAY + timedelta(hours=3)) == 704
