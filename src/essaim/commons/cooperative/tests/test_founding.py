"""Adopting statutes: dated versions, never rewritten, never unlawful."""

from datetime import timedelta

import pytest

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.models import Category, StatutesVersion
from essaim.commons.cooperative.rules import refusals
from essaim.commons.cooperative.tests import world as w
from essaim.commons.statutes.tests.models_of_statutes import text_of


def adopt(world, text, at=w.LATER, now=w.NOW):
    return actions.adopt_statutes(
        register=world.register, text=text, effective_at=at, adopted_by="AGE du 12 mars",
        by=world.board, now=now,
    )  # fmt: skip


def changed(before, after):
    text = text_of("territory")
    assert before in text
    return text.replace(before, after)


def expect_refusal(kind, wrong, **details):
    versions, categories = StatutesVersion.objects.count(), Category.objects.count()
    with pytest.raises(kind) as refusal:
        wrong()
    assert (StatutesVersion.objects.count(), Category.objects.count()) == (versions, categories)
    assert refusal.value.details == details


def test_a_new_version_takes_effect_on_its_day_and_the_old_one_is_kept(world):
    adopt(world, changed("years = 5", "years = 3"))

    assert queries.statutes_at(world.register, w.NOW).leaving.years == 5
    assert queries.statutes_at(world.register, w.LATER).leaving.years == 3
    assert [row.version for row in world.register.statutes.order_by("version")] == [1, 2]


def test_before_the_first_version_there_are_no_statutes(world):
    with pytest.raises(LookupError):
        queries.statutes_at(world.register, w.OPENING - timedelta(seconds=1))


def test_unlawful_statutes_are_not_adopted(world):
    unlawful = changed('weight = "35 %"', 'weight = "55 %"')

    expect_refusal(refusals.StatutesUnlawful, lambda: adopt(world, unlawful), count=2)


def test_statutes_take_effect_neither_in_the_past_nor_before_others(world):
    past = w.NOW - timedelta(days=1)

    expect_refusal(refusals.StatutesArePast, lambda: adopt(world, text_of("territory"), past))
    adopt(world, text_of("territory"), w.LATER + timedelta(days=9))
    expect_refusal(refusals.StatutesArePast, lambda: adopt(world, text_of("territory")))


def test_a_category_and_a_college_that_somebody_belongs_to_are_kept(world):
    text = text_of("territory").replace('code = "supporters"', 'code = "friends"')
    text = text.replace('"supporters"]', '"friends"]')
    world.join(category="supporters")

    expect_refusal(refusals.CategoryInUse, lambda: adopt(world, text), label="Soutiens")
    renamed = changed('code = "partners"', 'code = "others"')
    expect_refusal(
        refusals.CategoryInUse, lambda: adopt(world, renamed), label="Collectivités et soutiens"
    )


def test_shares_that_exist_keep_their_value(world):
    dearer = changed("nominal_cents = 2000", "nominal_cents = 5000")
    world.join()

    expect_refusal(refusals.NominalFixed, lambda: adopt(world, dearer), nominal_cents=2000)


def test_a_register_is_opened_once(world):
    again = actions.open_register(
        organisation=world.cooperative, territory=world.register.territory, now=w.LATER
    )

    assert (again, queries.the_register()) == (world.register, world.register)
