"""Points are declared, add up, and say why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.catalogue.rules.ranking import CURRENT, Facts, WordMatch

facts = st.builds(
    Facts,
    st.sampled_from(WordMatch),
    st.none() | st.floats(0, 2e7),
    st.floats(0, 1e9),
)


@given(facts)
def test_a_score_is_the_sum_of_its_reasons_between_0_and_100(seen):
    reasons = CURRENT.reasons(seen)

    assert CURRENT.score(seen) == sum(reason.points for reason in reasons)
    assert 0 <= CURRENT.score(seen) <= 100
    assert all(reason.points > 0 for reason in reasons)
    assert list(reasons) == sorted(reasons, key=lambda reason: -reason.points)


@given(facts, st.floats(0, 1e6))
def test_farther_or_older_is_never_better(seen, more):
    older = Facts(seen.words, seen.distance_m, seen.age_s + more)
    farther = Facts(seen.words, (seen.distance_m or 0) + more, seen.age_s)
    here = Facts(seen.words, seen.distance_m or 0, seen.age_s)

    assert CURRENT.score(older) <= CURRENT.score(seen)
    assert CURRENT.score(farther) <= CURRENT.score(here)


@pytest.mark.parametrize(
    ("seen", "score"),
    [
        (Facts(WordMatch.IN_TITLE, 0, 0), 100),
        (Facts(WordMatch.IN_TEXT, 3_000, 30 * 86_400), 35 + 17.5 + 7.5),
        (Facts(WordMatch.SAME_MEANING, None, 60 * 86_400), 20 + 3.75),
        (Facts(WordMatch.NOT_ASKED, 6_000, 0), 35 / 3 + 15),
    ],
)
def test_points_are_those_of_the_declared_table(seen, score):
    assert CURRENT.score(seen) == pytest.approx(score)
