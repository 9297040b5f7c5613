"""Nothing that PostgreSQL keeps tells whose ballot is which: each way to look, and its twin."""

import os
import time
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, models

from essaim.commons.urn import actions, tasks
from essaim.commons.urn.actions import casting
from essaim.commons.urn.models import PublishedBallot, RollEntry, UrnSlot
from essaim.commons.urn.tests import hall
from essaim.core.messages.models import OutgoingEmail

pytestmark = pytest.mark.django_db(transaction=True)
VOTERS, CROWD = 40, 300


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def written_in(table):
    """The transaction that wrote each live row of a table, by its key."""
    return dict(rows(f"SELECT id, xmin::text FROM {table}"))


def by_slots(poll, numbers):
    """Vote one after the other; return which slot each number took, as only the test can know."""
    taken = {}
    for number in numbers:
        before = set(UrnSlot.objects.filter(is_used=True).values_list("pk", flat=True))
        hall.vote(poll, number, "yes")
        (taken[number],) = (
            set(UrnSlot.objects.filter(is_used=True).values_list("pk", flat=True)) - before
        )
    return taken


def singled_out(poll):
    """Lines of the roll whose transaction left exactly one ballot behind: those two are joined."""
    slots = list(
        rows("SELECT xmin::text, id FROM urn_urnslot WHERE poll_id = %s AND is_used", poll.pk)
    )
    alone = {}
    for transaction_id, slot in slots:
        alone[transaction_id] = None if transaction_id in alone else slot
    lines = rows("SELECT xmin::text, number FROM urn_rollentry WHERE poll_id = %s", poll.pk)
    return {number: alone[xmin] for xmin, number in lines if alone.get(xmin)}


def correctly_joined(poll, taken):
    return sum(taken.get(number) == slot for number, slot in singled_out(poll).items())


def test_the_transaction_of_a_tick_does_not_single_out_a_ballot():
    poll, _ = hall.opened(workers=0, users=CROWD)

    taken = by_slots(poll, range(1, CROWD + 1))

    # Of what later ballots left of a transaction, one chance in 65 is that of the voter.
    assert correctly_joined(poll, taken) <= 2


def test_without_mixing_the_transaction_joins_every_voter_to_their_ballot(monkeypatch):
    monkeypatch.setattr(casting, "MIXED_COUNT", 0)
    poll, _ = hall.opened(workers=0, users=VOTERS)

    taken = by_slots(poll, range(1, VOTERS + 1))

    assert correctly_joined(poll, taken) == VOTERS


def likeness(order):
    """Spearman's correlation of an order with that of voting: near 0 when it says nothing."""
    count = len(order)
    distance = sum((place - rank) ** 2 for place, rank in enumerate(order))
    return 1 - 6 * distance / (count * (count**2 - 1))


def order_in_the_file(taken):
    """The ranks of voting, in the order in which the used slots lie in the table."""
    rank_of = {slot: rank for rank, slot in enumerate(taken.values())}
    found = rows("SELECT id FROM urn_urnslot WHERE is_used ORDER BY ctid")
    return [rank_of[slot] for (slot,) in found]


def test_ballots_lie_in_no_order_of_voting():
    poll, _ = hall.opened(workers=0, users=VOTERS)

    taken = by_slots(poll, range(1, VOTERS + 1))

    assert abs(likeness(order_in_the_file(taken))) < 0.65  # 4 standard deviations


def spaces_before(taken):
    """The ranks of voting, in the order of the space between each key and the one before it."""
    rank_of = {slot: rank for rank, slot in enumerate(taken.values())}
    keys = sorted(rank_of)
    before = {key: key.int - previous.int for previous, key in pairwise(keys)}
    first = keys[0]
    before[first] = first.int - keys[-1].int + 2**128
    return [rank_of[key] for key in sorted(keys, key=before.__getitem__)]


def mean_likenesses(votes):
    """Over several votes: with the order in the file, and with the spaces between the keys."""
    in_file, in_spaces = [], []
    for _ in range(votes):
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE urn_urnslot")
        poll, _keys = hall.opened(workers=0, users=VOTERS)
        taken = by_slots(poll, range(1, VOTERS + 1))
        in_file.append(likeness(order_in_the_file(taken)))
        in_spaces.append(likeness(spaces_before(taken)))
    return sum(in_file) / votes, sum(in_spaces) / votes


