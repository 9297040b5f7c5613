"""Quorum, majorities, proxies and notices, as statutes and the law say them."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.statutes.rules.assemblies import (
    Present,
    counts_for_notice,
    is_carried,
    lawful_proxies,
    notice_days,
    participation,
    proxies_max,
    quorum_needed,
)
from essaim.commons.statutes.rules.statutes import (
    Abstention,
    Assembly,
    Form,
    Majority,
    MajorityBase,
    Notice,
    Proxies,
    Quorum,
    QuorumBasis,
)
from essaim.commons.statutes.tests.models_of_statutes import TODAY, statutes_of

SCANI = {
    "active": Present(16, 14, 16),
    "individuals": Present(457, 100, 200),
    "professionals": Present(146, 30, 100),
    "supporters": Present(252, 35, 50),
}


def test_scani_would_fail_a_quorum_of_heads_and_reach_the_same_one_by_colleges():
    scani = statutes_of("scani")

    by_heads = participation(scani, QuorumBasis.HEADS, SCANI)
    by_colleges = participation(scani, QuorumBasis.COLLEGES, SCANI)

    assert by_heads == Fraction(179, 871)
    assert round(float(by_heads), 3) == 0.206
    assert round(float(by_colleges), 3) == 0.470


def test_an_empty_college_leaves_its_weight_to_the_others():
    rooms = SCANI | {"active": Present(0, 0)}

    found = participation(statutes_of("scani"), QuorumBasis.COLLEGES, rooms)

    assert found == (
        Fraction(25, 60) * Fraction(100, 457)
        + Fraction(25, 60) * Fraction(30, 146)
        + Fraction(10, 60) * Fraction(35, 252)
    )


def test_nobody_at_all_is_no_participation():
    empty = dict.fromkeys(SCANI, Present(0, 0))

    for basis in QuorumBasis:
        assert participation(statutes_of("scani"), basis, empty) == 0


def test_active_associates_are_those_lately_seen():
    assert participation(statutes_of("scani"), QuorumBasis.ACTIVE, SCANI) == Fraction(179, 366)


@given(
    st.tuples(
        *[st.integers(1, 500).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))] * 4
    )
)
def test_participation_is_a_part_and_full_rooms_are_the_whole(rooms):
    scani = statutes_of("scani")
    present = {
        college.code: Present(count, there, count)
        for college, (count, there) in zip(scani.colleges, rooms, strict=True)
    }
    full = {code: Present(room.associates_count, room.associates_count, room.associates_count)
            for code, room in present.items()}  # fmt: skip

    for basis in QuorumBasis:
        assert 0 <= participation(scani, basis, present) <= 1
        assert participation(scani, basis, full) == 1


def test_the_second_convening_has_its_own_quorum_and_silence_is_none():
    quorum = Quorum(QuorumBasis.HEADS, Fraction(1, 2), Fraction(1, 4))

    assert quorum_needed(quorum, convening=1) == Fraction(1, 2)
    assert quorum_needed(quorum, convening=2) == Fraction(1, 4)
    assert quorum_needed(Quorum(QuorumBasis.HEADS), convening=1) == 0


@pytest.mark.parametrize(
    ("majority", "yes", "no", "abstaining", "carried"),
    [
        (Majority(Fraction(1, 2), is_more_than=True), 5, 5, 0, False),
        (Majority(Fraction(1, 2), is_more_than=True), 6, 5, 9, True),
        (Majority(Fraction(2, 3)), 6, 3, 0, True),
        (Majority(Fraction(2, 3)), 6, 3, 9, True),
        (Majority(Fraction(2, 3), abstentions=Abstention.AGAINST), 6, 3, 1, False),
        (Majority(Fraction(1, 2), base=MajorityBase.ENTITLED), 9, 0, 0, False),
        (Majority(Fraction(1, 2), base=MajorityBase.ENTITLED), 10, 0, 0, True),
        (Majority(Fraction(1, 2)), 0, 0, 0, False),
    ],
)
def test_a_majority_has_a_part_a_base_and_a_way_to_count_abstentions(
    majority, yes, no, abstaining, carried
):
    assert is_carried(majority, yes=yes, no=no, abstaining=abstaining, entitled=20) is carried


@pytest.mark.parametrize(("count", "most"), [(1, 1), (19, 1), (20, 1), (39, 1), (40, 2), (871, 43)])
def test_the_law_of_scop_lets_one_carry_a_vote_then_a_twentieth_of_associates(count, most):
    assert lawful_proxies(associates_count=count, day=TODAY) == most
    assert proxies_max(statutes_of(), associates_count=count, day=TODAY) == most


def test_statutes_may_set_their_own_cap_of_proxies():
    statutes = statutes_of(proxies=Proxies(extra_votes_max=3))

    assert proxies_max(statutes, associates_count=871, day=TODAY) == 3


@pytest.mark.parametrize(
    ("form", "assembly", "convening", "days"),
    [
        (Form.SCIC_SA, Assembly.ORDINARY, 1, 15),
        (Form.SCIC_SA, Assembly.EXTRAORDINARY, 2, 10),
        (Form.SCIC_SARL, Assembly.ORDINARY, 1, 15),
        (Form.SCIC_SARL, Assembly.EXTRAORDINARY, 1, 21),
        (Form.SCIC_SAS, Assembly.ORDINARY, 1, None),
    ],
)
def test_the_law_says_the_days_of_notice_by_form_or_leaves_them_to_the_statutes(
    form, assembly, convening, days
):
    silent = statutes_of(form=form, notice=Notice())

    assert notice_days(silent, assembly, day=TODAY, convening=convening) == days


def test_the_longer_of_the_two_delays_holds():
    statutes = statutes_of(notice=Notice(30, 8, 12))

    assert notice_days(statutes, Assembly.ORDINARY, day=TODAY) == 30
    assert notice_days(statutes, Assembly.EXTRAORDINARY, day=TODAY) == 15
    assert notice_days(statutes, Assembly.ORDINARY, day=TODAY, convening=2) == 12


def test_consent_to_electronic_notices_counts_twenty_days_later():
    meeting = date(2026, 11, 30)

    assert counts_for_notice(consented_on=date(2026, 11, 10), meeting_day=meeting)
    assert not counts_for_notice(consented_on=date(2026, 11, 11), meeting_day=meeting)
