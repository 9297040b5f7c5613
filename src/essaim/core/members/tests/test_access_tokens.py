"""Keys of programs: made by a member, shown once, over at their end, revoked at once."""

import re
import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from essaim.core.members import actions
from essaim.core.members.models import AccessToken, Member
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
PAGE = "/my/keys/"
GUARDED = "/api/v1/members/me"


@pytest.fixture
def nora():
    return Member.objects.create_user("nora@exemple.fr", display_name="Nora")


@pytest.fixture
def stranger():
    return Member.objects.create_user("zoe@exemple.fr", display_name="Zoé")


def _key(member, name="tableur", **more):
    return actions.create_access_token(member=member, name=name, now=clock.now(), **more)


def _opens(key):
    answer = Client().get(GUARDED, headers={"Authorization": f"Bearer {key}"})
    return answer.status_code == 200


def test_a_key_is_shown_on_the_answer_to_the_form_and_never_again(client, nora):
    client.force_login(nora)

    answer = client.post(PAGE, {"name": "Tableur", "days": "30"})
    page = answer.content.decode()
    (key,) = set(re.findall(r"essaim_[\w-]{40,}", page))
    again = client.get(PAGE).content.decode()

    assert _opens(key)
    assert answer["Cache-Control"] == "no-store"
    assert "Tableur" in again
    assert key not in again
    assert not AccessToken.objects.filter(digest=key.encode()).exists()


def test_the_same_form_sent_twice_makes_one_key(client, nora):
    client.force_login(nora)

    client.post(PAGE, {"name": "Tableur", "days": "30"})
    again = client.post(PAGE, {"name": "Tableur", "days": "30"})

    assert again.status_code == 422
    assert "déjà une clé de ce nom" in again.content.decode()
    assert AccessToken.objects.count() == 1


@pytest.mark.parametrize(
    "typed", [{}, {"name": "x", "days": "30"}, {"name": "Tableur", "days": "7"}]
)
def test_a_form_that_cannot_be_used_makes_no_key(client, nora, typed):
    client.force_login(nora)

    assert client.post(PAGE, typed).status_code == 422
    assert not AccessToken.objects.exists()


def test_somebody_without_keys_is_told_when_one_is_needed(client, nora):
    client.force_login(nora)

    assert "Aucun programme n’agit pour vous" in client.get(PAGE).content.decode()


def test_a_key_works_until_its_end(nora):
    now = clock.now()
    over = _key(nora, "vieux", expires_at=now)
    good = _key(nora, "neuf", expires_at=now + timedelta(hours=1))
    endless = _key(nora, "sans fin")

    assert [_opens(key) for key in (over, good, endless)] == [False, True, True]


def test_a_revoked_key_opens_nothing_and_its_name_is_free_again(client, nora):
    key = _key(nora)
    client.force_login(nora)

    answer = client.post(reverse("members:revoke_access_token", args=[nora.access_tokens.get().pk]))

    assert answer.url == PAGE
    assert not _opens(key)
    assert _opens(_key(nora))


def test_looking_at_the_address_revokes_nothing(client, nora):
    key = _key(nora)
    client.force_login(nora)

    client.get(reverse("members:revoke_access_token", args=[nora.access_tokens.get().pk]))

    assert _opens(key)


def test_nobody_sees_or_revokes_the_key_of_another(client, nora, stranger):
    key = _key(nora, "secret de Nora")
    client.force_login(stranger)

    page = client.get(PAGE).content.decode()
    answer = client.post(reverse("members:revoke_access_token", args=[nora.access_tokens.get().pk]))

    assert "secret de Nora" not in page
    assert answer.status_code == 404
    assert _opens(key)


def test_the_last_use_is_noted_once_an_hour(nora, monkeypatch):
    key, start = _key(nora), clock.now()
    uses = []
    for minutes in (0, 30, 90):
        monkeypatch.setattr(clock, "now", lambda at=start + timedelta(minutes=minutes): at)
        assert _opens(key)
        uses.append(AccessToken.objects.get().last_used_at)

    assert uses == [start, start, start + timedelta(minutes=90)]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_is_opened_again_by_the_next_request_of_a_program(nora):
    key = _key(nora)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(connection.connection.info.dsn) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])

    assert _opens(key)


def test_a_key_of_an_account_that_was_closed_opens_nothing(nora):
    key = _key(nora)
    Member.objects.filter(pk=nora.pk).update(is_active=False)

    assert not _opens(key)


def test_keys_are_counted(nora):
    for number in range(actions.TOKENS_MAX):
        _key(nora, f"programme {number}")

    with pytest.raises(actions.TooManyTokens) as refusal:
        _key(nora, "un de trop")

    assert refusal.value.details == {"tokens_max": 20}
    assert AccessToken.objects.count() == actions.TOKENS_MAX


def test_the_database_itself_keeps_one_key_a_name(nora):
    _key(nora)

    with pytest.raises(IntegrityError), transaction.atomic():
        AccessToken.objects.create(member=nora, name="tableur", digest=b"x", created_at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_two_forms_sent_at_the_same_time_make_one_key():
    nora = Member.objects.create_user("nora@exemple.fr", display_name="Nora")
    answers = []
    is_answered = threading.Event()

    def make():
        try:
            _key(nora)
            answers.append("made")
        except actions.TokenNameTaken:
            answers.append("taken")
        except IntegrityError:
            answers.append("broken")
        finally:
            is_answered.set()
            connection.close()

    other = threading.Thread(target=make)
    with transaction.atomic():
        _key(nora)
        other.start()
        # Without the lock the second finds the name free, and breaks on the constraint.
        is_answered.wait(1)
    other.join(30)

    assert answers == ["taken"]


def test_the_page_costs_the_same_with_many_keys(client, nora):
    client.force_login(nora)
    client.get(PAGE)

    def queries_with(names):
        for name in names:
            _key(nora, name)
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        return len(asked)

    assert queries_with(["un"]) == queries_with(["deux", "trois", "quatre", "cinq"])


def test_a_program_is_told_for_whom_it_acts_and_nothing_secret(nora):
    key = _key(nora)

    answer = Client().get(GUARDED, headers={"Authorization": f"Bearer {key}"})

    assert answer.json() == {
        "public_id": str(nora.public_id),
        "display_name": "Nora",
        "language": "fr",
    }
