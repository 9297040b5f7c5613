"""A vote on Belenios from its files to the decision, and to the minutes."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from essaim.commons.assembly import actions as assembly
from essaim.commons.assembly.actions import Change
from essaim.commons.assembly.models import Motion
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.rules.refusals import VoteUnderWay, WrongStep
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import MEETING, NEXT_DAY
from essaim.commons.belenios import actions, queries
from essaim.commons.belenios.actions import Given
from essaim.commons.belenios.models import CollegeResult
from essaim.commons.belenios.rules.refusals import CollegeMissing
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import RollEntry
from essaim.commons.urn.rules.refusals import PollStarted
from essaim.core.bylaws import queries as bylaws
from essaim.core.bylaws.rules import rule_book
from essaim.core.members.models import Member

pytestmark = pytest.mark.django_db


def given(*entry, ballots=None):
    body = json.dumps({"result": [list(entry)]}).encode()
    return Given(body, len(entry) if ballots is None else ballots)


def sitting(**motion):
    hall, proposed = halls.sitting("amina", "bea", "chloe", "elie", is_secret=True, **motion)
    return hall, read(proposed)


def read(motion):
    """The motion as a page loads it, its assembly as it stands."""
    return Motion.objects.select_related("item__assembly__register").get(pk=motion.pk)


def record(hall, motion, **results):
    return actions.record_results(motion=motion, given=results, by=hall.world.board, now=MEETING)


def address(hall, name, position=1):
    return reverse(f"belenios:{name}", args=[hall.assembly.public_id, position])


def test_each_college_has_its_folder_and_a_proxy_is_voted_by_who_holds_it():
    hall, motion = sitting()
    hall.give("david", "amina")
    Member.objects.filter(pk=hall.member("fanny").pk).update(email="")

    first, again = queries.archive(motion), queries.archive(motion)

    with zipfile.ZipFile(io.BytesIO(first)) as files:
        users = files.read("users/voters.txt").decode().splitlines()
        assert files.read("employees/sans-adresse.txt").decode() == "6 Fanny\n"
        assert files.read("employees/voters.txt") == b"elie@exemple.fr,5\n"
        question = json.loads(files.read("users/election.json"))["questions"][0]
        assert "voters.txt" in files.read("MODE-D-EMPLOI.txt").decode()
    assert "amina@exemple.fr,4" in users
    assert question["answers"] == ["Pour", "Contre", "Abstention"]
    assert first == again


def test_colleges_are_counted_together_by_our_rules_and_the_rule_is_in_force():
    rate = next(article for article in rule_book() if article.unit == "bps")
    hall, motion = sitting(changes=[Change(rate, rate.minimum, NEXT_DAY)])

    done = record(
        hall, motion, users=given(1, 3, 0, ballots=4), employees=given(2, 0, 0, ballots=2)
    )

    # A quarter of the users for 35 %, all the employees for 20 %: (35/4 + 20) / 55 is 52 %.
    assert done.is_adopted
    assert done.outcome["weighted"]["yes_share"] == "23/44"
    assert done.outcome["heads"]["yes_share"] == "1/2"
    assert done.outcome["turnout"] == {"employees": [2, 2], "users": [4, 4]}
    assert bylaws.value(rate, at=NEXT_DAY) == rate.minimum
    assert RollEntry.objects.filter(poll=done.poll, has_voted=True).count() == 0
    assert CollegeResult.objects.count() == 2


def test_an_election_is_counted_from_its_opened_ballots():
    hall = halls.build()
    hall.draft()
    council = assembly.propose_election(
        assembly=hall.assembly, title="Conseil", text="", names=["Ada", "Bob", "Chloé"],
        method=Method.SCHULZE,
    )  # fmt: skip
    hall.convene()
    hall.open("amina", "bea", "chloe", "elie")

    done = record(
        hall,
        read(council),
        users=given([1, 2, 3], [1, 3, 2], [1, 2, 0]),
        employees=given([3, 1, 2]),
    )

    assert done.outcome["heads"]["winners"] == ["c1"]
    assert done.outcome["ballots_count"] == 4


def test_every_college_must_be_given_and_nothing_is_written_before():
    hall, motion = sitting()

    with pytest.raises(CollegeMissing):
        record(hall, motion, users=given(1, 3, 0, ballots=4))

    motion.refresh_from_db()
    assert (motion.is_adopted, motion.poll) == (None, None)
    assert not CollegeResult.objects.exists()


def test_what_is_declared_or_voted_here_takes_no_result():
    hall, motion = sitting()
    results = {"users": given(1, 3, 0, ballots=4), "employees": given(2, 0, 0, ballots=2)}
    done = record(hall, motion, **results)

    with pytest.raises(VoteUnderWay):
        record(hall, motion, **results)
    with pytest.raises(PollStarted):
        urn.keep_outside_result(poll=done.poll, digest="0" * 64, now=MEETING)
    for change in ({"content": b"{}"}, {"ballots_count": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CollegeResult.objects.update(**change)


def test_results_are_declared_in_the_meeting():
    hall = halls.build()
    hall.draft()
    motion = hall.propose(is_secret=True)
    hall.convene()
    motion = read(motion)

    with pytest.raises(WrongStep):
        record(hall, motion, users=given(1, 0, 0, ballots=1), employees=given(0, 0, 0, ballots=0))


def test_the_minutes_say_who_voted_there_and_the_digest_of_the_results():
    hall, motion = sitting()
    done = record(
        hall, motion, users=given(3, 0, 0, ballots=3), employees=given(1, 0, 0, ballots=1)
    )

    minutes = assembly.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)

    point = minutes.content["points"][0]
    assert point["is_outside"] is True
    assert point["turnout"] == {"employees": [1, 2], "users": [3, 4]}
    assert point["ballots_digest"] == done.poll.digest
    assert len(done.poll.digest) == 64


def test_the_secretary_takes_the_files_and_brings_the_results_back(client):
    hall, motion = sitting()
    client.force_login(hall.world.board)
    where = address(hall, "vote")
    shown = client.get(where).content.decode()
    assert "moins de cinq votants" in shown.lower()
    assert client.get(address(hall, "files"))["Content-Type"] == "application/zip"

    def sent(users):
        return {
            "file0": SimpleUploadedFile("r.json", users), "count0": 3,
            "file1": SimpleUploadedFile("r.json", b'{"result":[[1,0,0]]}'), "count1": 1,
        }  # fmt: skip

    wrong = client.post(where, sent(b'{"result":[[9,0,0]]}'))
    right = client.post(where, sent(b'{"result":[[3,0,0]]}'))

    assert wrong.status_code == 422
    assert "ne peuvent pas venir de 3" in wrong.content.decode()
    assert right.status_code == 302
    motion.refresh_from_db()
    assert motion.is_adopted
    assert "résultat est proclamé" in client.get(where).content.decode()


def test_only_secret_votes_of_the_board_go_to_belenios(client):
    hall, _motion = halls.sitting()
    client.force_login(hall.world.board)
    assert client.get(address(hall, "vote")).status_code == 404

    client.force_login(hall.member("amina"))
    assert client.get(address(hall, "files")).status_code == 404
