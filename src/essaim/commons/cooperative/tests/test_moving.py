"""Transfers, cancellations and losses: the register and the books move together."""

import pytest

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.models import Certificate
from essaim.commons.cooperative.rules import refusals
from essaim.commons.cooperative.tests import world as w
from essaim.commons.cooperative.tests.refusing import expect_refusal
from essaim.core.agreements.models import Agreement
from essaim.core.ledger import queries as ledger
from essaim.core.payments.actions import charge_back
from essaim.core.payments.models import PaymentIntent


@pytest.fixture
def amina(world):
    return world.join(shares=6)


@pytest.fixture
def farm(world, amina):
    return world.join(world.farmer, "producers", 8, organisation=world.farm)


def give(world, giver, taker, shares):
    return actions.transfer_shares(
        giver=giver, taker=taker, shares=shares, reason="Conseil du 3 mars", by=world.board,
        now=w.LATER,
    )  # fmt: skip


def test_shares_pass_from_one_to_another_and_the_capital_stays(world, amina, farm):
    capital = world.held("capital")

    movement = give(world, amina, farm, 2)

    assert (queries.shares_held(amina), queries.shares_held(farm)) == (4, 10)
    assert world.held("capital") == capital == 28_000
    assert (movement.number, movement.reason) == (3, "Conseil du 3 mars")
    assert Certificate.objects.get(movement=movement).snapshot["held_shares"] == 10


def test_whoever_gives_all_their_shares_leaves(world, amina, farm):
    give(world, amina, farm, 6)

    amina.refresh_from_db()
    assert amina.left_at == w.LATER


def test_transfers_that_cannot_be_are_refused_and_nothing_is_written(world, amina, farm):
    expect_refusal(refusals.SameAssociate, lambda: give(world, amina, amina, 1))
    expect_refusal(refusals.SameAssociate, lambda: give(world, amina, farm, 0))
    expect_refusal(refusals.NotEnoughShares, lambda: give(world, amina, farm, 7), held=6)
    expect_refusal(refusals.BelowMinimum, lambda: give(world, farm, amina, 4), minimum=5)
    actions.ask_to_leave(associate=farm, reason="", by=world.farmer, now=w.NOW)
    expect_refusal(refusals.AlreadyLeaving, lambda: give(world, farm, amina, 8))
    give(world, amina, farm, 6)
    expect_refusal(refusals.NotAnAssociate, lambda: give(world, farm, amina, 1))


def test_a_transfer_keeps_the_cap_of_one_associate(db):
    world = w.build(most=("nominal_cents = 2000", "nominal_cents = 2000\nshares_max = 9"))
    amina = world.join(shares=6)
    farm = world.join(world.farmer, "producers", 8, organisation=world.farm)

    expect_refusal(refusals.TooManyShares, lambda: give(world, amina, farm, 2), maximum=9)
    give(world, amina, farm, 1)


def test_a_transfer_never_takes_local_authorities_above_half(world, amina):
    fund = world.fund(100)
    town = world.join(world.mayor, "authorities", 50, organisation=world.town)

    expect_refusal(refusals.AuthoritiesAtCeiling, lambda: give(world, fund, town, 29), room=28)
    give(world, fund, town, 28)


@pytest.fixture
def charged_back(world, amina):
    intent = PaymentIntent.objects.get()
    charge_back(intent=intent, amount_cents=intent.amount_cents, key="evt", now=w.NOW)
    return amina.movements_in.get()


def test_shares_whose_payment_the_bank_took_back_are_cancelled(world, amina, charged_back):
    assert (world.held("due"), world.held("capital")) == (-12_000, 12_000)

    cancelled = actions.cancel_unpaid(movement=charged_back, by=world.board, now=w.LATER)

    amina.refresh_from_db()
    assert (cancelled.kind, cancelled.shares, amina.left_at) == ("cancellation", 6, w.LATER)
    assert [world.held(name) for name in ("bank", "due", "capital")] == [0, 0, 0]
    assert Agreement.objects.get().state == "cancelled"
    assert set(PaymentIntent.objects.values_list("state", flat=True)) == {"paid", "cancelled"}
    assert ledger.imbalances() == []


def test_shares_that_are_paid_or_given_away_are_not_cancelled(world, amina, farm):
    paid = amina.movements_in.get()
    expect_refusal(
        refusals.NothingUnpaid,
        lambda: actions.cancel_unpaid(movement=paid, by=world.board, now=w.LATER),
    )
    moved = give(world, amina, farm, 1)
    expect_refusal(
        refusals.NothingUnpaid,
        lambda: actions.cancel_unpaid(movement=moved, by=world.board, now=w.LATER),
    )
    intent = PaymentIntent.objects.get(agreement=paid.agreement)
    charge_back(intent=intent, amount_cents=intent.amount_cents, key="evt", now=w.NOW)
    expect_refusal(
        refusals.NotEnoughShares,
        lambda: actions.cancel_unpaid(movement=paid, by=world.board, now=w.LATER), held=5,
    )  # fmt: skip


def test_an_assembly_may_absorb_losses_by_taking_shares(world, amina, farm):
    written = actions.reduce_for_losses(
        register=world.register, shares={amina: 1, farm: 2}, decision="AGE du 3 juin",
        by=world.board, now=w.LATER,
    )  # fmt: skip

    assert [movement.kind for movement in written] == ["loss-reduction"] * 2
    assert (queries.shares_held(amina), queries.shares_held(farm)) == (5, 6)
    assert (world.held("capital"), world.held("losses")) == (22_000, 6_000)


def test_losses_never_take_the_last_share_nor_go_without_a_decision(world, amina, farm):
    def reduce(shares, decision="AGE"):
        return lambda: actions.reduce_for_losses(
            register=world.register, shares=shares, decision=decision, by=world.board, now=w.LATER
        )

    expect_refusal(refusals.NotEnoughShares, reduce({amina: 1, farm: 8}), held=8)
    expect_refusal(refusals.NoReason, reduce({amina: 1}, " "))


def test_dates_of_the_register_never_go_back_even_when_a_clock_does(world, amina, farm):
    later = give(world, amina, farm, 1)

    again = actions.transfer_shares(
        giver=amina, taker=farm, shares=1, reason="", by=world.board, now=w.NOW
    )

    assert again.moved_at == later.moved_at == w.LATER
