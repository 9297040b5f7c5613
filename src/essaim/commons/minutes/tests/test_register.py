"""The register of minutes: all of them in order, and a file that proves itself."""

import hashlib
import io
import zipfile

import pytest
from django.urls import reverse

from essaim.commons.assembly import actions as assembly
from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.assembly.tests.held import held
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.minutes import actions
from essaim.commons.minutes.rules.signing import Means, Role

pytestmark = pytest.mark.django_db


def read(client, name="register", member=None):
    client.force_login(member)
    return client.get(reverse(f"minutes:{name}"))


@pytest.fixture
def two():
    """Two assemblies: the first one signed, the second one with a title a spreadsheet would run."""
    found = held()
    board = found.hall.world.board
    actions.sign(
        minutes=found.minutes, role=Role.SECRETARY, copied=found.minutes.digest, by=board,
        means=Means.TYPED, now=MEETING,
    )  # fmt: skip
    found.hall.draft(title="=1+1")
    assembly.add_item(assembly=found.hall.assembly, title="Un point")
    found.hall.convene()
    found.hall.open("amina", "bea")
    assembly.close_meeting(assembly=found.hall.assembly, by=board, now=MEETING)
    return found


def test_associates_see_every_minutes_the_latest_first(client, two):
    shown = read(client, member=two.hall.member("fanny")).content.decode()

    assert "2 procès-verbaux, sans trou" in shown
    assert shown.index("N° 2") < shown.index("N° 1")
    assert "1 signature" in shown
    assert "Pas encore signé" in shown


def test_an_empty_register_says_so(client, settings):
    world = coop.build()

    assert "Pas encore de procès-verbal" in read(client, member=world.board).content.decode()


def test_the_list_says_number_day_digest_and_signatures(client, two):
    lines = read(client, "register_csv", two.hall.member("amina")).content.decode().splitlines()

    assert lines[0].startswith("\ufeffN°;Tenue le;")
    assert lines[1].startswith("1;18/12/2026;Assemblée générale ordinaire;")
    assert lines[1].endswith(f"{two.minutes.digest};Clara")
    assert ";'=1+1;" in lines[2]


def test_each_file_of_the_export_has_the_digest_beside_it(client, two):
    answer = read(client, "register_zip", two.hall.member("amina"))

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        sums = dict(
            reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines()
        )
        found = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in sums}
        assert sorted(archive.namelist()) == sorted([*sums, "SHA256SUMS", "registre.csv"])
    assert found == sums
    assert len(sums) == 2
    assert read(client, "register_zip", two.hall.member("amina")).content == answer.content
