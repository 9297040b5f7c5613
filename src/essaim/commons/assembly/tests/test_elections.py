"""Electing people at an assembly: by which paper, counted how, and what a tie leaves open."""

import subprocess
import sys
from fractions import Fraction

import pytest
from django.db import transaction

from essaim.commons.assembly import actions, wording
from essaim.commons.assembly.rules import elections
from essaim.commons.assembly.rules.elections import Election, Method
from essaim.commons.assembly.rules.refusals import ElectionTooSmall
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.urn import actions as urn
from essaim.commons.urn import queries as urn_queries
from essaim.commons.urn.rules.choices import PaperSpoilt

NAMES = ("Gaëlle", "Hugo", "Inès")
ABC = ("c1", "c2", "c3")


def count(method, ballots, *, seats_count=1, weights=None):
    return elections.decided(Election(method, ABC, seats_count, "seed"), ballots, weights or {})


def test_whoever_is_above_each_of_the_others_wins_by_schulze():
    ballots = [("", [["c1"], ["c3"]])] * 4 + [("", [["c2"], ["c3"]])] * 3 + [("", [["c3"]])] * 2

    is_filled, outcome = count(Method.SCHULZE, ballots)

    assert is_filled
    assert outcome["heads"]["winners"] == ["c3"]


def test_the_same_ballots_elect_somebody_else_by_instant_runoff():
    ballots = [("", [["c1"], ["c3"]])] * 4 + [("", [["c2"], ["c3"]])] * 3 + [("", [["c3"]])] * 2

    _, outcome = count(Method.INSTANT_RUNOFF, ballots)

    assert outcome["heads"]["winners"] == ["c1"]


def test_grades_are_compared_by_their_middle_one():
    ballots = [("", {"c1": 6, "c2": 4}), ("", {"c1": 0, "c2": 4}), ("", {"c1": 1, "c2": 3})]

    _, outcome = count(Method.MAJORITY_JUDGMENT, ballots)

    assert outcome["heads"]["ranking"] == [["c2"], ["c1"], ["c3"]]


def test_two_seats_go_to_the_two_most_approved_and_blank_ballots_are_counted_apart():
    ballots = [("", ["c1", "c2"]), ("", ["c2"]), ("", ["c3", "c2"]), ("", ["c1"]), ("", "blank")]

    is_filled, outcome = count(Method.APPROVAL, ballots, seats_count=2)

    assert is_filled
    assert sorted(outcome["heads"]["winners"]) == ["c1", "c2"]
    assert (outcome["ballots_count"], outcome["blank_count"]) == (5, 1)


def test_a_tie_for_the_last_seat_fills_no_seat_by_chance():
    is_filled, outcome = count(Method.APPROVAL, [("", ["c1"]), ("", ["c2"])])

    assert not is_filled
    assert outcome["heads"]["winners"] == []
    assert outcome["heads"]["tied"] == ["c1", "c2"]


def test_colleges_weigh_and_the_count_of_heads_stands_beside():
    weights = {"users": Fraction(1, 2), "workers": Fraction(1, 2)}
    ballots = [("users", ["c1"])] * 3 + [("users", ["c2"])] * 2 + [("workers", ["c2"])]

    _, outcome = count(Method.APPROVAL, ballots, weights=weights)

    assert outcome["heads"]["tied"] == ["c1", "c2"]
    assert outcome["weighted"]["winners"] == ["c2"]


@pytest.mark.parametrize("method", [one for one in Method if one is not Method.MOTION])
def test_an_election_in_which_nobody_chooses_elects_nobody(method):
    assert count(method, [("", "blank")])[0] is False
    assert count(method, [])[0] is False


def propose(hall, **changes):
    fields = {
        "assembly": hall.assembly, "title": "Élire le conseil", "text": "Deux sièges.",
        "names": NAMES, "method": Method.TRANSFERABLE, "seats_count": 2,
    }  # fmt: skip
    return actions.propose_election(**fields | changes)


@pytest.mark.django_db
def test_a_board_is_elected_in_secret_from_the_paper_to_the_minutes(tmp_path):
    hall = halls.build()
    hall.draft()
    motion = propose(hall)
    hall.convene()
    hall.open(*halls.USERS, *halls.WORKERS)
    keepers = [hall.member("elie"), hall.member("bea")]
    poll = actions.open_vote(motion=motion, scrutineers=keepers, threshold=2, now=MEETING)
    keys = [urn.take_key(poll=poll, member=keeper) for keeper in keepers]
    urn.open_poll(poll=poll, now=MEETING)
    motion.refresh_from_db()
    papers = dict(
        zip((*halls.USERS, *halls.WORKERS), ("12", "12", "13", "2", "31", "3"), strict=True)
    )

    with pytest.raises(PaperSpoilt), transaction.atomic():
        hall.vote(motion, "amina", [["c1"], ["c9"]])
    for name, order in papers.items():
        hall.vote(motion, name, [[f"c{place}"] for place in order])
    motion = actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)
    for keeper, key in zip(keepers, keys, strict=True):
        urn.give_key(poll=poll, member=keeper, code=key, now=MEETING)
    motion = actions.declare(motion=motion, by=hall.world.board, now=MEETING)
    minutes = actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)

    assert motion.is_adopted
    assert len(motion.outcome["weighted"]["winners"]) == 2
    assert minutes.content["points"][0]["outcome"]["ballots_count"] == 6
    assert minutes.content["points"][0]["options"][0]["label"] == "Gaëlle"
    assert counted_again(tmp_path, poll, motion) == 0


def counted_again(folder, poll, motion):
    poll.refresh_from_db()
    for name, content in urn_queries.published_files(poll, motion.outcome).items():
        (folder / name).write_bytes(content)
    command = [sys.executable, "-I", "-S", str(folder / "verifier.py"), str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes", [{"names": ("Seul",)}, {"names": ("A", "A", " ")}, {"seats_count": 3}]
)
def test_an_election_without_a_choice_is_refused(changes):
    hall = halls.build()
    hall.draft()

    with pytest.raises(ElectionTooSmall), transaction.atomic():
        propose(hall, **changes)

    assert not hall.assembly.agenda.exists()


def test_an_election_that_fills_some_of_its_seats_says_both():
    told = {
        "method": Method.APPROVAL,
        "options": [{"code": "a", "label": "Agathe"}, {"code": "b", "label": "Samir"}],
    }
    outcome = {"heads": {"winners": ["a"], "ranking": [["a"], ["b"]]}}

    result = wording.read_result(told, outcome, is_adopted=False)

    assert (
        result.sentence
        == "Élu\N{NO-BREAK SPACE}: Agathe\N{NARROW NO-BREAK SPACE}; des sièges restent vides"
    )
    assert result.is_adopted
