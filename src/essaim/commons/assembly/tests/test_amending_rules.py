"""Amendments by paragraph: which is voted first, which fall, what the text becomes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.assembly.rules import amending
from essaim.commons.assembly.rules.amending import Amended, AmendmentKind, Proposed
from essaim.commons.assembly.tests.hall import NEXT_DAY

K = AmendmentKind
TEXT = "Un rapport est lu.\n\nLa part baisse de moitié dès demain.\nLe reste ne change pas."
DAY = datetime(2027, 1, 1, tzinfo=UTC)
PROPOSED = Proposed(TEXT, {"fees.rate": (300, DAY)})
WORDS = st.text("abcdé ", min_size=1, max_size=12).filter(str.strip)


def said(number, kind, paragraph=0, text="", **rule):
    return Amended(number, kind, paragraph, text, **rule)


@st.composite
def several(draw):
    found = []
    for number in range(1, draw(st.integers(0, 7)) + 1):
        kind = draw(st.sampled_from(K))
        if kind is K.RULE:
            day = DAY + timedelta(days=draw(st.integers(0, 3)))
            found.append(
                said(number, kind, article_key="fees.rate", value=draw(st.integers(0, 500)),
                     effective_at=day)
            )  # fmt: skip
            continue
        paragraph = draw(st.integers(0 if kind is K.ADD else 1, 3))
        text = "" if kind is K.STRIKE else draw(WORDS).strip()
        found.append(said(number, kind, paragraph, text))
    return found


def carried_in(order):
    """Vote in this order, everything carried: those that stand."""
    stand, waiting = [], list(order)
    while waiting:
        one = waiting.pop(0)
        stand.append(one)
        off = amending.fallen(one, waiting)
        waiting = [other for other in waiting if other.number not in off]
    return stand


def test_paragraphs_are_the_lines_that_say_something():
    assert amending.paragraphs(TEXT) == [
        "Un rapport est lu.", "La part baisse de moitié dès demain.", "Le reste ne change pas.",
    ]  # fmt: skip
    assert amending.paragraphs(" \n\n") == []


@given(several(), st.randoms())
def test_the_order_of_votes_is_that_of_the_texts_not_of_the_list(pending, chance):
    shuffled = list(pending)
    chance.shuffle(shuffled)

    order = amending.voting_order(shuffled, PROPOSED)

    assert order == amending.voting_order(pending, PROPOSED)
    assert sorted(one.number for one in order) == [one.number for one in pending]


@given(several())
def test_of_two_that_compete_the_most_far_reaching_comes_first(pending):
    order = amending.voting_order(pending, PROPOSED)

    for index, one in enumerate(order):
        for later in order[index + 1 :]:
            if amending.compete(one, later):
                mine, theirs = (amending.reach(x, PROPOSED) for x in (one, later))
                assert mine > theirs or (mine == theirs and one.number < later.number)


@given(several())
def test_of_those_that_stand_none_competes_and_every_other_fell_with_one_of_them(pending):
    stand = carried_in(amending.voting_order(pending, PROPOSED))

    numbers = {one.number for one in stand}
    assert not any(amending.compete(a, b) for a in stand for b in stand)
    for other in pending:
        if other.number not in numbers:
            assert any(amending.compete(other, one) for one in stand)


@given(several(), st.randoms())
def test_the_text_does_not_depend_on_the_order_in_which_they_were_carried(pending, chance):
    stand = carried_in(amending.voting_order(pending, PROPOSED))
    shuffled = list(stand)
    chance.shuffle(shuffled)

    text = amending.amended(TEXT, stand)

    assert text == amending.amended(TEXT, shuffled)
    struck = sum(one.kind is K.STRIKE for one in stand)
    added = sum(one.kind is K.ADD for one in stand)
    assert len(amending.paragraphs(text)) == 3 - struck + added
    touched = {one.paragraph for one in stand if one.kind in {K.STRIKE, K.REPLACE}}
    for number, line in enumerate(amending.paragraphs(TEXT), start=1):
        if number not in touched:
            assert line in amending.paragraphs(text)


def test_nothing_carried_changes_nothing():
    assert amending.paragraphs(amending.amended(TEXT, [])) == amending.paragraphs(TEXT)
    assert not any(one.is_changed for one in amending.compared(TEXT, []))


def test_striking_goes_further_than_rewriting_and_rewriting_counts_words():
    little = said(1, K.REPLACE, 2, "La part baisse de moitié dès lundi.")
    much = said(2, K.REPLACE, 2, "Rien.")
    strike = said(3, K.STRIKE, 2)
    added = said(4, K.ADD, 2, "Un bilan est fait.")

    order = amending.voting_order([little, much, strike, added], PROPOSED)

    assert order == [strike, much, little, added]
    assert amending.fallen(strike, [little, much, added]) == [1, 2]


def test_of_two_values_of_a_rule_the_further_one_then_the_later_day_comes_first():
    near = said(1, K.RULE, article_key="fees.rate", value=250, effective_at=DAY)
    late = said(2, K.RULE, article_key="fees.rate", value=250, effective_at=NEXT_DAY)
    far = said(3, K.RULE, article_key="fees.rate", value=100, effective_at=DAY)

    assert amending.voting_order([near, late, far], PROPOSED) == [far, late, near]
    assert amending.fallen(far, [near, late]) == [1, 2]
