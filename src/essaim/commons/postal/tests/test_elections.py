"""Elections by post: five methods filled in by hand, read twice, void or counted once."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.assembly.rules.elections import GRADE_MAX, PAPERS, Method
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING
from essaim.commons.postal import actions, wording
from essaim.commons.postal.models import Form
from essaim.commons.postal.queries import votes_by_post
from essaim.commons.postal.rules import ReadingUnclear, Sheet
from essaim.commons.postal.tests.test_forms import EVE
from essaim.commons.urn import queries as urn_queries
from essaim.commons.urn.models import NamedBallot, RollEntry
from essaim.commons.urn.rules.choices import Paper, PaperKind

NAMES = ("Gaëlle", "Hugo", "Inès")
METHODS = [method for method in Method if method is not Method.MOTION]
BY_HAND = {
    # what stands beside Gaëlle, Hugo and Inès; the ballot that it makes
    Method.APPROVAL: (("blank", "ticked", "ticked"), ["c2", "c3"]),
    Method.MAJORITY_JUDGMENT: (("6", "blank", "0"), {"c1": 6, "c3": 0}),
    Method.SCHULZE: (("2", "1", "1"), [["c2", "c3"], ["c1"]]),
    Method.INSTANT_RUNOFF: (("3", "1", "blank"), [["c2"], ["c1"]]),
    Method.TRANSFERABLE: (("1", "3", "2"), [["c1"], ["c3"], ["c2"]]),
}


@st.composite
def filled(draw):
    """A sheet of any kind with something on each of its lines."""
    kind = draw(st.sampled_from(PaperKind))
    codes = tuple(f"c{place}" for place in range(draw(st.integers(2, 6))))
    sheet = Sheet(4, Paper(kind, codes, GRADE_MAX if kind is PaperKind.GRADES else 0))
    return sheet, {line: draw(st.sampled_from(sheet.marks)) for line in sheet.lines}


@given(filled())
def test_whatever_stands_on_a_sheet_is_a_ballot_of_its_method(found):
    sheet, said = found

    choice = sheet.choice(said)

    assert sheet.paper.check(choice) == choice
    if "unclear" in said.values() or set(said.values()) == {"blank"}:
        assert choice == "blank"
    else:
        assert choice != "blank"


@given(filled())
def test_one_line_that_cannot_be_read_is_enough_and_is_named(found):
    sheet, said = found
    line = sheet.lines[-1]

    assert line in sheet.unclear({**said, line: "unclear"})
    assert line not in sheet.unclear({**said, line: "blank"})


def held(method, **changes):
    hall = halls.build()
    hall.draft()
    hall.election = assembly_actions.propose_election(
        assembly=hall.assembly, title="Élire le conseil", text="", names=NAMES, method=method,
        is_secret=False, **changes,
    )  # fmt: skip
    hall.convene()
    hall.readers = [hall.world.board, hall.member("fanny")]
    return hall


def said(*marks):
    return {f"1-c{place}": mark for place, mark in enumerate(marks, start=1)}


def read(hall, lines, name="chloe"):
    form = actions.print_form(assembly=hall.assembly, associate=hall.people[name], now=DRAFTED)
    for reader in hall.readers:
        form = actions.read_form(form=form, lines=lines, by=reader, now=EVE)
    return form


def counted(hall, **own):
    """Put the election to the vote, whoever is there votes, close it."""
    assembly_actions.open_vote(motion=hall.election, now=MEETING)
    for name, choice in own.items():
        hall.vote(hall.election, name, choice)
    board = hall.world.board
    actions.cast_by_post(motion=hall.election, by=board, now=MEETING)
    return assembly_actions.close_vote(motion=hall.election, by=board, now=MEETING)


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_what_is_written_by_hand_is_counted_by_the_method_once(method):
    hall = held(method)
    marks, ballot = BY_HAND[method]
    form = read(hall, said(*marks))
    assert (form.state, form.choices, form.spoilt) == ("accepted", {"1": ballot}, {})
    hall.open("amina", "bea", "elie")

    election = counted(hall)

    assert list(urn_queries.choices(election.poll)) == [("users", ballot)]
    assert election.outcome["ballots_count"] == 1
    assert RollEntry.objects.get(has_voted=True).channel == "post"
    assert election.outcome["heads"]["ranking"]


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_a_line_that_cannot_be_read_makes_the_vote_void_and_says_why(method):
    hall = held(method)
    marks = list(BY_HAND[method][0])
    marks[1] = "unclear"
    form = read(hall, said(*marks))
    hall.open("amina", "bea", "elie")
    (vote,) = votes_by_post(hall.assembly)

    election = counted(hall)

    assert (form.choices, form.spoilt) == ({"1": "blank"}, {"1": ["1-c2"]})
    assert "Hugo" in wording.void_of(form, vote)
    assert "Gaëlle" not in wording.void_of(form, vote)
    assert (election.outcome["ballots_count"], election.outcome["blank_count"]) == (1, 1)


@pytest.mark.django_db
def test_the_same_place_twice_is_a_tie_as_on_line_and_a_figure_too_large_is_no_place():
    hall = held(Method.SCHULZE)

    with pytest.raises(ReadingUnclear), transaction.atomic():
        read(hall, said("1", "4", "2"))
    form = read(hall, said("1", "1", "1"))

    assert form.choices == {"1": [["c1", "c2", "c3"]]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lines",
    [
        {"1": "yes"},
        said("ticked", "blank"),
        said("ticked", "blank", "yes"),
        said("ticked", "blank", "blank") | {"amended": "same"},
    ],
)
def test_a_reading_of_an_election_says_every_name_and_nothing_else(lines):
    hall = held(Method.APPROVAL)

    with pytest.raises(ReadingUnclear):
        read(hall, lines)


@pytest.mark.django_db
def test_readings_that_differ_on_a_name_are_set_aside_until_two_agree():
    hall = held(Method.APPROVAL)
    form = actions.print_form(assembly=hall.assembly, associate=hall.people["chloe"], now=DRAFTED)
    first, second = hall.readers
    actions.read_form(form=form, lines=said("ticked", "blank", "blank"), by=first, now=EVE)
    form = actions.read_form(
        form=form, lines=said("ticked", "unclear", "blank"), by=second, now=EVE
    )
    assert (form.state, form.disputed, form.choices) == ("disputed", ["1-c2"], {})

    form = read(hall, said("ticked", "unclear", "blank"))

    assert (form.state, form.choices) == ("accepted", {"1": "blank"})


@pytest.mark.django_db
def test_whoever_comes_or_votes_on_their_screen_has_one_ballot_and_it_is_theirs():
    hall = held(Method.APPROVAL)
    read(hall, said("ticked", "blank", "blank"))
    read(hall, said("blank", "blank", "ticked"), name="david")
    hall.arrive("chloe", how="remote")
    hall.open("amina", "bea", "elie")

    election = counted(hall, chloe=["c2"], david=["c2"])

    assert election.outcome["heads"]["votes"] == {"c1": "0", "c2": "2", "c3": "0"}
    assert NamedBallot.objects.count() == 2
    assert not RollEntry.objects.filter(channel="post").exists()


@pytest.mark.django_db
def test_a_form_carries_motions_and_named_elections_and_no_secret_one():
    hall = halls.build()
    hall.draft()
    hall.propose()
    for title, is_secret in (("Conseil", False), ("Commission", True)):
        assembly_actions.propose_election(
            assembly=hall.assembly, title=title, text="", names=NAMES, method=Method.APPROVAL,
            is_secret=is_secret,
        )  # fmt: skip
    hall.convene()
    hall.readers = [hall.world.board, hall.member("fanny")]
    lines = {"1": "no", "2-c1": "ticked", "2-c2": "blank", "2-c3": "blank", "amended": "same"}

    form = read(hall, lines)

    assert [one.item.title for one in votes_by_post(hall.assembly)] == [
        "Baisser les frais", "Conseil",
    ]  # fmt: skip
    assert form.choices == {"1": "no", "2": ["c1"]}
    assert form.holds_if_amended


@pytest.mark.django_db
def test_what_is_void_stands_on_accepted_forms_alone():
    hall = held(Method.APPROVAL)
    form = actions.print_form(assembly=hall.assembly, associate=hall.people["chloe"], now=DRAFTED)

    with pytest.raises(Exception, match="postal_choices_once_accepted"), transaction.atomic():
        Form.objects.filter(pk=form.pk).update(spoilt={"1": ["1-c1"]})


def test_every_method_has_its_words():
    kinds = {PAPERS[method] for method in Method}

    for table in (wording.HOW, wording.NOTHING, wording.ILLEGIBLE, wording.VOID):
        assert {*table} == kinds
