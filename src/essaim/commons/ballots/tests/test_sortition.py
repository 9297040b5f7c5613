"""Sortition: quotas met, draws that anybody can replay, quotas that cannot be met explained."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.ballots.rules.draws import Draw, drawn_order
from essaim.commons.ballots.rules.sortition import (
    Candidate,
    NoPanelFound,
    Quota,
    QuotaBeyondPeople,
    QuotasTooHigh,
    QuotasTooLow,
    TraitWithoutQuota,
    draw_panel,
)

PEOPLE = [
    Candidate(
        f"person {n:02}", {"age": "young" if n % 3 else "old", "place": "town" if n % 4 else "farm"}
    )
    for n in range(60)
]
QUOTAS = [
    Quota("age", "young", 4, 6),
    Quota("age", "old", 4, 6),
    Quota("place", "town", 5, 7),
    Quota("place", "farm", 3, 5),
]


def test_a_panel_meets_every_quota():
    panel = draw_panel(PEOPLE, QUOTAS, 10, seed="procès-verbal du 12 mars")

    assert len(set(panel.members)) == 10
    for quota, reached in zip(QUOTAS, panel.reached, strict=True):
        assert quota.minimum <= reached <= quota.maximum


def test_anybody_draws_the_same_panel_from_the_same_seed():
    panel = draw_panel(PEOPLE, QUOTAS, 10, seed="A")

    assert draw_panel(list(reversed(PEOPLE)), QUOTAS, 10, seed="A") == panel
    assert draw_panel(PEOPLE, QUOTAS, 10, seed="B").members != panel.members


def test_the_draw_is_pinned_for_every_machine_and_every_year():
    draw = Draw("Essaim")

    assert [draw.below(100) for _ in range(6)] == [
        int(sha256(f"Essaim\n{n}".encode()).hexdigest(), 16) % 100 for n in range(6)
    ]
    assert drawn_order("Essaim", "round 1 last", "ABC") == tuple(
        sorted("ABC", key=lambda key: sha256(f"Essaim\nround 1 last\n{key}".encode()).hexdigest())
    )
    with pytest.raises(ValueError, match="bound"):
        draw.below(0)


def test_blocks_that_would_favour_some_are_skipped():
    bound = 2**255 + 1  # half of all blocks lie above its largest multiple
    draw = Draw("Essaim")
    blocks = [int(sha256(f"Essaim\n{n}".encode()).hexdigest(), 16) for n in range(9)]

    drawn = [draw.below(bound) for _ in range(3)]

    assert drawn == [block for block in blocks if block < bound][:3]
    assert drawn != blocks[:3]


def test_each_of_equal_people_is_drawn_about_as_often():
    people = [Candidate(str(n), {"all": "all"}) for n in range(10)]
    quotas = [Quota("all", "all", 0, 3)]
    drawn = [
        member for n in range(600) for member in draw_panel(people, quotas, 3, seed=str(n)).members
    ]

    assert all(140 < drawn.count(str(n)) < 220 for n in range(10))


def test_quotas_that_cannot_be_met_are_explained():
    with pytest.raises(QuotaBeyondPeople) as refusal:
        draw_panel(PEOPLE[:8], QUOTAS, 10, seed="")
    assert refusal.value.details == {
        "category": "age", "value": "old", "minimum": 4, "available": 3,
    }  # fmt: skip
    with pytest.raises(QuotasTooHigh):
        draw_panel(PEOPLE, [Quota("age", "young", 6, 9), Quota("age", "old", 5, 9)], 10, seed="")
    with pytest.raises(QuotasTooLow):
        draw_panel(PEOPLE, [Quota("age", "young", 1, 4), Quota("age", "old", 1, 5)], 10, seed="")
    with pytest.raises(TraitWithoutQuota):
        draw_panel(PEOPLE, [Quota("age", "young", 1, 10)], 10, seed="")


def test_quotas_that_exclude_one_another_name_the_one_most_missed():
    # All the old live in town: at least 5 old and at most 3 from town cannot be.
    people = [Candidate(f"o{n}", {"age": "old", "place": "town"}) for n in range(9)]
    people += [Candidate(f"y{n}", {"age": "young", "place": "farm"}) for n in range(9)]
    quotas = [
        Quota("age", "old", 5, 8),
        Quota("age", "young", 0, 8),
        Quota("place", "town", 0, 3),
        Quota("place", "farm", 0, 8),
    ]

    with pytest.raises(NoPanelFound) as refusal:
        draw_panel(people, quotas, 8, seed="x", attempts_count=20)

    assert (refusal.value.details["category"], refusal.value.details["value"]) == ("age", "old")


def test_a_draw_that_runs_out_of_people_begins_again_and_then_gives_up():
    # Everybody is old or from town; two of each kind at most leave nobody for the fifth place.
    people = [Candidate(f"p{n}", {"age": "old", "place": f"place {n % 2}"}) for n in range(9)]
    quotas = [Quota("age", "old", 0, 9), Quota("place", "place 0", 0, 2)]
    quotas += [Quota("place", "place 1", 0, 3), Quota("place", "place 2", 0, 9)]

    with pytest.raises(NoPanelFound):
        draw_panel(people, quotas, 6, seed="x", attempts_count=3)


@given(st.text(max_size=8), st.integers(4, 12))
def test_whatever_the_seed_the_quotas_hold(seed, seats):
    quotas = [Quota("age", "young", 2, seats), Quota("age", "old", 2, seats)]

    panel = draw_panel(PEOPLE, quotas, seats, seed=seed)

    assert len(panel.members) == sum(panel.reached) == seats
    assert all(reached >= 2 for reached in panel.reached)
