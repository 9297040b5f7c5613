"""The doctor asks its questions in order and names what is wrong with its remedy."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from essaim.core.ledger import actions as ledger
from essaim.core.ledger.rules import Draft
from essaim.kernel import clock
from essaim.site import diagnosis, diagnosis_of_data
from essaim.site.commands import doctor

NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def _note(folder, name, at):
    (folder / name).write_text(json.dumps({"at": at.isoformat(), "path": "x.tar"}))


@pytest.mark.django_db
def test_every_check_answers_with_a_number_and_problems_with_a_remedy(folder):
    answers = doctor.examine(clock.now())

    assert len(answers) >= 20
    assert [number for number, _, _ in answers] == list(range(1, len(answers) + 1))
    for _, check, finding in answers:
        is_problem = finding.state in {"warning", "failure"}
        assert bool(finding.remedy) == is_problem, check.name


@pytest.mark.django_db
def test_when_the_database_is_away_only_the_machine_is_examined(folder):
    answers = doctor.examine(clock.now(), refusal="could not start")

    states = {check.name: finding for _, check, finding in answers}
    assert states["Base de données"].detail == "could not start"
    assert states["Comptes"].state == "failure"
    assert states["Place sur le disque"].state == "ok"


def test_roads_that_do_not_read_are_said_and_none_are_no_problem(folder):
    assert diagnosis.roads(NOW).state == "not-needed"
    (folder / "roads" / "val").mkdir(parents=True)
    (folder / "roads" / "val" / "car.json").write_text("{}")

    found = diagnosis.roads(NOW)

    assert found.state == "warning"
    assert found.remedy == "./essaim roads rebuild --territory val"


@pytest.mark.parametrize(
    ("age", "state"),
    [(timedelta(hours=5), "ok"), (timedelta(days=3), "warning"), (timedelta(days=8), "failure")],
)
def test_the_older_the_backup_the_graver(folder, age, state):
    _note(folder, "last_backup.json", NOW - age)

    assert diagnosis.backup_age(NOW).state == state


def test_no_backup_is_a_failure_once_people_come(folder, settings):
    assert diagnosis.backup_age(NOW).state == "warning"

    settings.BASE_URL = "https://essaim.example"

    assert diagnosis.backup_age(NOW).state == "failure"


def test_a_proof_older_than_five_weeks_is_to_be_renewed(folder):
    assert diagnosis.proven_restore(NOW).state == "warning"

    _note(folder, "last_proven_restore.json", NOW - timedelta(days=30))
    assert diagnosis.proven_restore(NOW).state == "ok"

    _note(folder, "last_proven_restore.json", NOW - timedelta(days=40))
    assert diagnosis.proven_restore(NOW).state == "warning"


def test_a_secret_that_others_may_read_is_a_failure(folder):
    key = folder / "secret_key"
    key.write_text("secret")
    key.chmod(0o644)
    assert diagnosis.secret_key_permissions(NOW).state == "failure"

    key.chmod(0o600)
    assert diagnosis.secret_key_permissions(NOW).state == "ok"


def test_a_mail_server_that_does_not_answer_is_a_failure(settings):
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", 9

    assert diagnosis.smtp(NOW).state == "failure"


def test_a_public_address_in_http_is_a_failure(settings):
    settings.BASE_URL = "http://essaim.example"

    assert diagnosis.https(NOW).state == "failure"


@pytest.mark.django_db(transaction=True)
def test_a_ledger_that_does_not_balance_is_a_failure():
    till = ledger.open_account(code="till", label="Till")
    hub = ledger.open_account(code="hub", label="Hub", minimum=0)
    draft = Draft(key="first", kind="order", lines=((till.pk, -1250), (hub.pk, 1250)))
    ledger.post(drafts=[draft], now=NOW)
    assert diagnosis_of_data.ledger_balanced(NOW).state == "ok"

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE ledger_entry SET amount = amount + 1 WHERE amount > 0")
        cursor.execute("SET session_replication_role = DEFAULT")

    assert diagnosis_of_data.ledger_balanced(NOW).state == "failure"


@pytest.mark.django_db
def test_the_worker_is_known_by_its_heartbeat():
    assert diagnosis_of_data.worker(NOW).state == "warning"

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [NOW])

    assert diagnosis_of_data.worker(NOW + timedelta(seconds=30)).state == "ok"
    assert diagnosis_of_data.worker(NOW + timedelta(minutes=5)).state == "warning"


@pytest.mark.django_db
def test_e_mails_that_wait_for_an_hour_are_a_failure(settings):
    from essaim.core.messages.actions import write_email

    settings.SMTP_HOST = "smtp.example"
    write_email(recipient="ana@exemple.fr", subject="Bonjour", body="Bonjour", now=NOW)

    assert diagnosis_of_data.outbox(NOW + timedelta(minutes=5)).state == "ok"
    assert diagnosis_of_data.outbox(NOW + timedelta(hours=2)).state == "failure"


@pytest.mark.django_db
def test_migrations_that_wait_are_a_failure():
    assert diagnosis_of_data.migrations(NOW).state == "ok"

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'members'")

    assert diagnosis_of_data.migrations(NOW).state == "failure"


@pytest.mark.django_db
def test_a_database_that_may_lose_payments_is_a_failure():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    finding = diagnosis_of_data.durability(NOW)

    assert finding.state == "failure"
    assert "synchronous_commit" in finding.detail
