"""Questions to all: who is written to, what may be answered, both results."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.assembly.rules.elections import Election, Method
from essaim.commons.consultation import actions, wording
from essaim.commons.consultation.models import Answer, Consultation
from essaim.commons.consultation.rules import counting, refusals
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.commons.urn.rules.choices import PaperSpoilt
from essaim.core.messages.models import OutgoingEmail

END = NOW + timedelta(days=7)
OPTIONS = ("c1", "c2", "c3")


@pytest.fixture
def circle(db):
    return circles.build()


@pytest.fixture
def subject(circle):
    return actions.add_subject(register=circle.register, label="Prix", now=NOW)


def ask(circle, subject, **changed) -> Consultation:
    fields = {
        "subject": subject, "question": "Quel jour ouvrir ?", "text": "", "method": Method.APPROVAL,
        "labels": ["Le samedi", "Le dimanche", " "], "closes_at": END,
        "by": circle.world.board, "now": NOW,
    }  # fmt: skip
    return actions.open_consultation(**fields | changed)


def answer(circle, asked, name, *codes, now=NOW) -> Answer:
    return actions.answer(
        consultation=asked, associate=circle.people[name], choice=list(codes),
        by=circle.member(name), now=now,
    )  # fmt: skip


def give(circle, subject, giver, holder, now=NOW) -> None:
    actions.delegate(
        subject=subject, giver=circle.people[giver], holder=circle.people[holder],
        by=circle.member(giver), now=now,
    )  # fmt: skip


def first(asked) -> list[str]:
    return [one.first for one in wording.results(asked)]


# ---- rules


@pytest.mark.parametrize("method", counting.METHODS)
def test_each_method_counts_an_answer_once_for_each_voice_it_carries(method):
    choice = {
        Method.APPROVAL: lambda code: [code], Method.MAJORITY_JUDGMENT: lambda code: {code: 6},
    }.get(method, lambda code: [[code]])  # fmt: skip
    answers = {1: choice("c1"), 2: choice("c1"), 3: choice("c2")}

    found = counting.both_counts(Election(method, OPTIONS, 1, "x"), answers, {4: 3, 5: 3})

    assert found["alone"]["heads"]["winners"] == ["c1"]
    assert found["together"]["heads"]["winners"] == ["c2"]
    assert (found["alone"]["ballots_count"], found["together"]["ballots_count"]) == (3, 5)


@given(
    st.dictionaries(st.integers(0, 9), st.sampled_from(OPTIONS).map(lambda code: [code])),
    st.lists(st.integers(10, 30), unique=True),
    st.data(),
)
def test_every_voice_carried_is_one_more_ballot_and_none_changes_the_first_count(
    answers, givers, data
):
    election = Election(Method.APPROVAL, OPTIONS, 1, "x")
    who = sorted(answers)
    speakers = {giver: data.draw(st.sampled_from(who)) for giver in givers} if who else {}

    found = counting.both_counts(election, answers, speakers)

    assert found["together"]["ballots_count"] == len(answers) + len(speakers)
    assert found["alone"] == counting.both_counts(election, answers, {})["alone"]


# ---- actions


def test_everybody_is_written_to_and_empty_lines_are_no_answers(circle, subject):
    asked = ask(circle, subject)

    assert [one["label"] for one in asked.options] == ["Le samedi", "Le dimanche"]
    told = OutgoingEmail.objects.filter(subject__contains="Quel jour ouvrir")
    # The farm gave no address: Luc, who manages it, is told.
    names = (*circles.PEOPLE, "luc")
    assert {one.recipient for one in told} == {f"{name}@exemple.fr" for name in names}


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"labels": ["Oui", " "]}, refusals.TooFewAnswers),
        ({"labels": ["Oui", "Oui "]}, refusals.TooFewAnswers),
        ({"closes_at": NOW + timedelta(hours=47)}, refusals.EndsTooSoon),
    ],
)
def test_a_question_leaves_a_choice_and_time(circle, subject, changed, refusal):
    with pytest.raises(refusal):
        ask(circle, subject, **changed)

    assert not Consultation.objects.exists()


def test_a_question_is_asked_on_an_open_subject_with_a_method_that_chooses_one(circle, subject):
    with pytest.raises(ValueError, match="stv"):
        ask(circle, subject, method=Method.TRANSFERABLE)
    actions.close_subject(subject=subject, now=NOW)
    with pytest.raises(refusals.SubjectClosed):
        ask(circle, subject)


def test_the_last_answer_counts_and_only_those_offered_are_taken(circle, subject):
    asked = ask(circle, subject)
    answer(circle, asked, "amina", "c1")

    answer(circle, asked, "amina", "c2", now=END - timedelta(seconds=1))

    assert Answer.objects.get().choice == ["c2"]
    with pytest.raises(PaperSpoilt):
        answer(circle, asked, "bea", "c9")
    with pytest.raises(refusals.ConsultationOver):
        answer(circle, asked, "bea", "c1", now=END)
    gone = circle.people["bea"]
    gone.left_at = NOW
    with pytest.raises(refusals.NoVoice):
        answer(circle, asked, "bea", "c1")


def test_both_results_stand_side_by_side_with_the_way_each_voice_went(circle, subject):
    asked = ask(circle, subject)
    for giver, holder in (("david", "elie"), ("elie", "fanny")):
        give(circle, subject, giver, holder)
    for name, code in (("amina", "c1"), ("bea", "c1"), ("fanny", "c2")):
        answer(circle, asked, name, code)

    counted = actions.count(consultation=asked, now=END)

    assert first(counted) == ["En tête\u00a0: Le samedi", "En tête\u00a0: Le dimanche"]
    numbers = {name: circle.people[name].number for name in circles.PEOPLE}
    assert counted.outcome["chains"] == [
        [numbers["david"], numbers["elie"], numbers["fanny"]],
        [numbers["elie"], numbers["fanny"]],
    ]
    assert counted.outcome["entitled_count"] == 7


def test_ones_own_answer_comes_before_the_voice_one_gave(circle, subject):
    asked = ask(circle, subject)
    give(circle, subject, "david", "fanny")
    answer(circle, asked, "fanny", "c2")
    answer(circle, asked, "david", "c1")

    counted = actions.count(consultation=asked, now=END)

    assert counted.outcome["chains"] == []
    assert first(counted) == ["À égalité\u00a0: Le samedi, Le dimanche"] * 2


def test_the_count_is_that_of_the_end_whenever_it_is_done(circle, subject):
    asked = ask(circle, subject)
    give(circle, subject, "david", "fanny")
    give(circle, subject, "elie", "amina")
    answer(circle, asked, "fanny", "c2")
    answer(circle, asked, "bea", "c1")
    circle.leave("bea", now=END - timedelta(days=1))
    with pytest.raises(refusals.NotOverYet):
        actions.count(consultation=asked, now=END - timedelta(seconds=1))

    late = END + timedelta(days=2)
    actions.revoke(subject=subject, giver=circle.people["david"], now=END + timedelta(hours=1))
    give(circle, subject, "chloe", "fanny", now=END + timedelta(hours=1))
    assert actions.count_due(now=late) == 1

    asked.refresh_from_db()
    assert asked.outcome["chains"] == [
        [circle.people["david"].number, circle.people["fanny"].number]
    ]
    assert asked.outcome["alone"]["ballots_count"] == 1
    assert actions.count_due(now=late) == 0
    assert actions.count(consultation=asked, now=late).counted_at == late


def test_a_question_nobody_answered_says_so(circle, subject):
    counted = actions.count(consultation=ask(circle, subject), now=END)

    assert first(counted) == ["Personne n’a choisi de réponse."] * 2
