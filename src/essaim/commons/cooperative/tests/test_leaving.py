"""Leaving: what is paid back, when, and what the books say of it."""

from datetime import date

import pytest

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.models import Exit, Instalment
from essaim.commons.cooperative.rules import refusals
from essaim.commons.cooperative.tests import world as w
from essaim.commons.cooperative.tests.refusing import expect_refusal
from essaim.core.ledger import queries as ledger
from essaim.core.messages.models import OutgoingEmail


@pytest.fixture
def amina(world):
    world.fund(90)
    return world.join(shares=10)


def leaving(world, associate):
    return actions.ask_to_leave(
        associate=associate, reason="Je déménage", by=world.amina, now=w.NOW
    )


def settle(world, departure, losses_cents=0, reserves_cents=0):
    return actions.settle_exit(
        departure=departure, losses_cents=losses_cents, reserves_cents=reserves_cents,
        by=world.board, now=w.NOW,
    )  # fmt: skip


def test_asking_to_leave_changes_nothing_until_it_is_counted(world, amina):
    departure = leaving(world, amina)

    assert (departure.kind, departure.settled_at) == ("leaving", None)
    assert queries.shares_held(amina) == 10
    expect_refusal(refusals.AlreadyLeaving, lambda: leaving(world, amina))


def test_shares_are_paid_back_at_their_value_over_the_years_of_the_statutes(world, amina):
    departure = settle(world, leaving(world, amina))

    amina.refresh_from_db()
    assert (departure.nominal_cents, departure.loss_cents) == (20_000, 0)
    assert amina.left_at == w.NOW
    rows = departure.instalments.order_by("position").values_list("due_date", "amount_cents")
    assert list(rows) == [(date(2026 + year, 11, 18), 4_000) for year in range(1, 6)]
    assert (world.held("capital"), world.held("exits")) == (180_000, 20_000)
    assert "200,00\u00a0€" in OutgoingEmail.objects.order_by("-pk").first().body


def test_they_bear_their_part_of_the_losses_that_reserves_do_not(world, amina):
    departure = settle(world, leaving(world, amina), losses_cents=50_000, reserves_cents=20_000)

    assert (departure.loss_cents, departure.refund_cents) == (3_000, 17_000)
    assert world.held("losses") == 3_000
    assert sum(departure.instalments.values_list("amount_cents", flat=True)) == 17_000
    assert ledger.imbalances() == []


def test_shares_that_lost_everything_are_paid_nothing(world, amina):
    departure = settle(world, leaving(world, amina), losses_cents=10**8)

    assert departure.refund_cents == 0
    assert not departure.instalments.exists()
    assert (world.held("capital"), world.held("losses"), world.held("exits")) == (
        180_000,
        20_000,
        0,
    )


def test_a_departure_is_counted_once(world, amina):
    departure = settle(world, leaving(world, amina))

    expect_refusal(refusals.ExitSettled, lambda: settle(world, departure))
    expect_refusal(refusals.NotAnAssociate, lambda: leaving(world, amina))


def test_each_instalment_is_paid_once_by_the_bank(world, amina):
    departure = settle(world, leaving(world, amina))
    first = departure.instalments.get(position=1)
    bank = world.held("bank")

    paid = actions.pay_instalment(instalment=first, by=world.board, now=w.LATER)

    assert (paid.paid_at, paid.paid_by) == (w.LATER, world.board)
    assert (world.held("exits"), world.held("bank")) == (16_000, bank + 4_000)
    expect_refusal(
        refusals.InstalmentPaid,
        lambda: actions.pay_instalment(instalment=first, by=world.board, now=w.LATER),
    )
    assert Instalment.objects.filter(paid_at=None).count() == 4


def test_an_exclusion_says_why_and_the_person_reads_it(world, amina):
    def exclude(reason):
        return actions.exclude(associate=amina, reason=reason, by=world.board, now=w.NOW)

    expect_refusal(refusals.NoReason, lambda: exclude(" "))
    departure = exclude("Décision du conseil du 3 mars, après l’avoir entendue")

    assert departure.kind == "exclusion"
    assert "après l’avoir entendue" in OutgoingEmail.objects.order_by("-pk").first().body
    assert settle(world, departure).refund_cents == 20_000


def test_an_organisation_leaves_too_and_nobody_is_written_to(world):
    farm = world.join(world.farmer, "producers", 5, organisation=world.farm)
    world.fund(10)
    letters = OutgoingEmail.objects.count()

    departure = actions.exclude(associate=farm, reason="Cessation", by=world.board, now=w.NOW)
    settle(world, departure)

    assert Exit.objects.get().refund_cents == 10_000
    assert OutgoingEmail.objects.count() == letters


def test_those_who_wait_under_the_ceiling_are_called_when_somebody_leaves(db):
    world = w.build(most=("nominal_cents = 2000", "nominal_cents = 2000\nceiling_cents = 20000"))
    amina = world.join(shares=10)
    waiting = world.ask(w.person("bea"), shares=3)

    settle(world, leaving(world, amina))

    waiting.refresh_from_db()
    assert waiting.state == "asked"