def test_over_several_votes_neither_the_place_nor_the_key_of_a_ballot_says_anything():
    """The mean of twelve: a likeness too slight for one of them to tell would stand out."""
    in_file, in_spaces = mean_likenesses(12)

    assert abs(in_file) < 0.25  # more than 5 standard deviations
    assert abs(in_spaces) < 0.25


def test_written_again_in_the_order_in_which_they_lie_ballots_would_keep_that_of_voting(
    monkeypatch,
):
    in_place = casting.WRITE_AGAIN.replace("ORDER BY id", "ORDER BY place")
    in_place = in_place.replace("RETURNING id,", "RETURNING urn_urnslot.ctid AS place, id,")
    monkeypatch.setattr(casting, "WRITE_AGAIN", in_place)

    in_file, _ = mean_likenesses(12)

    assert abs(in_file) > 0.25


def test_the_first_free_place_after_a_random_key_would_tell_who_voted_first(monkeypatch):
    def after_a_random_key(poll, college):
        free = UrnSlot.objects.filter(poll=poll, college=college, is_used=False).order_by("id")
        return (free.filter(id__gte=uuid4()).first() or free.first()).pk

    monkeypatch.setattr(casting, "_free_slot", after_a_random_key)

    _, in_spaces = mean_likenesses(12)

    assert in_spaces < -0.25


def test_ballots_added_one_after_the_other_would_lie_in_the_order_of_voting(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE urn_urnslot")
    poll, _ = hall.opened(workers=0, users=VOTERS)
    in_order = iter(rows("SELECT id FROM urn_urnslot ORDER BY ctid"))
    monkeypatch.setattr(casting, "_free_slot", lambda poll, college: next(in_order)[0])
    monkeypatch.setattr(casting, "MIXED_COUNT", 0)

    taken = by_slots(poll, range(1, VOTERS + 1))

    assert likeness(order_in_the_file(taken)) > 0.9


def test_what_is_published_lies_in_the_order_of_its_commitments_written_all_at_once():
    poll, keys = hall.opened(workers=4, users=6)
    for number in (5, 3, 9, 1, 7, 10, 2):
        hall.vote(poll, number, "yes")

    hall.count(poll, keys, "ada", "bob")

    ranks = [rank for (rank,) in rows("SELECT rank FROM urn_publishedballot ORDER BY ctid")]
    assert ranks == [1, 2, 3, 4, 5, 6, 7]
    assert len(set(written_in("urn_publishedballot").values())) == 1
    assert len(set(written_in("urn_rollentry").values())) == 1


def bytes_of(table):
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()
        cursor.execute("SELECT pg_relation_filepath(%s)", [table])
        (path,) = cursor.fetchone()
    return Path(folder, path).read_bytes()


def a_sealed_ballot():
    return bytes(UrnSlot.objects.filter(is_used=True).order_by("pk")[0].sealed)


def test_once_swept_the_files_hold_no_sealed_ballot_and_no_share_any_more():
    poll, keys = hall.opened()
    hall.vote(poll, 1, "yes")
    sealed = a_sealed_ballot()
    assert sealed in bytes_of("urn_urnslot")
    hall.count(poll, keys, "ada", "bob")

    patiently(lambda: tasks.sweep(timestamp=0) or swept(poll))

    assert sealed not in bytes_of("urn_urnslot")


def where():
    """How psycopg reaches the database of this test."""
    known = connection.get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "host") if known.get(name)}


def swept(poll):
    poll.refresh_from_db()
    return poll.swept_at is not None


def patiently(perform):
    """Wait for what other connections of the machine may delay, such as statistics being taken."""
    deadline = time.monotonic() + 60
    while not perform():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_while_somebody_still_sees_the_time_before_the_count_nothing_is_said_to_be_swept():
    poll, keys = hall.opened()
    hall.vote(poll, 1, "yes")
    with psycopg.connect(**where()) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT count(*) FROM urn_urnslot")
        poll = hall.count(poll, keys, "ada", "bob")

        assert not actions.sweep(poll=poll, now=hall.CLOSING)
        assert not swept(poll)

    patiently(lambda: actions.sweep(poll=poll, now=hall.CLOSING))
    assert swept(poll)


