"""Casting a sealed ballot: one each, whatever happens; and opening the urn together."""

from threading import Event, Timer

import pytest
from django.db import IntegrityError, transaction

from essaim.commons.urn import actions, queries
from essaim.commons.urn.actions import casting
from essaim.commons.urn.models import NamedBallot, Poll, RollEntry, Scrutineer, UrnSlot
from essaim.commons.urn.rules.choices import PaperSpoilt
from essaim.commons.urn.rules.paper_codes import CodeMistyped
from essaim.commons.urn.rules.refusals import (
    AlreadyVoted,
    KeysMissing,
    NobodyOnRoll,
    NotScrutineer,
    PollNotClosed,
    PollNotOpen,
    PollStarted,
    TooFewScrutineers,
)
from essaim.commons.urn.rules.slips import commitment
from essaim.commons.urn.sealing import NotTheKey
from essaim.commons.urn.tests import hall
from essaim.kernel.tests.at_once import together

pytestmark = pytest.mark.django_db


def published(poll):
    return [(ballot.college, ballot.slip.choice) for ballot in queries.opened_ballots(poll)]


def test_every_ballot_is_published_in_its_college_and_each_voter_finds_their_own():
    poll, keys = hall.opened()
    receipts = [hall.vote(poll, 1, "yes"), hall.vote(poll, 2, "no"), hall.vote(poll, 4, "yes")]

    poll = hall.count(poll, keys, "ada", "chloe")

    assert poll.state == Poll.State.COUNTED
    assert sorted(published(poll)) == [
        ("users", '"yes"'), ("workers", '"no"'), ("workers", '"yes"'),
    ]  # fmt: skip
    found = {ballot.slip.tracker: ballot.slip for ballot in queries.opened_ballots(poll)}
    assert [commitment(found[one.tracker]) for one in receipts] == [
        one.commitment for one in receipts
    ]
    assert queries.turnout(poll) == {"users": (1, 5), "workers": (2, 3)}


def test_nobody_opens_the_urn_alone_and_one_share_is_no_count():
    poll, keys = hall.opened()
    hall.vote(poll, 1, "yes")

    poll = hall.count(poll, keys, "ada")

    assert poll.state == Poll.State.CLOSED
    assert published(poll) == []
    assert UrnSlot.objects.filter(is_used=True).count() == 1


def test_the_same_scrutineer_twice_is_still_one():
    poll, keys = hall.opened()
    hall.vote(poll, 1, "yes")

    poll = hall.count(poll, keys, "ada", "ada")

    assert poll.state == Poll.State.CLOSED


def test_the_key_of_the_urn_is_kept_nowhere_before_nor_after():
    poll, keys = hall.opened()
    hall.vote(poll, 1, "yes")
    kept = Scrutineer.objects.filter(poll=poll).values_list("opened_share", flat=True)
    assert set(kept) == {None}

    hall.count(poll, keys, "ada", "bob")

    left = Scrutineer.objects.filter(poll=poll).values_list("sealed_share", "opened_share")
    assert set(left) == {(None, None)}
    assert not UrnSlot.objects.exists()


def test_a_double_tap_leaves_one_ballot_and_the_same_receipt():
    poll, _ = hall.opened()
    paper = actions.draw_paper()

    first = hall.vote(poll, 1, "yes", paper=paper)
    again = hall.vote(poll, 1, "yes", paper=paper)

    assert first == again
    assert UrnSlot.objects.filter(is_used=True).count() == 1


def test_a_voter_changes_their_mind_with_the_code_of_the_receipt_and_the_last_counts():
    poll, keys = hall.opened()
    paper = actions.draw_paper()
    hall.vote(poll, 1, "yes", paper=paper)

    hall.vote(poll, 1, "no", paper=paper)

    poll = hall.count(poll, keys, "ada", "bob")
    assert published(poll) == [("workers", '"no"')]


def test_without_the_code_a_second_ballot_is_refused_and_the_first_stays():
    poll, keys = hall.opened()
    hall.vote(poll, 1, "yes")

    with pytest.raises(AlreadyVoted), transaction.atomic():
        hall.vote(poll, 1, "no")

    poll = hall.count(poll, keys, "ada", "bob")
    assert published(poll) == [("workers", '"yes"')]


