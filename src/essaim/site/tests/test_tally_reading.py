"""Reading public ballot files: liberal with their shapes, strict with their ballots."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.site.tally import refusals
from essaim.site.tally.reading import read
from essaim.site.tally.sentences import in_french
from essaim.site.tally.texts import Kind

MODERN = """# FILE NAME: 00042-00000001.toi
# TITLE: Board 2026
# DATA TYPE: toi
# NUMBER ALTERNATIVES: 4
# NUMBER VOTERS: 9
# NUMBER UNIQUE ORDERS: 3
# ALTERNATIVE NAME 1: Martin, Zoé
# ALTERNATIVE NAME 2: "Diallo, Awa"
# ALTERNATIVE NAME 3: Nguyen # 3
# ALTERNATIVE NAME 4: Personne
4: 1,{2,3},4
3: {1,2}
2: 3
"""
OLDER = """3
1,Alpha
2,Beta, the second
3,Gamma
7,7,2
5,1,2,3
2,{2,3},1
"""
BUDGET = """META
key;value
description;Quartier
budget;100000
vote_type;approval
num_votes;3
PROJECTS
project_id;cost;votes;name;selected
a1;50000;2;"Jardin; partagé";1
b2;60000,50;1;Banc "public";0
c3;20000;1;"Zielony" skwer;1
VOTES
voter_id;age;vote
1;33;a1,c3
2;;"a1"
3;44;
"""


def test_ties_names_and_counts_of_preflib_are_read():
    file = read(MODERN.encode(), "board.toi")

    assert file.kind is Kind.RANKINGS
    assert file.names == {
        "1": "Martin, Zoé",
        "2": "Diallo, Awa",
        "3": "Nguyen # 3",
        "4": "Personne",
    }
    assert [(ballot.tiers, ballot.weight) for ballot in file.rankings] == [
        ((("1",), ("2", "3"), ("4",)), 4),
        ((("1", "2"),), 3),
        ((("3",),), 2),
    ]
    assert file.notes == ()


@pytest.mark.parametrize(
    "content",
    [
        MODERN.replace("\n", "\r\n").encode(),
        MODERN.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + MODERN.encode(),
        MODERN.encode("latin-1"),
        MODERN.encode("utf-16"),
        ("\n\n" + MODERN.replace("4: 1,", "\n  4 :  1 , ") + "\n# the end\n\n").encode(),
        MODERN.replace("3: {1,2}", "3: {1, 2}   # three voters").encode(),
        MODERN.replace("2: 3", "2: 3,{}").encode(),
    ],
)
def test_the_bytes_of_a_file_may_differ(content):
    assert read(content, "board.toi") == read(MODERN.encode(), "board.toi")


def test_the_older_format_is_read():
    file = read(OLDER.encode(), "old.toc")

    assert file.names == {"1": "Alpha", "2": "Beta, the second", "3": "Gamma"}
    assert [(ballot.tiers, ballot.weight) for ballot in file.rankings] == [
        ((("1",), ("2",), ("3",)), 5),
        ((("2", "3"), ("1",)), 2),
    ]


def test_options_may_begin_at_0_and_have_no_names():
    bare = read(b"3: 0,2\n1: 1\n", "bare.soi")
    named = read(b"# ALTERNATIVE NAME 0: A\n# ALTERNATIVE NAME 1: B\n2: 1,0\n", "x.soc")
    counted = read(b"# NUMBER ALTERNATIVES: 4\n5: 2,1\n", "x.soi")

    assert bare.options == ("0", "1", "2")
    assert named.names == {"0": "A", "1": "B"}
    assert counted.options == ("1", "2", "3", "4")


def test_a_header_that_announces_other_voters_is_noted():
    file = read(MODERN.replace("VOTERS: 9", "VOTERS: 90").encode(), "board.toi")

    assert file.notes[0][1] == {"announced": 90, "found": 9}


@pytest.mark.parametrize(
    ("text", "refusal", "line"),
    [
        ("# ALTERNATIVE NAME 1: A\n3: 1,7\n", refusals.UnknownOption, 2),
        ("3: 1,2\n\n1: 2,1,2\n", refusals.OptionTwice, 3),
        ("3: 1,{2,1}\n", refusals.OptionTwice, 1),
        ("3: 1,2\ntwelve: 2,1\n", refusals.BadCount, 2),
        ("-3: 1,2\n", refusals.BadCount, 1),
        ("3.5: 1,2\n", refusals.BadCount, 1),
        ("3: 1,Alice\n", refusals.BadOption, 1),
        ("3: 1,{2,3\n", refusals.BadBraces, 1),
        ("3: 1}2\n", refusals.BadBraces, 1),
        ("hello\n", refusals.CountMissing, 1),
        ("2\n1,A\n", refusals.HeaderCutShort, 3),
        ("2\n1,A\n2,B\n5: 1,2\n", refusals.HeaderCutShort, 4),
        ("99999999999\n1,A\n", refusals.TooManyOptions, 1),
        ("# NUMBER ALTERNATIVES: 2\n1: 0,1,2\n", refusals.OptionsDoNotAddUp, 1),
    ],
)
def test_a_bad_ranking_is_refused_with_its_line(text, refusal, line):
    with pytest.raises(refusal) as raised:
        read(text.encode(), "bad.soi")

    assert raised.value.details["line"] == line


@pytest.mark.parametrize("name", ["a.soc", "a.csv"])
def test_a_file_without_ballots_is_refused(name):
    for content in (b"", b"\n\n", b"# ALTERNATIVE NAME 1: A\n"):
        with pytest.raises(refusals.EmptyFile):
            read(content, name)


def test_a_budget_is_read_with_the_quotes_that_people_type():
    file = read(BUDGET.encode(), "quartier.pb")

    assert file.budget == 100_000
    assert file.names == {"a1": "Jardin; partagé", "b2": 'Banc "public"', "c3": "Zielony skwer"}
    assert [project.cost for project in file.projects] == [50_000, Fraction(120_001, 2), 20_000]
    assert [ballot.marks for ballot in file.supports] == [
        (("a1", 1), ("c3", 1)),
        (("a1", 1),),
        (),
    ]


def test_a_budget_may_lack_the_titles_of_its_first_section_and_have_empty_lines():
    bare = BUDGET.replace("key;value\n", "").replace("PROJECTS", "\nPROJECTS\n").replace(";", "; ")

    file = read(bare.encode(), "quartier.pb")

    assert (file.budget, len(file.supports)) == (100_000, 3)


def test_a_name_of_two_lines_is_one_name():
    file = read(BUDGET.replace("Jardin; partagé", "Jardin;\npartagé").encode(), "quartier.pb")

    assert file.names["a1"] == "Jardin;\npartagé"
    two = BUDGET.replace("Jardin; partagé", "Jardin;\npartagé").replace("3;44;", "3;44;zz")
    with pytest.raises(refusals.UnknownOption) as raised:
        read(two.encode(), "quartier.pb")
    assert raised.value.details == {"line": 17, "text": "zz"}


@pytest.mark.parametrize(
    ("vote_type", "votes", "marks"),
    [
        ("cumulative", "voter_id;vote;points\n1;a1,c3;7,3", (("a1", 7), ("c3", 3))),
        ("scoring", "voter_id;vote;points\n1;a1,c3;2,0.5", (("a1", 2), ("c3", Fraction(1, 2)))),
        ("ordinal", "voter_id;vote\n1;c3,a1", (("c3", 2), ("a1", 1))),
        ("approval", "voter_id;vote\n1;a1,c3,a1", (("a1", 1), ("c3", 1))),
    ],
)
def test_each_type_of_vote_has_its_marks(vote_type, votes, marks):
    head = BUDGET.replace("approval", vote_type).partition("VOTES")[0]

    file = read(f"{head}VOTES\n{votes}\n".encode(), "quartier.pb")

    assert file.supports[0].marks == marks
    assert [details for _, details in file.notes][-1] == (
        {"count": 1} if vote_type == "approval" else {"announced": "3", "found": 1}
    )


@pytest.mark.parametrize(
    ("old", "new", "refusal", "line"),
    [
        ("budget;100000", "budget;much", refusals.BadAmount, 4),
        ("budget;100000\n", "", refusals.BadAmount, 5),
        ("c3;20000", "c3;-1", refusals.BadAmount, 11),
        ("b2;60000,50", "a1;60000,50", refusals.NameTwice, 10),
        ("1;33;a1,c3", "1;33;a1,z9", refusals.UnknownOption, 14),
        ("vote_type;approval", "vote_type;magic", refusals.UnknownVoteType, 5),
        ("vote_type;approval", "vote_type;cumulative", refusals.ColumnMissing, 14),
        ("project_id;cost", "project_id;price", refusals.ColumnMissing, 9),
        ("age;vote", "age;choice", refusals.ColumnMissing, 14),
        ("META\n", "", refusals.SectionMissing, 1),
        ("PROJECTS\n", "", refusals.SectionMissing, 16),
    ],
)
def test_a_bad_budget_is_refused_with_its_line(old, new, refusal, line):
    with pytest.raises(refusal) as raised:
        read(BUDGET.replace(old, new).encode(), "quartier.pb")

    assert raised.value.details["line"] == line


def test_points_are_as_many_as_projects():
    votes = "voter_id;vote;points\n1;a1,c3;7\n"
    head = BUDGET.replace("approval", "cumulative").partition("VOTES")[0]

    with pytest.raises(refusals.WrongNumberOfCells):
        read(f"{head}VOTES\n{votes}".encode(), "x.pb")
    with pytest.raises(refusals.OptionTwice):
        read(f"{head}VOTES\n{votes.replace('c3;7', 'a1;7,1')}".encode(), "x.pb")
    with pytest.raises(refusals.BadMark):
        read(f"{head}VOTES\n{votes.replace('c3;7', 'c3;7,x')}".encode(), "x.pb")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A,B,C\n1,2,3\n2,1,\n1,1,3\n", Kind.RANKINGS),
        ("A;B\n1;0\n;1\n", Kind.APPROVALS),
        ("A\tB\nbien\tpassable\n", Kind.MARKS),
        ("A,B\n5,3\n2,2\n", Kind.MARKS),
        ("budget,bylaws\noui,non\nabstention,oui\n", Kind.MOTIONS),
    ],
)
def test_a_table_is_read_as_what_it_looks_like(text, kind):
    assert read(text.encode(), "votes.csv").kind is kind


def test_a_table_has_weights_colleges_and_blank_ballots():
    text = 'collège,poids,A,B\nusagers,2,1,2\nsalariés,"1,5",2,1\nusagers,1,,\n\n'

    file = read(text.encode(), "votes.csv")

    assert file.colleges == ("usagers", "salariés", "usagers")
    assert [(ballot.tiers, ballot.weight) for ballot in file.rankings] == [
        ((("A",), ("B",)), 2),
        ((("B",), ("A",)), Fraction(3, 2)),
        ((), 1),
    ]


def test_words_of_a_scale_are_given_or_the_french_ones():
    french = read("A,B\nTrès bien,\nA REJETER,assez  bien\n".encode(), "votes.csv")
    own = read(b"# mentions : oui, bof, non\nA,B\nbof,non\n", "votes.csv", Kind.MARKS)

    assert [ballot.marks for ballot in french.marked] == [(5, None), (0, 3)]
    assert french.marks_scale[0] == (0, "à rejeter")
    assert own.marks_scale == ((0, "non"), (1, "bof"), (2, "oui"))


@pytest.mark.parametrize(
    ("text", "wanted", "refusal", "line"),
    [
        ("A,B\n1,2\n1,first\n", Kind.RANKINGS, refusals.BadMark, 3),
        ("A,B\n1,2,3\n", None, refusals.WrongNumberOfCells, 2),
        ("A,A\n1,2\n", None, refusals.NameTwice, 1),
        ("A,,C\n1,2,3\n", None, refusals.ColumnMissing, 1),
        ("A,B\n2,1\n", Kind.APPROVALS, refusals.BadMark, 2),
        ("A,B\nbien,7\n", None, refusals.BadMark, 2),
        ("A,B\noui,peut-être\n", Kind.MOTIONS, refusals.BadMark, 2),
        ("A,poids\n1,0\n", None, refusals.BadWeight, 2),
        ("A,college\n1,\n", None, refusals.CollegeMissing, 2),
        ('A,B\n1,2\n"1,2\n', None, refusals.BadTable, 3),
    ],
)
def test_a_bad_table_is_refused_with_its_line(text, wanted, refusal, line):
    with pytest.raises(refusal) as raised:
        read(text.encode(), "votes.csv", wanted)

    assert raised.value.details["line"] == line


PIECES = st.sampled_from([
    *"0123459,;:{}#\"'\n\r\t -=é.x",
    *("META\n", "PROJECTS\n", "VOTES\n", "key;value\n", "budget;9\n", "project_id;cost\n"),
    *("# ALTERNATIVE NAME 1: A\n", "# NUMBER ALTERNATIVES: 3\n", "3: 1,2\n", "voter_id;vote\n"),
    *("A,B\n", "bien", "oui", "poids", "college"),
])  # fmt: skip


@given(st.lists(PIECES, max_size=30), st.sampled_from(["x.soi", "x.pb", "x.csv", "x"]))
def test_whatever_a_file_holds_it_is_read_or_refused(pieces, name):
    try:
        file = read("".join(pieces).encode(), name)
    except refusals.BadFile as refusal:
        assert in_french(refusal.sentence, refusal.details)  # noqa: PT017
    else:
        assert file.names


@given(st.binary(max_size=200), st.sampled_from(["x.toc", "x.pb", "x.csv", "x.png"]))
def test_whatever_the_bytes_they_are_read_or_refused(content, name):
    with suppress(refusals.BadFile):
        read(content, name)


@pytest.mark.parametrize(
    "text",
    [
        "²",
        "9" * 5000,
        f"1\n1,A\n{'9' * 5000},1,1",
        f"# NUMBER VOTERS: {'9' * 5000}\n1: 1",
        f"# ALTERNATIVE NAME {'9' * 5000}: A\n1: 1",
    ],
)
def test_a_number_that_no_file_writes_is_no_number(text):
    with suppress(refusals.BadFile):
        read(text.encode(), "x.soc")


def test_ballots_that_name_nobody_are_none_to_count():
    with pytest.raises(refusals.EmptyFile):
        read(b"1,", "x.soi")


def test_a_format_is_known_by_its_first_lines_when_its_name_tells_nothing():
    assert read(MODERN.encode(), "board").kind is Kind.RANKINGS
    assert read(BUDGET.encode(), "board.dat").kind is Kind.BUDGET
    with pytest.raises(refusals.UnknownKind):
        read(b"\x89PNG\x00\x01", "picture.png")
