"""Unsafe installations are told so, with an id and a remedy."""

import pytest
from django.core.checks import run_checks

from essaim.site import checks

SECRET = "a-Secret-key-that-is-long-enough-0123456789-abcdefghij-XYZ"


@pytest.fixture
def sound(settings, tmp_path):
    """A public installation that has nothing to reproach itself with."""
    settings.BASE_URL = "https://essaim.example"
    settings.ALLOWED_HOSTS = ["essaim.example"]
    settings.DEBUG = False
    settings.DEMO = False
    settings.SECRET_KEY = SECRET
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SMTP_HOST = "smtp.example"
    settings.SMTP_USE_TLS = True
    settings.DEFAULT_FROM_EMAIL = "Essaim <bonjour@essaim.example>"
    return settings


def _ids(**options):
    return [m.id for m in run_checks(**options) if (m.id or "").startswith("essaim.")]


def test_a_sound_installation_has_nothing_to_say(sound):
    assert _ids() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("BASE_URL", "essaim.example", ["essaim.E001"]),
        ("BASE_URL", "http://essaim.example", ["essaim.E002"]),
        ("ROUTER_URL", "http://127.0.0.1:8002", ["essaim.E012"]),
        ("ALLOWED_HOSTS", ["*"], ["essaim.E003"]),
        ("ALLOWED_HOSTS", ["autre.example"], ["essaim.E004"]),
        ("ALLOWED_HOSTS", [".example"], []),
        ("DEBUG", True, ["essaim.E005"]),
        ("DEMO", True, ["essaim.E006"]),
        ("SECRET_KEY", "trop-courte", ["essaim.E007"]),
        ("SECRET_KEY", "a" * 80, ["essaim.E007"]),
        ("DATA_DIR", "/proc/essaim", ["essaim.E008"]),
        ("TIME_ZONE_UNKNOWN", True, ["essaim.E011"]),
        ("SMTP_HOST", "", ["essaim.W001"]),
        ("SMTP_USE_TLS", False, ["essaim.W002"]),
        ("DEFAULT_FROM_EMAIL", "Essaim <essaim@localhost>", ["essaim.W003"]),
    ],
)
def test_each_danger_has_its_id(sound, monkeypatch, name, value, expected):
    if name == "TIME_ZONE_UNKNOWN":
        monkeypatch.setattr(checks, "ZoneInfo", _unknown_zone)
    else:
        setattr(sound, name, value)

    assert _ids() == expected


def _unknown_zone(name):
    raise checks.ZoneInfoNotFoundError(name)


def test_a_machine_of_ones_own_needs_neither_https_nor_mail(sound):
    sound.BASE_URL = "http://localhost:8000"
    sound.ALLOWED_HOSTS = ["localhost"]
    sound.DEMO = True
    sound.SMTP_HOST = ""

    assert _ids() == []


def test_every_message_says_what_to_do(sound):
    sound.BASE_URL = "http://essaim.example"
    sound.ALLOWED_HOSTS = ["*"]
    sound.SECRET_KEY = "trop-courte"
    sound.SMTP_HOST = ""

    assert all(message.hint for message in run_checks())


@pytest.mark.django_db
def test_an_old_database_without_its_extensions_is_named(sound, monkeypatch):
    monkeypatch.setattr(checks, "POSTGRESQL_MAJOR_MIN", 99)
    monkeypatch.setattr(checks, "EXTENSIONS", checks.EXTENSIONS | {"no_such_extension"})

    assert _ids(databases=["default"]) == ["essaim.E009", "essaim.E010"]


@pytest.mark.django_db
def test_the_database_of_the_tests_is_recent_and_complete(sound):
    assert _ids(databases=["default"]) == []
