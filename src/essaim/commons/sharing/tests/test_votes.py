"""From a proposal to the agenda of an assembly, and from its minutes to the sharing."""

from datetime import date, timedelta

import pytest

from essaim.commons.assembly.rules.refusals import WrongStep
from essaim.commons.cooperative import actions as cooperative_actions
from essaim.commons.sharing import actions, queries
from essaim.commons.sharing.models import VariantMotion, YearLine
from essaim.commons.sharing.rules import refusals
from essaim.commons.sharing.tests import cooperatives as c
from essaim.commons.sharing.tests import votes
from essaim.commons.sharing.tests.test_adopting import DAY, DECIDED, propose, ready

pytestmark = pytest.mark.django_db


def adopt(variant):
    return actions.adopt_variant(variant=variant, now=DECIDED)


def test_a_proposal_put_to_the_vote_is_a_motion_that_says_every_line():
    cooperative = ready()
    variant = propose(cooperative)

    put = votes.put(variant, votes.draft(cooperative.world.register, day=DAY))

    motion = put.motion
    assert motion.item.title == "Répartir l’excédent de 2026\u00a0: Le minimum aux réserves"
    lines = motion.text.splitlines()
    assert lines[0] == "Essaim du Val a gagné 1\u202f000,00\u00a0€ en 2026."
    assert "150,00\u00a0€" in lines[1]
    assert len(lines) == 1 + len(variant.computation["steps"])
    assert motion.method == "motion"


def test_without_a_vote_nothing_is_shared():
    variant = propose(ready())

    with pytest.raises(refusals.NotCarried):
        adopt(variant)

    votes.carry(variant, day=DAY, is_closed=False)
    with pytest.raises(refusals.NotCarried):
        adopt(variant)
    assert c.held("result:essaim") == 0


def test_a_proposal_the_assembly_refused_is_not_shared():
    variant = propose(ready())
    votes.carry(variant, day=DAY, choice="no")

    with pytest.raises(refusals.NotCarried):
        adopt(variant)

    assert c.held("result:essaim") == 0


def test_of_two_carried_proposals_the_first_on_the_agenda_is_the_decision():
    cooperative = ready()
    first, second = propose(cooperative, title="Une"), propose(cooperative, title="Deux")
    votes.carry(first, second, day=DAY)

    with pytest.raises(refusals.AnotherOneCarried) as refusal:
        adopt(second)

    assert refusal.value.details == {"title": "Une"}
    assert adopt(first).carried_by == first.motions.get()


def test_a_proposal_refused_leaves_the_decision_to_the_next_on_the_agenda():
    cooperative = ready()
    first, second = propose(cooperative, title="Une"), propose(cooperative, title="Deux")
    assembly = votes.draft(cooperative.world.register, day=DAY)
    votes.put(first, assembly)
    votes.put(second, assembly)
    votes.hold(assembly, cooperative.world.board, choices=["no", "yes"])

    assert adopt(second).adopted_at == DECIDED
    with pytest.raises(refusals.YearAlreadyShared):
        adopt(first)


def test_a_later_assembly_replaces_what_an_earlier_one_carried():
    cooperative = ready()
    first, second = propose(cooperative, title="Une"), propose(cooperative, title="Deux")
    votes.carry(first, day=DAY)
    votes.carry(second, day=DAY + timedelta(days=60))

    with pytest.raises(refusals.AnotherOneCarried):
        adopt(first)

    assert adopt(second).decision.startswith("AG des comptes du 11 juil. 2027")


def test_a_proposal_is_on_one_agenda_at_a_time_and_may_come_back_after_it_was_refused():
    cooperative = ready()
    variant = propose(cooperative)
    assembly = votes.draft(cooperative.world.register, day=DAY)
    votes.put(variant, assembly)
    other = votes.draft(cooperative.world.register, day=DAY + timedelta(days=60), title="AG bis")

    with pytest.raises(refusals.AlreadyPutToTheVote) as refusal:
        votes.put(variant, other)
    assert refusal.value.details == {"title": "AG des comptes"}
    assert VariantMotion.objects.count() == 1

    votes.hold(assembly, cooperative.world.board, choices=["no"])
    votes.put(variant, other)
    votes.hold(other, cooperative.world.board, choices=["yes"])
    assert adopt(variant).adopted_at == DECIDED


def test_an_assembly_already_convened_takes_no_proposal():
    cooperative = ready()
    variant = propose(cooperative)
    assembly = votes.draft(cooperative.world.register, day=DAY)
    votes.put(propose(cooperative), assembly)
    votes.hold(assembly, cooperative.world.board, choices=["no"])

    with pytest.raises(WrongStep):
        votes.put(variant, assembly)

    assert not variant.motions.exists()


def test_a_proposal_computed_under_other_statutes_is_not_put_to_the_vote():
    cooperative = ready()
    variant, world = propose(cooperative), cooperative.world
    text = world.register.statutes.get().text
    cooperative_actions.adopt_statutes(
        register=world.register,
        text=text.replace('statutory_rate = "50 %"', 'statutory_rate = "60 %"'),
        effective_at=c.AFTER + timedelta(days=1), adopted_by="AGE", by=None, now=c.AFTER,
    )  # fmt: skip

    with pytest.raises(refusals.ComputationChanged):
        votes.put(variant, votes.draft(world.register, day=DAY))

    assert not VariantMotion.objects.exists()


def test_the_decision_of_a_year_is_read_in_one_query(django_assert_num_queries):
    cooperative = ready()
    variant = propose(cooperative)
    votes.carry(variant, day=DAY)

    with django_assert_num_queries(1):
        found = queries.decision(cooperative.year)
        assert found.motion.item.assembly.minutes.number == 1

    assert found.variant == variant


def test_a_line_is_corrected_whole_and_once():
    cooperative = c.build()
    line = cooperative.enter("charge", 1_250, "Loyer")

    correction = actions.correct_line(line=line, by=cooperative.world.board, now=c.IN_2026)

    assert (correction.cents, correction.corrects, correction.kind) == (-1_250, line, "charge")
    assert queries.books(cooperative.year).result_cents == 0
    for one in (line, correction):
        with pytest.raises(refusals.AlreadyCorrected):
            actions.correct_line(line=one, by=cooperative.world.board, now=c.IN_2026)
    assert YearLine.objects.count() == 2


def test_a_line_of_a_closed_year_is_not_corrected():
    cooperative = c.build()
    line = cooperative.enter("income", 500, line_date=date(2026, 3, 1))
    cooperative.close()

    with pytest.raises(refusals.YearClosed):
        actions.correct_line(line=line, by=cooperative.world.board, now=c.AFTER)

    assert YearLine.objects.count() == 1