def test_the_code_of_another_voter_does_not_open_a_second_place():
    poll, _ = hall.opened()
    paper = actions.draw_paper()
    hall.vote(poll, 1, "yes", paper=paper)

    with pytest.raises(IntegrityError), transaction.atomic():
        hall.vote(poll, 2, "no", paper=paper)

    assert not poll.roll.get(number=2).has_voted


def test_everybody_of_a_college_finds_a_place():
    poll, keys = hall.opened(workers=7, users=1)
    for number in range(1, 8):
        hall.vote(poll, number, "yes")

    poll = hall.count(poll, keys, "ada", "bob")

    assert published(poll) == [("workers", '"yes"')] * 7


@pytest.mark.parametrize("choice", ["maybe", ["yes"], None, {"yes": 1}, ""])
def test_a_spoilt_paper_is_refused_and_nothing_is_written(choice):
    poll, _ = hall.opened()

    with pytest.raises(PaperSpoilt), transaction.atomic():
        hall.vote(poll, 1, choice)

    assert not RollEntry.objects.filter(has_voted=True).exists()
    assert not UrnSlot.objects.filter(is_used=True).exists()


def test_a_blank_ballot_is_a_ballot():
    poll, keys = hall.opened()
    hall.vote(poll, 1, "blank")

    poll = hall.count(poll, keys, "ada", "bob")

    assert published(poll) == [("workers", '"blank"')]


def test_nothing_is_cast_before_the_opening_nor_after_the_close():
    poll = hall.prepared()
    with pytest.raises(PollNotOpen), transaction.atomic():
        hall.vote(poll, 1, "yes")

    poll, _ = hall.opened()
    actions.close_poll(poll=poll, now=hall.CLOSING)
    with pytest.raises(PollNotOpen), transaction.atomic():
        hall.vote(poll, 1, "yes")

    assert not RollEntry.objects.filter(has_voted=True).exists()


def test_the_urn_is_not_opened_while_people_vote_nor_twice():
    poll, keys = hall.opened()
    with pytest.raises(PollNotClosed), transaction.atomic():
        actions.give_key(poll=poll, member=hall.member("ada"), code=keys["ada"], now=hall.CLOSING)

    poll = hall.count(poll, keys, "ada", "bob")
    with pytest.raises(PollNotClosed), transaction.atomic():
        actions.give_key(
            poll=poll, member=hall.member("chloe"), code=keys["chloe"], now=hall.CLOSING
        )


def test_a_wrong_key_is_refused_and_said():
    poll, keys = hall.opened()
    actions.close_poll(poll=poll, now=hall.CLOSING)
    given = {"poll": poll, "now": hall.CLOSING}

    with pytest.raises(NotTheKey), transaction.atomic():
        actions.give_key(member=hall.member("ada"), code=keys["bob"], **given)
    with pytest.raises(CodeMistyped), transaction.atomic():
        actions.give_key(member=hall.member("ada"), code=keys["ada"][:-1], **given)
    with pytest.raises(NotScrutineer), transaction.atomic():
        actions.give_key(member=hall.member("zoe"), code=keys["ada"], **given)

    assert not Scrutineer.objects.filter(opened_share__isnull=False).exists()


def test_a_ballot_without_its_tick_spoils_the_vote_and_nothing_is_published():
    poll, keys = hall.opened()
    hall.vote(poll, 1, "yes")
    UrnSlot.objects.filter(pk=UrnSlot.objects.filter(is_used=False).order_by("pk")[0].pk).update(
        is_used=True, sealed=UrnSlot.objects.get(is_used=True).sealed
    )

    poll = hall.count(poll, keys, "ada", "bob")

    assert poll.state == Poll.State.SPOILT
    assert published(poll) == []
    assert UrnSlot.objects.filter(is_used=True).count() == 2