def test_without_the_sweep_the_file_still_holds_what_was_taken_out():
    poll, keys = hall.opened()
    hall.vote(poll, 1, "yes")
    sealed = a_sealed_ballot()

    hall.count(poll, keys, "ada", "bob")

    assert sealed in bytes_of("urn_urnslot")


@pytest.fixture
def journal_kept():
    """Keep each file of the write-ahead log until the end of the test, whatever others write."""
    name = f"kept_{os.getpid()}"
    rows("SELECT pg_create_physical_replication_slot(%s, true, true)", name)
    yield
    rows("SELECT pg_drop_replication_slot(%s)", name)


def journal_holds(text):
    """Whether the write-ahead log, all its files, holds a text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_switch_wal()")
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()
    files = [path for path in Path(folder, "pg_wal").iterdir() if path.is_file()]
    assert files
    return any(text.encode() in read_unless_gone(path) for path in files)


def read_unless_gone(path):
    """The bytes of a file; of one older than what is kept, taken away meanwhile, none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


@pytest.mark.usefixtures("journal_kept")
def test_neither_the_journal_of_the_database_nor_its_tables_know_a_tracker_before_the_count():
    poll, _ = hall.opened()

    receipt = hall.vote(poll, 1, "yes")

    assert not journal_holds(receipt.tracker)
    assert receipt.tracker.encode() not in bytes_of("urn_urnslot")


@pytest.mark.usefixtures("journal_kept")
def test_a_slip_that_is_not_sealed_would_be_read_in_the_journal(monkeypatch):
    poll, _ = hall.opened()
    monkeypatch.setattr(casting.sealing, "seal", lambda content, **_: content)

    receipt = hall.vote(poll, 1, "yes")

    assert journal_holds(receipt.tracker)


def test_no_message_leaves_when_somebody_votes_and_all_leave_together_after_the_count():
    poll, keys = hall.opened()
    for number in (5, 2, 7):
        hall.vote(poll, number, "yes")
    assert not OutgoingEmail.objects.exists()

    hall.count(poll, keys, "ada", "bob")

    sent = list(OutgoingEmail.objects.order_by("pk").values_list("recipient", "written_at"))
    assert sent == [(f"votant{number}@exemple.fr", hall.CLOSING) for number in (2, 5, 7)]
    assert len(set(written_in("essaim_messages_outgoingemail").values())) == 1


def test_no_column_of_the_roll_or_of_the_urn_follows_time():
    kinds = (models.DateTimeField, models.DateField, models.TimeField)
    for model in (RollEntry, UrnSlot, PublishedBallot):
        assert [field.name for field in model._meta.fields if isinstance(field, kinds)] == []
    poll, _ = hall.opened()
    hall.vote(poll, 1, "yes")

    assert {slot.pk.version for slot in UrnSlot.objects.all()} == {4}


def test_the_roll_is_numbered_by_the_register_and_not_by_who_voted_first():
    poll, _ = hall.opened()
    for number in (5, 2, 7):
        hall.vote(poll, number, "yes")

    ids = list(poll.roll.order_by("number").values_list("pk", flat=True))
    assert ids == sorted(ids)


def test_a_sealed_ballot_is_as_long_as_the_noise_it_replaces():
    poll, _ = hall.opened()
    hall.vote(poll, 1, "yes")
    hall.vote(poll, 2, "abstain")

    assert len({len(bytes(slot.sealed)) for slot in UrnSlot.objects.all()}) == 1


def test_an_annulled_vote_leaves_no_ballot_and_no_share_in_the_files():
    poll, _ = hall.opened()
    hall.vote(poll, 1, "yes")
    sealed = a_sealed_ballot()
    assert sealed in bytes_of("urn_urnslot")

    actions.annul_poll(poll=poll, now=hall.CLOSING)
    patiently(lambda: tasks.sweep(timestamp=0) or swept(poll))

    assert sealed not in bytes_of("urn_urnslot")
    assert not poll.scrutineers.filter(sealed_share__isnull=False).exists()
    assert RollEntry.objects.get(poll=poll, has_voted=True).number == 1
