"""The files of Belenios: what is taken there, what is read of its results."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.assembly.rules.elections import Method
from essaim.commons.belenios.rules import formats
from essaim.commons.belenios.rules.formats import Asked, Voter
from essaim.commons.belenios.rules.refusals import (
    CountsDisagree,
    ResultBeyondRoll,
    UnreadableResult,
)

CODES, LABELS = ("c1", "c2", "c3"), ("Ada", "Bob", "Chloé")


def asked(method, seats_count=1):
    if method is Method.MOTION:
        codes, labels = ("yes", "no", "abstain"), ("Pour", "Contre", "Abstention")
    else:
        codes, labels = CODES, LABELS
    return Asked(method, "Conseil", "Élire", codes, labels, seats_count, tuple("abcdefg"))


def question(method, **more):
    found = json.loads(formats.template(asked(method, **more), "Usages"))
    assert found["name"] == "Conseil (Usages)"
    return found["questions"][0]


def read(method, *entry, ballots=None, entitled=50, content=None):
    body = content if content is not None else json.dumps({"result": [list(entry)]}).encode()
    return formats.read_choices(
        asked(method), body, college="Usages", entitled_count=entitled,
        ballots_count=len(entry) if ballots is None else ballots,
    )  # fmt: skip


def test_a_motion_is_one_answer_among_three():
    assert question(Method.MOTION) == {
        "answers": ["Pour", "Contre", "Abstention"], "blank": False, "min": 1, "max": 1,
        "question": "Conseil",
    }  # fmt: skip


def test_an_approval_is_any_number_of_answers_or_a_blank_ballot():
    found = question(Method.APPROVAL)

    assert (found["blank"], found["min"], found["max"]) == (True, 1, 3)


@pytest.mark.parametrize(
    ("method", "extra"),
    [
        (Method.SCHULZE, {"method": "Schulze", "blank": True}),
        (Method.TRANSFERABLE, {"method": "STV", "blank": True, "seats": 2}),
        (Method.MAJORITY_JUDGMENT,
         {"method": "MajorityJudgment", "blank": True, "grades": list("abcdefg")}),
    ],
)  # fmt: skip
def test_ballots_that_are_opened_say_how_they_are_counted(method, extra):
    found = question(method, seats_count=2)

    assert found == {
        "type": "NonHomomorphic", "value": {"answers": list(LABELS), "question": "Conseil"},
        "extra": extra,
    }  # fmt: skip


def test_the_roll_has_an_address_and_a_login_by_line_and_no_weight():
    voters = [Voter("amina@exemple.fr", "1"), Voter("amina@exemple.fr", "4")]

    assert formats.voters_file(voters) == b"amina@exemple.fr,1\namina@exemple.fr,4\n"


def test_the_sums_of_a_motion_become_its_votes():
    choices = read(Method.MOTION, 3, "2", 1, ballots=6)

    assert [choices.count(one) for one in ("yes", "no", "abstain")] == [3, 2, 1]


def test_the_first_sum_of_an_approval_is_that_of_blank_ballots():
    choices = read(Method.APPROVAL, 1, 4, 2, 0, ballots=5)

    assert choices.count("blank") == 1
    assert sum("c1" in one for one in choices if one != "blank") == 4
    assert all(one for one in choices)


@given(st.lists(st.sets(st.sampled_from(CODES), min_size=1), max_size=12), st.integers(0, 3))
def test_whatever_approvals_were_cast_ballots_with_their_sums_are_found(ballots, blank_count):
    sums = [sum(code in one for one in ballots) for code in CODES]

    choices = read(Method.APPROVAL, blank_count, *sums, ballots=len(ballots) + blank_count)

    said = [one for one in choices if one != "blank"]
    assert [sum(code in one for one in said) for code in CODES] == sums
    assert all(one and len(set(one)) == len(one) for one in said)
    assert len(choices) == len(ballots) + blank_count


def test_a_ranking_gives_its_place_to_each_and_zero_to_none():
    choices = read(Method.SCHULZE, [2, 1, 1], [0, 1, 0], [0, 0, 0])

    assert choices == [[["c2", "c3"], ["c1"]], [["c2"]], "blank"]


def test_equals_or_a_missing_rank_void_a_ballot_of_transferable_votes():
    choices = read(Method.TRANSFERABLE, [2, 3, 1], [1, 1, 0], [1, 3, 0])

    assert choices == [[["c3"], ["c1"], ["c2"]], "blank", "blank"]


def test_the_first_mention_is_the_best_and_a_paper_without_one_is_void():
    choices = read(Method.MAJORITY_JUDGMENT, [1, 7, 4], [0, 0, 0], [1, 0, 2], [1, 8, 1])

    assert choices == [{"c1": 6, "c2": 0, "c3": 3}, "blank", "blank", "blank"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"\xff", b'{"result": []}', b'{"result": [[1, 2]]}', b'{"result": [[1, 2, -1]]}',
     b'{"result": [[1, 2, true]]}', b'{"result": [[1, 2, 0.5]]}', b'{"result": [[1,2,3],[1]]}',
     b'{"result": [{}]}'],
)  # fmt: skip
def test_what_is_no_result_of_this_vote_is_refused(content):
    with pytest.raises(UnreadableResult):
        read(Method.MOTION, content=content, ballots=3)


def test_a_ballot_of_other_candidates_is_refused():
    with pytest.raises(UnreadableResult):
        read(Method.SCHULZE, [1, 2])
    with pytest.raises(UnreadableResult):
        read(Method.APPROVAL, 0, 1, ballots=1)


def test_more_ballots_than_voters_are_refused():
    with pytest.raises(ResultBeyondRoll) as refusal:
        read(Method.MOTION, 3, 0, 0, ballots=3, entitled=2)

    assert refusal.value.details["entitled_count"] == 2


@pytest.mark.parametrize(
    ("method", "entry", "ballots"),
    [
        (Method.MOTION, (3, 0, 0), 4),
        (Method.APPROVAL, (0, 5, 0, 0), 4),
        (Method.APPROVAL, (0, 1, 1, 0), 3),
        (Method.APPROVAL, (4, 0, 0, 0), 3),
        (Method.SCHULZE, ([1, 2, 3],), 2),
    ],
)
def test_figures_that_no_ballots_give_are_refused(method, entry, ballots):
    with pytest.raises(CountsDisagree):
        read(method, *entry, ballots=ballots)
