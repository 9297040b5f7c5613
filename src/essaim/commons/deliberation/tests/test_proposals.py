"""Proposals: what brings one to the agenda, its versions, and what it becomes there."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.assembly.models import BylawChange
from essaim.commons.assembly.rules.refusals import PointBound, WrongStep
from essaim.commons.deliberation import actions, articles, queries, wording
from essaim.commons.deliberation.actions import Wish
from essaim.commons.deliberation.models import Proposal, Scheduling, Support
from essaim.commons.deliberation.rules import refusals
from essaim.commons.deliberation.rules.proposals import (
    STEPS,
    State,
    may_become,
    paragraphs,
    supports_needed,
)
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import MEETING, NOW
from essaim.core.bylaws import queries as bylaws
from essaim.core.bylaws.rules import OutOfBounds
from essaim.core.messages.models import OutgoingEmail

LATER = NOW + timedelta(days=10)
OVER = NOW + timedelta(days=90)


@pytest.fixture
def circle(db):
    return circles.build()


@pytest.mark.parametrize(
    ("count", "bps", "minimum", "needed"),
    [(480, 500, 5, 24), (481, 500, 5, 25), (40, 500, 5, 5), (3, 500, 5, 3), (0, 500, 5, 1)],
)
def test_the_share_is_rounded_up_between_the_minimum_and_everybody(count, bps, minimum, needed):
    assert supports_needed(associates_count=count, share_bps=bps, minimum=minimum) == needed


@given(st.integers(1, 10**6), st.integers(0, 5000), st.integers(1, 1000))
def test_everybody_together_always_reaches_the_agenda(count, bps, minimum):
    needed = supports_needed(associates_count=count, share_bps=bps, minimum=minimum)

    assert 1 <= needed <= count
    assert needed == count or needed * 10_000 >= count * bps


def test_a_negative_number_is_a_bug():
    with pytest.raises(ValueError, match="-1"):
        supports_needed(associates_count=-1, share_bps=0, minimum=1)


def test_paragraphs_are_parted_by_blank_lines_alone():
    assert paragraphs("Un,\r\ndeux.\r\n \r\n\r\nTrois.\n") == ("Un,\ndeux.", "Trois.")
    assert paragraphs(" \n ") == ()


def test_what_is_over_never_starts_again():
    ended = [State.SETTLED, State.EXPIRED, State.WITHDRAWN]

    assert set(STEPS) == set(State)
    assert not any(may_become(before, after) for before in ended for after in State)
    assert not may_become(State.REACHED, State.WITHDRAWN)


def test_opening_fixes_what_is_needed_and_its_author_supports_it_first(circle):
    proposal = circle.propose()
    circles.rule(articles.SUPPORT_MINIMUM, 1, now=LATER)

    proposal.refresh_from_db()
    assert (proposal.needed_count, proposal.associates_count) == (3, 7)
    assert proposal.ends_at == OVER
    assert [one.associate for one in queries.standing(proposal)] == [circle.people["amina"]]


def test_a_proposal_says_something_and_keeps_rules_within_their_bounds(circle):
    days = articles.SUPPORT_DAYS
    wish = Wish(days, days.maximum + 1, date(2027, 1, 1))

    with pytest.raises(refusals.NothingSaid):
        circle.propose(text=" \n ")
    with pytest.raises(OutOfBounds):
        circle.propose(wishes=[wish])
    with pytest.raises(refusals.RuleTwice):
        circle.propose(wishes=[Wish(days, 30, date(2027, 1, 1)), Wish(days, 40, date(2027, 1, 1))])

    assert not Proposal.objects.exists()


def test_somebody_who_left_neither_proposes_nor_supports(circle):
    proposal = circle.propose()
    gone = circle.people["bea"]
    gone.left_at = NOW

    with pytest.raises(refusals.NotAnAssociate):
        actions.support(proposal=proposal, associate=gone, by=gone.member, now=NOW)
    with pytest.raises(refusals.NotAnAssociate):
        actions.open_proposal(
            register=circle.register, author=gone, by=gone.member, title="x", text="x", now=NOW
        )


def test_a_double_tap_counts_once_and_a_support_is_taken_back(circle):
    proposal = circle.support(circle.propose(), "bea", "bea")
    assert queries.standing(proposal).count() == 2

    actions.drop_support(proposal=proposal, associate=circle.people["bea"], now=LATER)
    actions.drop_support(proposal=proposal, associate=circle.people["david"], now=LATER)

    assert queries.standing(proposal).count() == 1
    assert Support.objects.get(associate=circle.people["bea"]).revoked_at == LATER


def test_the_database_counts_an_associate_once(circle):
    proposal = circle.propose()
    twice = Support(
        proposal=proposal, associate=circle.people["amina"], version_number=1, given_at=NOW,
        given_by=circle.member("amina"),
    )  # fmt: skip

    with pytest.raises(IntegrityError, match="deliberation_one_support_each"), transaction.atomic():
        twice.save(force_insert=True)


def test_who_left_since_no_longer_counts(circle):
    proposal = circle.support(circle.propose(), "bea")
    circle.leave("bea", now=LATER)

    proposal = circle.support(proposal, "chloe", now=LATER)

    assert proposal.state == State.OPEN
    assert queries.standing(proposal).count() == 2


def test_the_last_support_needed_hands_it_to_the_board_who_is_told(circle):
    proposal = circle.support(circle.propose(), "bea")
    assert proposal.state == State.OPEN

    proposal = circle.support(proposal, "chloe", now=LATER)

    assert (proposal.state, proposal.reached_at) == (State.REACHED, LATER)
    assert list(queries.to_schedule(circle.register)) == [proposal]
    told = {one.recipient: one.subject for one in OutgoingEmail.objects.order_by("pk")}
    assert told["clara@exemple.fr"] == "À inscrire à l’ordre du jour\u00a0: Ouvrir le samedi"
    assert "ordre du jour" in told["amina@exemple.fr"]


def test_once_reached_nobody_takes_anything_back(circle):
    proposal = circle.reached()

    with pytest.raises(refusals.ProposalClosed):
        actions.drop_support(proposal=proposal, associate=circle.people["bea"], now=NOW)
    with pytest.raises(refusals.ProposalClosed):
        actions.withdraw(proposal=proposal, now=NOW)
    with pytest.raises(refusals.ProposalClosed):
        actions.edit_proposal(
            proposal=proposal, by=circle.member("amina"), title="x", text="x", now=NOW
        )


def test_after_its_time_a_proposal_takes_no_support_and_expires(circle):
    proposal = circle.propose()
    with pytest.raises(refusals.ProposalClosed):
        circle.support(proposal, "bea", now=OVER)
    assert actions.expire_due(now=OVER - timedelta(seconds=1)) == 0

    assert actions.expire_due(now=OVER) == 1

    proposal.refresh_from_db()
    assert (proposal.state, proposal.closed_at) == (State.EXPIRED, OVER)
    assert "1 soutien" in OutgoingEmail.objects.get(subject__startswith="Expirée").body
    assert actions.expire_due(now=OVER) == 0


def test_a_withdrawn_proposal_gathers_nothing(circle):
    proposal = actions.withdraw(proposal=circle.propose(), now=LATER)

    with pytest.raises(refusals.ProposalClosed) as refusal:
        circle.support(proposal, "bea", now=LATER)

    assert refusal.value.details == {"state": "withdrawn"}


def test_editing_keeps_the_former_version_and_tells_who_supports_it(circle):
    wish = Wish(articles.SUPPORT_DAYS, 60, date(2027, 2, 1))
    proposal = circle.support(circle.propose(wishes=[wish]), "bea")

    actions.edit_proposal(
        proposal=proposal, by=circle.member("amina"), title="Ouvrir le dimanche", text="Autre.",
        now=LATER,
    )  # fmt: skip

    proposal.refresh_from_db()
    assert (proposal.title, proposal.version_number) == ("Ouvrir le dimanche", 2)
    kept = queries.versions(proposal)
    assert [one.title for one in kept] == ["Ouvrir le dimanche", "Ouvrir le samedi"]
    assert [len(one.rules_wanted.all()) for one in kept] == [0, 1]
    changed = OutgoingEmail.objects.filter(subject__startswith="Modifiée")
    assert [one.recipient for one in changed] == ["bea@exemple.fr"]
    assert queries.standing(proposal).count() == 2


@pytest.mark.parametrize("table", ["version", "rulewanted"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_keeps_versions_as_they_were_written(circle, table, change):
    circle.propose(wishes=[Wish(articles.SUPPORT_DAYS, 60, date(2027, 2, 1))])
    statement = change.format(f"deliberation_{table}")

    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_board_makes_it_a_point_with_its_motion_and_its_rules(circle):
    wishes = [
        Wish(articles.SUPPORT_DAYS, 60, date(2026, 1, 1)),
        Wish(articles.SUPPORT_MINIMUM, 9, date(2027, 2, 1)),
    ]
    proposal = circle.reached(wishes=wishes)
    assembly = circle.draft()

    proposal = actions.schedule(proposal=proposal, assembly=assembly, now=LATER)

    motion = proposal.item.motion
    assert (proposal.state, motion.item.title) == (State.SCHEDULED, "Ouvrir le samedi")
    assert motion.text == circles.TEXT
    assert f"/proposals/{proposal.public_id}/" in motion.item.text
    assert "soutenue par 3 sociétaires" in motion.item.text
    changes = {one.article_key: one for one in BylawChange.objects.all()}
    assert changes[articles.SUPPORT_DAYS.key].effective_at == MEETING
    assert changes[articles.SUPPORT_MINIMUM.key].effective_at > MEETING
    assert not queries.to_schedule(circle.register).exists()
    told = OutgoingEmail.objects.filter(subject__startswith="À l’ordre du jour")
    assert {one.recipient for one in told} == {f"{n}@exemple.fr" for n in ("amina", "bea", "chloe")}


def test_only_what_waits_goes_on_an_agenda_and_only_of_a_draft(circle):
    open_one, reached = circle.propose(), circle.reached()
    assembly = circle.draft()
    assembly_actions.add_item(assembly=assembly, title="Comptes")
    convened = assembly_actions.convene(assembly=assembly, now=NOW)

    with pytest.raises(refusals.NotToSchedule):
        actions.schedule(proposal=open_one, assembly=circle.draft(), now=NOW)
    with pytest.raises(WrongStep):
        actions.schedule(proposal=reached, assembly=convened, now=NOW)

    reached.refresh_from_db()
    assert (reached.state, reached.item) == (State.REACHED, None)


def test_the_point_that_a_proposal_became_stays_on_the_agenda(circle):
    assembly = circle.draft()
    assembly_actions.add_item(assembly=assembly, title="Comptes")
    proposal = actions.schedule(proposal=circle.reached(), assembly=assembly, now=NOW)

    with pytest.raises(PointBound), transaction.atomic():
        assembly_actions.remove_item(item=proposal.item)

    titles = assembly.agenda.order_by("position").values_list("title", flat=True)
    assert list(titles) == ["Comptes", "Ouvrir le samedi"]


def meet(circle, assembly, vote=None, motion=None):
    """Hold an assembly; with a vote, everybody says so on this motion."""
    assembly = assembly_actions.convene(assembly=assembly, now=NOW)
    for associate in circle.people.values():
        assembly_actions.arrive(assembly=assembly, associate=associate, how="room", now=MEETING)
    assembly = assembly_actions.open_meeting(assembly=assembly, now=MEETING)
    if vote:
        assembly_actions.open_vote(motion=motion, now=MEETING)
        for name in circles.PEOPLE:
            assembly_actions.cast(
                motion=motion, associate=circle.people[name], choice=vote,
                by=circle.member(name), now=MEETING,
            )  # fmt: skip
        assembly_actions.close_vote(motion=motion, by=circle.world.board, now=MEETING)
    assembly_actions.close_meeting(assembly=assembly, by=circle.world.board, now=MEETING)


@pytest.mark.parametrize(("vote", "step"), [("yes", "carried"), ("no", "rejected")])
def test_what_the_assembly_decides_is_told_on_the_proposal_and_carried_out(circle, vote, step):
    wish = Wish(articles.SUPPORT_DAYS, 60, date(2026, 1, 1))
    assembly = circle.draft()
    proposal = actions.schedule(proposal=circle.reached(wishes=[wish]), assembly=assembly, now=NOW)
    assert wording.step_of(proposal, at=NOW) == "scheduled"

    meet(circle, assembly, vote, proposal.item.motion)

    found = queries.the_proposal(proposal.public_id).get()
    assert wording.step_of(found, at=MEETING) == step
    in_force = bylaws.value(articles.SUPPORT_DAYS, at=MEETING)
    assert in_force == (60 if step == "carried" else articles.SUPPORT_DAYS.default)


def test_what_an_assembly_left_undecided_waits_for_the_next(circle):
    assembly = circle.draft()
    proposal = actions.schedule(proposal=circle.reached(), assembly=assembly, now=NOW)
    meet(circle, assembly)

    found = queries.the_proposal(proposal.public_id).get()
    assert wording.step_of(found, at=MEETING) == "undecided"
    again = actions.schedule(proposal=found, assembly=circle.draft(title="Suivante"), now=MEETING)

    assert again.item.assembly.title == "Suivante"
    assert queries.points_of(again) == [proposal.item, again.item]
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Scheduling.objects.filter(item=proposal.item).delete()
