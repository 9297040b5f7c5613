"""A draw from the frozen list to the panel, its replacements and its replay by a stranger."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from essaim.commons.assembly.tests.held import held
from essaim.commons.ballots.rules.sortition import QuotaBeyondPeople
from essaim.commons.cooperative.queries import statutes_at
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.cooperative.tests.world import LATER, NOW
from essaim.commons.sortition import actions, queries
from essaim.commons.sortition.actions import Wanted
from essaim.commons.sortition.forms import PrepareForm
from essaim.commons.sortition.models import Declining, Sortition
from essaim.commons.sortition.rules.public import ELSEWHERE, digest
from essaim.commons.sortition.rules.refusals import (
    DrawnAlready,
    NobodyToDraw,
    NotDrawnYet,
    NotOnPanel,
)
from essaim.core.members.models import Member
from essaim.core.territories.models import Commune
from essaim.core.territories.rules import Position, cell_of

pytestmark = pytest.mark.django_db
MIXED = [Wanted("college", "users", 2, 3), Wanted("college", "employees", 1, 2)]


@pytest.fixture
def world():
    """Nine users and four employees."""
    found, early = coop.build(), NOW - timedelta(days=30)
    for number in range(9):
        found.join(coop.person(f"usager{number}"), shares=5, now=early)
    for number in range(4):
        found.join(coop.person(f"salarie{number}"), category="employees", shares=2, now=early)
    return found


def prepared(world, seats=4, quotas=MIXED, excluded=(), title="Jury du fonds"):
    return actions.prepare_draw(
        register=world.register, title=title, seats_count=seats, quotas=quotas, excluded=excluded,
        source="Le Loto du 12 mars", by=world.board, now=NOW,
    )  # fmt: skip


def drawn(world, announced="07 12 23", **more):
    return actions.draw(sortition=prepared(world, **more), announced=announced, now=LATER)


def decline(world, sortition, number):
    return actions.decline(sortition=sortition, number=number, by=world.board, now=LATER)


def colleges(sortition, numbers):
    of = {one["number"]: one["college"] for one in sortition.content["candidates"]}
    return sorted(of[number] for number in numbers)


def replay(sortition, folder):
    with zipfile.ZipFile(io.BytesIO(queries.replay_archive(sortition))) as files:
        files.extractall(folder)
    command = [sys.executable, "-I", "-S", "rejouer.py"]
    return subprocess.run(
        command, cwd=folder / "tirage", capture_output=True, text=True, check=False
    )


def test_the_panel_meets_its_quotas_and_leaves_out_who_is_excluded(world):
    found = drawn(world, excluded=[1, 2])

    assert len(set(found.panel)) == 4
    assert not {1, 2} & set(found.panel)
    assert colleges(found, found.panel).count("users") in {2, 3}


def test_the_seed_begins_with_the_list_and_ends_with_the_number(world):
    first, again, other = drawn(world), drawn(world), drawn(world, "07 12 24")

    assert first.panel == again.panel
    assert first.digest == digest(first.content)
    assert [first.panel, first.attempt] != [other.panel, other.attempt]


def test_the_digest_of_the_last_minutes_is_in_the_list():
    found = held()

    draw = prepared(found.hall.world, seats=1, quotas=[])

    assert draw.content["minutes"] == {"number": 1, "digest": found.minutes.digest}


def test_people_who_left_and_organisations_are_not_drawn(world):
    farm = world.join(world.farmer, category="producers", shares=5, organisation=world.farm)

    numbers = [one["number"] for one in prepared(world, quotas=[]).content["candidates"]]

    assert farm.number not in numbers
    assert len(numbers) == 13


def test_communes_that_are_named_have_their_quota_and_the_others_are_elsewhere(world):
    lille = Commune.objects.create(
        code="59350", name="Lille", search_text=" lille 59000", postcodes=["59000"],
        population=230_000, departement="59", region="32", lat=50.63, lng=3.06,
    )  # fmt: skip
    world.register.territory.communes.add(lille)
    here = cell_of(Position(lat=50.63, lng=3.06), 9)
    Member.objects.filter(display_name__in=["Usager1", "Usager2"]).update(home_cell=here)

    draw = prepared(world, seats=3, quotas=[Wanted("commune", "Lille", 1, 2)])

    assert sum(one["commune"] == "Lille" for one in draw.content["candidates"]) == 2
    assert draw.content["quotas"][-1] == {
        "category": "commune", "value": ELSEWHERE, "minimum": 0, "maximum": 3,
    }  # fmt: skip


def test_what_no_draw_can_give_is_refused_before_anything_is_frozen(world):
    with pytest.raises(QuotaBeyondPeople):
        prepared(world, seats=6, quotas=[Wanted("college", "users", 0, 6),
                                         Wanted("college", "employees", 5, 6)])  # fmt: skip
    with pytest.raises(NobodyToDraw):
        prepared(world, seats=99, quotas=[])

    assert not Sortition.objects.exists()


def test_a_number_is_announced_once(world):
    found = drawn(world)

    with pytest.raises(DrawnAlready):
        actions.draw(sortition=found, announced="autre", now=LATER)


def test_who_declines_is_replaced_by_somebody_of_the_kind_that_is_missing(world):
    found = drawn(world, seats=3, quotas=[Wanted("college", "users", 2, 2),
                                          Wanted("college", "employees", 1, 1)])  # fmt: skip
    gone = found.panel[0]

    first = decline(world, found, gone)
    second = decline(world, found, first.drawn)

    sitting = queries.members_of(found)
    assert colleges(found, sitting) == ["employees", "users", "users"]
    assert not {gone, first.drawn} & set(sitting)
    assert second.position == 2


def test_only_who_sits_declines_and_somebody_must_be_left(world):
    waiting = prepared(world)
    with pytest.raises(NotDrawnYet):
        decline(world, waiting, 1)
    found = drawn(world, seats=13, quotas=[])

    with pytest.raises(NotOnPanel):
        decline(world, found, 99)
    with pytest.raises(NobodyToDraw):
        decline(world, found, found.panel[0])
    assert not Declining.objects.exists()


def test_a_stranger_draws_the_same_with_one_file_of_python(world, tmp_path):
    found = drawn(world)
    decline(world, found, found.panel[1])
    decline(world, found, found.panel[3])

    done = replay(found, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Le tirage est bien celui qui est publié." in done.stdout


def test_the_replay_agrees_on_many_draws(world, tmp_path):
    waiting = prepared(world)
    for number in range(12):
        found = Sortition(content=waiting.content, announced=str(number), drawn_at=NOW)
        panel = actions.public.first_panel(found.content, found.announced)
        found.panel = [int(key) for key in panel.members]
        folder = tmp_path / str(number) / "tirage"
        folder.mkdir(parents=True)
        (folder / "liste.json").write_bytes(actions.public.as_bytes(found.content))
        seed = actions.public.seed_of(found.content, found.announced)
        (folder / "resultat.json").write_text(
            json.dumps({"announced": found.announced, "seed": seed, "panel": found.panel,
                        "replacements": []})
        )  # fmt: skip
        command = [sys.executable, "-I", "-S", str(queries.REPLAY), str(folder)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", ["liste.json", "resultat.json"])
def test_the_replay_sees_a_changed_file(world, tmp_path, name):
    found = drawn(world)
    with zipfile.ZipFile(io.BytesIO(queries.replay_archive(found))) as files:
        files.extractall(tmp_path)
    file = tmp_path / "tirage" / name
    content = json.loads(file.read_text())
    if name == "liste.json":
        content["candidates"][0]["number"] = 99
    else:
        content["panel"] = content["panel"][::-1]
    file.write_text(json.dumps(content))

    command = [sys.executable, "-I", "-S", "rejouer.py"]
    done = subprocess.run(command, cwd=tmp_path / "tirage", capture_output=True, check=False)

    assert done.returncode == 1


def test_a_frozen_list_and_a_draw_never_change(world):
    waiting, found = prepared(world), drawn(world)
    gone = decline(world, found, found.panel[0])

    for name, act in (
        ("sortition_is_drawn_once", lambda: _update(waiting, title="Autre")),
        ("sortition_is_drawn_once", lambda: _update(found, announced="autre")),
        ("sortition_is_drawn_once", waiting.delete),
        ("sortition_declining_is_kept", lambda: Declining.objects.update(drawn=1)),
        ("sortition_declining_is_kept", gone.delete),
        ("sortition_drawn_from_a_number", lambda: _update(waiting, announced="7")),
    ):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            act()
        assert refusal.value.__cause__.diag.constraint_name == name


def _update(sortition, **changes):
    Sortition.objects.filter(pk=sortition.pk).update(**changes)


def colleges_of(world):
    return statutes_at(world.register, NOW).colleges


def sent(**changes):
    fields = {
        "title": "Jury", "seats_count": "3", "communes": "", "excluded": "1 2, 3",
        "source": "Loto", **{f"low{place}": "0" for place in range(4)},
    }  # fmt: skip
    return fields | changes


def test_the_board_freezes_draws_and_replaces_and_associates_look(client, world):
    client.force_login(world.board)
    frozen = client.post(reverse("sortition:prepare"), sent())
    where = frozen.url
    assert "Le numéro est attendu" in client.get(where).content.decode()
    with zipfile.ZipFile(io.BytesIO(client.get(f"{where}files.zip").content)) as files:
        assert files.namelist() == ["tirage/liste.json"]

    run = f"{where}run/"
    empty = client.post(run, {"what": "draw", "announced": ""})
    client.post(run, {"what": "draw", "announced": "07 12 23"})
    found = Sortition.objects.get()
    twice = client.post(run, {"what": "draw", "announced": "08"})
    client.post(run, {"number": found.panel[0]})

    assert (empty.status_code, twice.status_code) == (422, 422)
    client.force_login(Member.objects.get(display_name="Usager5"))
    shown = client.get(where).content.decode()
    assert "3 personnes tirées" in shown
    assert "s’est désisté" in shown
    assert "Jury" in client.get(reverse("sortition:draws")).content.decode()
    assert "Se désiste" not in shown
    assert client.post(run, {"number": found.panel[1]}).status_code == 404
    assert client.get(reverse("sortition:prepare")).status_code == 404
    client.force_login(coop.person("passant"))
    assert client.get(where).status_code == 404


def test_a_refusal_is_told_on_the_form(client, world):
    client.force_login(world.board)

    answer = client.post(reverse("sortition:prepare"), sent(seats_count="50"))

    assert answer.status_code == 422
    assert "50 personnes" in answer.content.decode()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Lille : 2 à 4\nRoubaix: 0-3", [("Lille", 2, 4), ("Roubaix", 0, 3)]),
        ("Lille", None), ("Lille : 2", None), ("Lille : 1-2\nLille : 1-2", None),
    ],
)  # fmt: skip
def test_communes_are_read_line_by_line(world, written, read):
    form = PrepareForm(sent(communes=written), colleges=colleges_of(world))

    assert form.is_valid() is (read is not None)
    if read:
        assert form.cleaned_data["communes"] == read
        assert form.quotas()[-1] == Wanted("commune", *read[-1])


def test_numbers_left_out_are_numbers(world):
    form = PrepareForm(sent(excluded="1, Amina"), colleges=colleges_of(world))

    assert "excluded" in form.errors