def test_the_vote_opens_once_every_scrutineer_has_a_key():
    poll = hall.prepared()
    actions.take_key(poll=poll, member=hall.member("ada"))

    with pytest.raises(KeysMissing) as refusal, transaction.atomic():
        actions.open_poll(poll=poll, now=hall.OPENING)

    assert refusal.value.details == {"missing_count": 2}
    assert not UrnSlot.objects.exists()


def test_a_key_taken_again_replaces_the_former_until_the_opening():
    poll = hall.prepared()
    keys = {}
    for name in ("ada", "ada", "bob", "chloe"):
        former = keys.get(name)
        keys[name] = actions.take_key(poll=poll, member=hall.member(name))
        assert keys[name] != former

    poll = actions.open_poll(poll=poll, now=hall.OPENING)

    with pytest.raises(PollStarted), transaction.atomic():
        actions.take_key(poll=poll, member=hall.member("ada"))
    with pytest.raises(PollStarted), transaction.atomic():
        actions.open_poll(poll=poll, now=hall.OPENING)
    hall.vote(poll, 1, "yes")
    assert hall.count(poll, keys, "ada", "bob").state == Poll.State.COUNTED


@pytest.mark.parametrize("threshold", [0, 1, 4])
def test_a_secret_ballot_needs_two_people_to_open_it(threshold):
    with pytest.raises(TooFewScrutineers):
        hall.prepared(threshold=threshold)

    assert not Poll.objects.exists()


def test_colleges_too_small_to_hide_a_vote_are_named_before_it_opens():
    assert queries.small_colleges(hall.prepared(workers=4, users=5)) == ["workers"]


def test_a_question_to_nobody_is_refused():
    with pytest.raises(NobodyOnRoll):
        hall.prepared(voters=[])


@pytest.mark.parametrize(
    "change",
    [
        lambda poll: poll.roll.filter(has_voted=True).update(has_voted=False, channel=""),
        lambda poll: poll.roll.filter(number=1).update(college="users"),
        lambda poll: poll.roll.filter(number=2).delete(),
        lambda poll: RollEntry.objects.create(poll=poll, number=99, name="x", college="users"),
        lambda poll: UrnSlot.objects.filter(is_used=True).update(is_used=False),
    ],
)
def test_the_database_keeps_the_roll_and_the_urn_as_they_are(change):
    poll, _ = hall.opened()
    hall.vote(poll, 1, "yes")

    with pytest.raises(IntegrityError), transaction.atomic():
        change(poll)


def test_the_database_keeps_a_published_ballot():
    poll, keys = hall.opened()
    hall.vote(poll, 1, "yes")
    poll = hall.count(poll, keys, "ada", "bob")

    with pytest.raises(IntegrityError), transaction.atomic():
        poll.published.update(choice='"no"')


def test_a_named_vote_is_written_under_its_name_and_the_last_counts():
    poll, _ = hall.opened(secrecy="named")
    entry = poll.roll.select_related("member").get(number=1)

    for choice in ("yes", "no"):
        actions.cast_named(
            entry=entry, choice=choice, by=entry.member, channel="own", now=hall.OPENING
        )

    assert NamedBallot.objects.get().choice == '"no"'
    assert poll.roll.get(number=1).has_voted


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_waited_for", [True, False])
def test_a_ballot_replaced_while_another_voter_writes_it_again_is_the_one_that_counts(
    monkeypatch, is_waited_for
):
    """What the other voter takes out and puts in again is another row of the same key."""
    if not is_waited_for:
        monkeypatch.setattr(casting, "_lock_slot", lambda cursor, slot: None)
    poll, keys = hall.opened(workers=0, users=5)
    paper = actions.draw_paper()
    hall.vote(poll, 1, "yes", paper=paper)
    is_mixed, may_end = Event(), Event()

    def mix():
        with transaction.atomic():
            hall.vote(poll, 2, "yes")
            is_mixed.set()
            may_end.wait(20)

    def replace():
        is_mixed.wait(20)
        Timer(1, may_end.set).start()
        hall.vote(poll, 1, "no", paper=paper)

    together(mix, replace)
    hall.count(poll, keys, "ada", "bob")

    chosen = sorted(choice for _college, choice in published(poll))
    assert (chosen == ['"no"', '"yes"']) == is_waited_for
