"""The verifier, alone with the published files, finds what was declared and what was changed."""

import hashlib
import json
import subprocess
import sys

import pytest

from essaim.commons.urn import queries
from essaim.commons.urn.tests import hall

pytestmark = pytest.mark.django_db
COUNTING = {
    "method": "motion", "needed": "1/2", "is_more_than": True, "base": "valid",
    "abstentions": False,
}  # fmt: skip
# Workers (2/5): two yes of three; users (3/5): one yes of three, one blank. 2/5 × 2/3 + 3/5 × 1/3.
OUTCOME = {
    "heads": {"yes": "3", "no": "3", "abstain": "1", "is_adopted": False},
    "weighted": {"yes_share": "7/15", "is_adopted": False},
}


@pytest.fixture
def published(tmp_path):
    poll, keys = hall.opened(counting=COUNTING)
    receipt = None
    for number, choice in enumerate(("yes", "yes", "no", "yes", "no", "no", "blank"), start=1):
        receipt = hall.vote(poll, number, choice)
    poll = hall.count(poll, keys, "ada", "bob")
    for name, content in queries.published_files(poll, OUTCOME).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path, receipt


def verify(folder, *receipt):
    """Run it as a voter would: isolated, no site packages, no path of ours."""
    arguments = ["--receipt", *receipt] if receipt else []
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verifier.py"), str(folder), *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_what_was_declared_is_found_again(published):
    folder, _ = published

    code, said = verify(folder)

    assert code == 0, said
    assert "7 bulletin(s)" in said
    assert "Par collèges : 46,67 % de oui, rejeté." in said


def test_a_voter_finds_their_own_ballot(published):
    folder, receipt = published

    code, said = verify(folder, receipt.tracker, receipt.commitment)
    other_code, other_said = verify(folder, receipt.tracker, "0" * 64)

    assert (code, other_code) == (0, 1)
    assert 'est compté : "blank"' in said
    assert "n’est pas celui du reçu" in other_said


def change(folder, name, perform):
    path = folder / name
    path.write_text(perform(path.read_text("utf-8")), "utf-8")


def in_json(**changes):
    def perform(text):
        content = json.loads(text)
        for key, value in changes.items():
            place = content
            *way, last = key.split("__")
            for step in way:
                place = place[int(step) if step.isdecimal() else step]
            place[last] = value
        return json.dumps(content)

    return perform


def swapped(text):
    header, first, second, *rest = text.splitlines()
    return "\n".join([header, second, first, *rest]) + "\n"


def digest_of(folder):
    change(
        folder, "poll.json",
        in_json(ballots_sha256=hashlib.sha256((folder / "ballots.csv").read_bytes()).hexdigest()),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "perform", "said"),
    [
        ("ballots.csv", lambda text: text.replace('"yes"', '"no" '), "n’est pas le sien"),
        ("ballots.csv", swapped, "pas dans l’ordre"),
        ("ballots.csv", lambda text: "\n".join(text.splitlines()[:-1]) + "\n", "émargement(s)"),
        ("ballots.csv", lambda text: text + text.splitlines()[-1] + "\n", "figure deux fois"),
        ("poll.json", in_json(colleges__0__voted=1), "émargement(s)"),
        ("result.json", in_json(heads__yes="4"), "« yes » déclarés"),
        ("result.json", in_json(heads__is_adopted=True), "n’est pas celui-ci"),
        ("result.json", in_json(weighted__yes_share="1/2"), "par collèges est 1/2"),
        ("result.json", in_json(weighted__is_adopted=True), "n’est pas celui-ci"),
    ],
)
def test_whatever_is_changed_afterwards_is_seen(published, name, perform, said):
    folder, _ = published

    change(folder, name, perform)
    if name == "ballots.csv":
        assert "n’est pas le fichier" in verify(folder)[1]
        digest_of(folder)

    code, heard = verify(folder)
    assert code == 1, heard
    assert said in heard


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "\0"])
def test_files_that_cannot_be_read_are_said(published, content):
    folder, _ = published

    change(folder, "ballots.csv", lambda _: content)

    assert verify(folder)[0] == 2
