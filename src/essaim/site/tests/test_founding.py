"""Founding an installation: clear answers, one cooperative, one member who holds every key."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress

from essaim.core.members.models import Member, Organisation
from essaim.core.territories.actions import UnknownGrouping, load_communes
from essaim.core.territories.models import Territory
from essaim.site import actions, env, founding

NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
LILLE = founding.Choice("Lille", "Métropole Européenne de Lille", epci_code="200093201")


def _found(**changes):
    values = {
        "name": "Essaim du Val",
        "siren": "",
        "territory": LILLE,
        "territory_name": "Le Val",
        "founder_name": "Ana",
        "founder_email": "ana@exemple.fr",
        "now": NOW,
    }
    return actions.found(**values | changes)


@pytest.mark.django_db
def test_founding_draws_the_territory_and_gives_every_key_to_the_founder():
    load_communes()

    founder = _found()

    cooperative = Organisation.objects.get()
    roles = founder.memberships.filter(organisation=cooperative).values_list("role", flat=True)
    assert cooperative.kind == Organisation.Kind.COOPERATIVE
    assert sorted(roles) == ["board", "clerk", "manager"]
    assert Territory.objects.get().communes.count() == 95
    assert EmailAddress.objects.get(user=founder).verified
    assert not founder.has_usable_password()


@pytest.mark.django_db
def test_an_installation_is_founded_once():
    load_communes()
    _found()

    with pytest.raises(actions.AlreadyFounded):
        _found(name="Autre", territory_name="Autre", founder_email="bob@exemple.fr")

    assert Member.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_territory_leaves_nothing_behind():
    with pytest.raises(UnknownGrouping):
        _found(territory=founding.Choice("?", "?", epci_code="000000000"))

    assert not founding.is_founded()
    assert not Member.objects.exists()


@pytest.mark.django_db
def test_the_link_of_the_founder_opens_the_choice_of_a_password(client):
    load_communes()
    link = founding.first_sign_in_link(_found(), "http://testserver")

    page = client.get(link, follow=True)

    assert page.status_code == 200
    assert 'name="password1"' in page.content.decode()


@pytest.mark.django_db
def test_territories_are_found_by_name_code_or_postcode():
    load_communes()

    assert founding.choices_of_territory("200093201")[0].epci_code == "200093201"
    assert "59350" in {c.commune_code for c in founding.choices_of_territory("lille")}
    assert "59350" in {c.commune_code for c in founding.choices_of_territory("59800")}
    assert founding.choices_of_territory("zzzzzz") == []


@pytest.mark.parametrize(
    ("read", "typed", "understood"),
    [
        (founding.read_name, "  Essaim   du Val ", "Essaim du Val"),
        (founding.read_email, " Ana@Exemple.fr ", "ana@exemple.fr"),
        (founding.read_siren, "732 829 320", "732829320"),
        (founding.read_siren, "", ""),
        (founding.read_base_url, "https://essaim.example/", "https://essaim.example"),
        (founding.read_base_url, "http://localhost:8000", "http://localhost:8000"),
        (founding.read_port, "587", "587"),
    ],
)
def test_an_answer_is_understood(read, typed, understood):
    assert read(typed) == understood


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (founding.read_name, " "),
        (founding.read_name, "x" * 81),
        (founding.read_email, "ana"),
        (founding.read_siren, "732829321"),
        (founding.read_siren, "12"),
        (founding.read_base_url, "essaim.example"),
        (founding.read_base_url, "https://essaim.example/page"),
        (founding.read_base_url, "ftp://essaim.example"),
        (founding.read_smtp_host, "smtp://example"),
        (founding.read_port, "70000"),
        (founding.read_port, "abc"),
    ],
)
def test_a_bad_answer_is_explained(read, typed):
    with pytest.raises(founding.BadAnswer, match=r"\w{3}"):
        read(typed)


def test_the_kept_settings_serve_the_address_and_this_machine():
    answers = {"base_url": "https://essaim.example", "name": "Val", "admin_email": "a@b.fr"}

    assert founding.settings_of(answers) == {
        "ESSAIM_BASE_URL": "https://essaim.example",
        "ESSAIM_HOSTS": "essaim.example,localhost,127.0.0.1",
        "ESSAIM_FROM_EMAIL": "Val <a@b.fr>",
    }


def test_settings_kept_are_read_again_and_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("ESSAIM_SMTP_PORT", "25")
    monkeypatch.delenv("ESSAIM_SMTP_HOST", raising=False)
    env.keep(tmp_path, {"ESSAIM_SMTP_HOST": "smtp.example", "ESSAIM_SMTP_PORT": "587"})
    # Set, then deleted: what `load` adds is thus undone after the test.
    monkeypatch.setenv("ESSAIM_SMTP_HOST", "")
    monkeypatch.delenv("ESSAIM_SMTP_HOST")

    env.load(tmp_path)

    assert env.text("ESSAIM_SMTP_HOST") == "smtp.example"
    assert env.integer("ESSAIM_SMTP_PORT", 0) == 25
    assert (tmp_path / "essaim.env").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("line", ["ESSAIM_DEBUG", "PATH=/tmp", "LD_PRELOAD=x.so"])
def test_a_settings_file_with_anything_else_is_refused(line):
    with pytest.raises(env.BadSetting, match="line 2"):
        env.parse(f"# comment\n{line}")


def test_a_value_of_two_lines_is_not_kept(tmp_path):
    with pytest.raises(env.BadSetting):
        env.keep(tmp_path, {"ESSAIM_FROM_EMAIL": "a\nESSAIM_DEMO=true"})
