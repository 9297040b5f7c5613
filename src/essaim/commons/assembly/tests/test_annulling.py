"""A vote whose keys are lost: annulled, told in the minutes, held again."""

import pytest
from django.db import transaction

from essaim.commons.assembly import actions
from essaim.commons.assembly.models import AnnulledVote
from essaim.commons.assembly.rules.refusals import NoVoteToAnnul, VoteUnderWay
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import UrnSlot
from essaim.commons.urn.rules.refusals import PollCounted

pytestmark = pytest.mark.django_db


def annul(hall, motion, reason="Un papier est perdu."):
    return actions.annul_vote(motion=motion, reason=reason, by=hall.world.board, now=MEETING)


def close_meeting(hall):
    return actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)


def stuck():
    """A secret vote in which two people voted and whose keys nobody has any more."""
    hall, motion = halls.sitting(is_secret=True)
    keepers = [hall.member("elie"), hall.member("bea")]
    poll = actions.open_vote(motion=motion, scrutineers=keepers, threshold=2, now=MEETING)
    keys = [urn.take_key(poll=poll, member=keeper) for keeper in keepers]
    urn.open_poll(poll=poll, now=MEETING)
    hall.vote(motion, "amina", "yes")
    hall.vote(motion, "fanny", "no")
    return hall, actions.close_vote(motion=motion, by=hall.world.board, now=MEETING), keys


def test_a_vote_whose_keys_are_lost_no_longer_holds_the_meeting_back():
    hall, motion, _ = stuck()
    with pytest.raises(VoteUnderWay), transaction.atomic():
        close_meeting(hall)

    annul(hall, motion)

    assert not UrnSlot.objects.exists()
    (point,) = close_meeting(hall).content["points"]
    assert point["is_adopted"] is None
    (told,) = point["annulled"]
    assert (told["reason"], told["voted"]) == ("Un papier est perdu.", 2)
    assert told["question"] == "Baisser les frais"


def test_what_was_annulled_is_put_to_the_vote_again_and_everybody_votes_anew():
    hall, motion, _ = stuck()
    annul(hall, motion)
    keepers = [hall.member("elie"), hall.member("bea")]

    poll = actions.open_vote(motion=motion, scrutineers=keepers, threshold=2, now=MEETING)
    keys = [urn.take_key(poll=poll, member=keeper) for keeper in keepers]
    urn.open_poll(poll=poll, now=MEETING)
    for name in ("amina", "elie"):
        hall.vote(motion, name, "yes")
    actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)
    for keeper, key in zip(keepers, keys, strict=True):
        urn.give_key(poll=poll, member=keeper, code=key, now=MEETING)
    motion = actions.declare(motion=motion, by=hall.world.board, now=MEETING)

    assert motion.is_adopted
    assert motion.outcome["heads"]["yes"] == "2"
    (point,) = close_meeting(hall).content["points"]
    assert len(point["annulled"]) == 1


def test_once_the_ballots_are_counted_the_vote_is_not_annulled_for_what_came_out_of_it():
    hall, motion, keys = stuck()
    for name, key in zip(("elie", "bea"), keys, strict=True):
        urn.give_key(poll=motion.poll, member=hall.member(name), code=key, now=MEETING)

    with pytest.raises(PollCounted), transaction.atomic():
        annul(hall, motion)

    assert not AnnulledVote.objects.exists()
    assert actions.declare(motion=motion, by=hall.world.board, now=MEETING).declared_at == MEETING


def test_without_a_vote_or_once_it_is_declared_there_is_nothing_to_annul():
    hall, motion = halls.sitting()
    with pytest.raises(NoVoteToAnnul), transaction.atomic():
        annul(hall, motion)
    actions.open_vote(motion=motion, now=MEETING)
    hall.vote(motion, "amina", "yes")
    motion = actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)

    with pytest.raises(NoVoteToAnnul):
        annul(hall, motion)


def test_a_vote_by_name_is_annulled_too_and_its_ballots_count_for_nothing():
    hall, motion = halls.sitting()
    actions.open_vote(motion=motion, now=MEETING)
    hall.vote(motion, "amina", "no")

    annul(hall, motion, reason="La question était mal posée.")
    actions.open_vote(motion=motion, now=MEETING)
    hall.vote(motion, "bea", "yes")
    motion = actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)

    assert motion.is_adopted
    assert motion.outcome["heads"]["no"] == "0"
