"""What can be read afterwards: the published ballots, their file."""

import hashlib
import io
import subprocess
import sys
import zipfile

import pytest
from django.urls import reverse

from essaim.commons.assembly.models import Minutes
from essaim.commons.assembly.tests.held import held as held_assembly
from essaim.commons.assembly.tests.pages import address, page
from essaim.commons.assembly.wording import choice_words
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.urn.models import Poll
from essaim.core.bylaws.models import ArticleValue

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    found = held_assembly()
    return found.hall, found.receipts


def test_the_address_of_the_assembly_leads_to_its_minutes_once_it_is_over(client, held):
    hall, _ = held
    client.force_login(hall.member("fanny"))

    assert client.get(address(hall, "minutes")).url == reverse(
        "minutes:minutes", args=[hall.assembly.public_id]
    )
    page(client, hall, "minutes", member=coop.person("passant"), status=404)


def test_before_the_close_the_minutes_lead_to_the_assembly_itself(client, held):
    hall, _ = held
    hall.draft()
    hall.propose()
    hall.convene()
    page(client, hall, "minutes", member=coop.person("passant"), status=404)
    client.force_login(hall.member("amina"))

    asked = client.get(address(hall, "minutes"))

    assert asked.url == address(hall, "assembly")


def test_a_rule_leads_to_the_decision_that_changed_it(client, held):
    hall, _ = held
    rule = ArticleValue.objects.get()

    history = client.get(reverse("bylaws:rule", args=[rule.article_key])).content.decode()

    assert rule.decision_path == f"{address(hall, 'minutes')}#point-1"
    assert f'href="{rule.decision_path}"' in history
    client.force_login(hall.member("amina"))
    minutes = client.get(rule.decision_path, follow=True)
    assert 'id="point-1"' in minutes.content.decode()


def test_each_voter_finds_their_ballot_in_the_published_list(client, held):
    hall, (mine, *_others) = held

    shown = page(client, hall, "ballots", 2, member=hall.member("amina"))
    found = page(client, hall, "ballots", 2, q=mine.tracker.lower())
    lost = page(client, hall, "ballots", 2, q="AAAAAAAAAA")

    assert shown.count("Bulletin blanc") == 1
    assert mine.tracker in found
    assert "Ada, Chloé" in found
    assert "Aucun bulletin ne porte ce numéro" in lost


def test_the_file_of_ballots_has_the_digest_of_the_minutes(client, held):
    hall, receipts = held
    client.force_login(hall.member("amina"))

    file = client.get(address(hall, "ballots_csv", 2)).content

    assert (
        hashlib.sha256(file).hexdigest()
        == Minutes.objects.get().content["points"][1]["ballots_digest"]
    )
    assert all(one.commitment in file.decode() for one in receipts)


def test_what_is_downloaded_counts_the_vote_again(client, held, tmp_path):
    hall, _ = held
    client.force_login(hall.member("amina"))

    archive = client.get(address(hall, "recount", 2)).content

    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        files.extractall(tmp_path)
    command = [sys.executable, "-I", "-S", "verifier.py", "."]
    done = subprocess.run(command, cwd=tmp_path / "vote", capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_named_vote_has_no_list_of_ballots(client, held):
    hall, _ = held

    for name in ("ballots", "ballots_csv", "recount"):
        page(client, hall, name, 1, member=hall.member("amina"), status=404)
        page(client, hall, name, 3, status=404)


@pytest.mark.parametrize(
    ("kind", "written", "words"),
    [
        ("motion", '"no"', "Contre"),
        ("grades", '{"a":6,"b":0}', "Ada\u00a0: Excellent, Bob\u00a0: À rejeter"),
        ("ranking", '[["b"],["a","c"]]', "1. Bob, 2. Ada = Chloé"),
        ("ranking", '"blank"', "Bulletin blanc"),
    ],
)
def test_a_choice_is_told_in_plain_words(kind, written, words):
    names = {"a": "Ada", "b": "Bob", "c": "Chloé"}
    options = [{"code": code, "label": label} for code, label in names.items()]

    assert choice_words(Poll(paper_kind=kind, options=options), written) == words
