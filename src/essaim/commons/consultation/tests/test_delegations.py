"""Voices given by subject: no loop, a cap, and whoever answers speaks for themselves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.consultation import actions, articles, queries
from essaim.commons.consultation.models import Delegation
from essaim.commons.consultation.rules import refusals
from essaim.commons.consultation.rules.delegations import Gift, Web, carried, woven
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.core.messages.models import OutgoingEmail

LATER = NOW + timedelta(days=1)
people = st.integers(0, 12)
gifts = st.lists(st.builds(Gift, people, people), max_size=40)
caps = st.integers(1, 6)


def web_of(text: str, cap: int = 9) -> Web:
    """« ab bc » : a gives to b, who gives to c."""
    return woven([Gift(ord(giver), ord(holder)) for giver, holder in text.split()], cap=cap)


def speakers(web: Web, answered: str) -> dict[str, str]:
    found = carried(web, {ord(one) for one in answered})
    return {chr(giver): chr(speaker) for giver, speaker in found.items()}


# ---- rules


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        ("d", {"a": "d", "b": "d", "c": "d"}),
        ("bd", {"a": "b", "c": "d"}),
        ("a", {}),
        ("abcd", {}),
        ("", {}),
    ],
)
def test_a_voice_goes_to_the_first_along_the_way_who_answers(answered, expected):
    assert speakers(web_of("ab bc cd"), answered) == expected


def test_a_gift_that_would_close_a_loop_does_not_stand_and_the_earlier_ones_do():
    web = web_of("ab bc ca dd")

    assert web.chain(ord("a")) == (ord("b"), ord("c"))
    assert web.holders == web_of("ab bc").holders


def test_the_cap_counts_what_comes_through_others_and_the_earlier_ones_have_priority():
    web = web_of("ab bc dc ec", cap=3)

    assert web.loads[ord("c")] == 3
    assert ord("e") not in web.holders
    assert web.overloaded(Gift(ord("e"), ord("a"))) == ord("c")
    assert web.overloaded(Gift(ord("e"), ord("z"))) is None


@given(gifts, caps)
def test_nobody_ever_carries_more_than_the_cap_nor_sees_their_voice_come_back(every, cap):
    web = woven(every, cap=cap)

    for giver in web.holders:
        chain = web.chain(giver)
        assert giver not in chain
        assert len(set(chain)) == len(chain) <= cap
    for one, load in web.loads.items():
        assert load == sum(one in web.chain(giver) for giver in web.holders) <= cap


@given(gifts, caps, st.sets(people))
def test_each_voice_counts_once_at_most_and_never_beside_ones_own_answer(every, cap, answered):
    web = woven(every, cap=cap)

    found = carried(web, answered)

    assert not found.keys() & answered
    assert set(found.values()) <= answered
    assert all(list(found.values()).count(one) <= cap for one in answered)
    assert all(speaker in web.chain(giver) for giver, speaker in found.items())
    lost = [one for one in web.holders if one not in answered and one not in found]
    assert all(not answered & set(web.chain(one)) for one in lost)


@given(gifts, caps, st.data())
def test_gifts_that_stand_go_on_standing_when_others_are_taken_back(every, cap, data):
    web = woven(every, cap=cap)
    standing, seen = [], set()
    for gift in every:
        if web.holders.get(gift.giver) == gift.holder and gift.giver not in seen:
            seen.add(gift.giver)
            standing.append(gift)
    kept = [gift for gift in standing if data.draw(st.booleans())]

    again = woven(kept, cap=cap)

    assert again.holders == {gift.giver: gift.holder for gift in kept}


@given(gifts, caps, st.sets(people))
def test_answering_oneself_changes_only_the_voices_that_came_through(every, cap, answered):
    web = woven(every, cap=cap)
    before = carried(web, answered)
    for one in set(web.holders) - answered:
        after = carried(web, answered | {one})
        moved = {giver for giver in before if after.get(giver) != before[giver]}
        assert all(giver == one or one in web.chain(giver) for giver in moved)


# ---- actions


@pytest.fixture
def circle(db):
    return circles.build()


@pytest.fixture
def subject(circle):
    return actions.add_subject(register=circle.register, label="Prix", now=NOW)


def give(circle, subject, giver, holder, now=NOW) -> Delegation:
    return actions.delegate(
        subject=subject, giver=circle.people[giver], holder=circle.people[holder],
        by=circle.member(giver), now=now,
    )  # fmt: skip


def web_now(subject, at=LATER) -> Web:
    return queries.webs([subject.pk], at=at)[subject.pk]


def test_a_voice_is_given_by_subject_told_and_the_last_one_counts(circle, subject):
    other = actions.add_subject(register=circle.register, label="Travail", now=NOW)
    give(circle, subject, "amina", "bea")

    give(circle, subject, "amina", "chloe", now=LATER)

    amina, chloe = circle.people["amina"].pk, circle.people["chloe"].pk
    assert web_now(subject).holders == {amina: chloe}
    assert web_now(other).holders == {}
    told = OutgoingEmail.objects.filter(subject__contains="Une voix vous est confiée")
    assert [one.recipient for one in told] == ["bea@exemple.fr", "chloe@exemple.fr"]


def test_a_round_is_refused_and_names_who_would_close_it(circle, subject):
    give(circle, subject, "amina", "bea")
    give(circle, subject, "bea", "chloe")

    with pytest.raises(refusals.GoesInARound) as refusal:
        give(circle, subject, "chloe", "amina")
    with pytest.raises(refusals.NotToOneself):
        give(circle, subject, "chloe", "chloe")

    assert refusal.value.details == {"name": "Amina"}
    assert Delegation.objects.filter(revoked_at=None).count() == 2


def test_a_refused_gift_leaves_the_former_one_as_it_was(circle, subject):
    give(circle, subject, "amina", "bea")
    give(circle, subject, "chloe", "amina")

    with pytest.raises(refusals.GoesInARound):
        give(circle, subject, "amina", "chloe", now=LATER)

    assert Delegation.objects.get(giver=circle.people["amina"]).revoked_at is None


def test_the_cap_is_a_rule_and_names_whoever_would_carry_too_many(circle, subject):
    circles.rule(articles.DELEGATIONS_MAX, 2)
    give(circle, subject, "amina", "bea")
    give(circle, subject, "bea", "chloe")

    with pytest.raises(refusals.CarriesEnough) as refusal:
        give(circle, subject, "david", "amina")

    assert refusal.value.details == {"name": "Chloe", "delegations_max": 2}


def test_a_cap_lowered_afterwards_keeps_the_earlier_gifts(circle, subject):
    give(circle, subject, "amina", "chloe")
    give(circle, subject, "bea", "chloe", now=NOW + timedelta(minutes=1))
    circles.rule(articles.DELEGATIONS_MAX, 1)

    assert set(web_now(subject).holders) == {circle.people["amina"].pk}


def test_a_voice_is_taken_back_at_any_time_and_twice_is_nothing(circle, subject):
    give(circle, subject, "amina", "bea")

    actions.revoke(subject=subject, giver=circle.people["amina"], now=LATER)
    actions.revoke(subject=subject, giver=circle.people["amina"], now=LATER + timedelta(days=1))

    assert web_now(subject, at=NOW).holders
    assert not web_now(subject).holders
    assert Delegation.objects.get().revoked_at == LATER


def test_a_voice_neither_comes_from_nor_goes_to_somebody_who_left(circle, subject):
    give(circle, subject, "amina", "bea")
    give(circle, subject, "chloe", "david")
    circle.leave("bea", now=LATER)
    circle.leave("chloe", now=LATER)

    assert not web_now(subject, at=LATER + timedelta(days=1)).holders
    gone = circle.people["bea"]
    gone.refresh_from_db()
    with pytest.raises(refusals.NoVoice):
        give(circle, subject, "elie", "bea", now=LATER)


def test_a_closed_subject_takes_no_voice(circle, subject):
    actions.close_subject(subject=subject, now=LATER)

    with pytest.raises(refusals.SubjectClosed):
        give(circle, subject, "amina", "bea", now=LATER)
    with pytest.raises(refusals.SubjectClosed):
        actions.close_subject(subject=subject, now=LATER)
    assert actions.add_subject(register=circle.register, label="prix", now=LATER)


def test_one_subject_has_one_name(circle, subject):
    with pytest.raises(refusals.SubjectKnown):
        actions.add_subject(register=circle.register, label=" PRIX ", now=LATER)


def test_the_database_keeps_one_voice_each_and_none_to_oneself(circle, subject):
    give(circle, subject, "amina", "bea")
    amina, bea = circle.people["amina"], circle.people["bea"]

    for giver, holder, name in ((amina, bea, "one_delegation"), (bea, bea, "somebody_else")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Delegation.objects.create(
                subject=subject, giver=giver, holder=holder, given_at=NOW, given_by=amina.member
            )
