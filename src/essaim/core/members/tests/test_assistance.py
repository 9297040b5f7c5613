"""Acting for somebody who asked for it: a scope, an end, a log, and nobody else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from essaim.core.members import actions, queries
from essaim.core.members.models import Assistance, AssistanceAct, Member, Organisation
from essaim.core.members.policies import may_act_for, may_read_for
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
Scope = Assistance.Scope


def _member(name):
    return Member.objects.create_user(f"{name}@exemple.fr", display_name=name.title())


@pytest.fixture
def marcel():
    return _member("marcel")


@pytest.fixture
def amina():
    return _member("amina")


@pytest.fixture
def stranger():
    return _member("zoe")


@pytest.fixture
def assistance(marcel, amina):
    now = clock.now()
    return actions.allow_assistance(
        helper=amina, helped=marcel, scope=Scope.ORDER, expires_at=now + timedelta(days=30),
        consent_note="papier signé", now=now,
    )  # fmt: skip


def _allowance(email="amina@exemple.fr", days=30, scope="order"):
    until = timezone.localdate() + timedelta(days=days)
    return {"helper_email": email, "scope": scope, "until_date": until.isoformat()}


def test_a_member_lets_somebody_order_for_them_until_the_end_of_a_day(client, marcel, amina):
    client.force_login(marcel)

    answer = client.post(reverse("members:assistances"), _allowance("Amina@exemple.fr", days=3))

    assert answer.status_code == 302
    last_day = timezone.localdate() + timedelta(days=3)
    row = Assistance.objects.get()
    assert timezone.localtime(row.expires_at).date() == last_day
    assert may_act_for(amina, marcel, scope=Scope.ORDER, at=row.expires_at - timedelta(seconds=1))
    assert not may_act_for(amina, marcel, scope=Scope.ORDER, at=row.expires_at)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (_allowance("personne@exemple.fr"), "Personne n’a de compte ici"),
        (_allowance("marcel@exemple.fr"), "s’aider soi-même"),
        (_allowance(days=500), "Une aide dure au plus"),
        (_allowance(days=-1), "Une aide dure au plus"),
        (_allowance(scope="pay"), "error-summary"),
        ({}, "error-summary"),
    ],
)
def test_a_refused_allowance_says_why_and_writes_nothing(client, marcel, amina, sent, said):
    client.force_login(marcel)

    answer = client.post(reverse("members:assistances"), sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Assistance.objects.exists()


def test_a_scope_covers_only_itself(marcel, amina, stranger, assistance):
    now = clock.now()

    assert may_act_for(amina, marcel, scope=Scope.ORDER, at=now)
    assert not may_act_for(amina, marcel, scope=Scope.READ, at=now)
    assert not may_act_for(marcel, amina, scope=Scope.ORDER, at=now)
    assert not may_act_for(stranger, marcel, scope=Scope.ORDER, at=now)
    assert may_act_for(stranger, stranger, scope=Scope.ORDER, at=now)


def test_every_act_is_written_and_both_read_it(client, marcel, amina, assistance):
    actions.record_act(
        helper=amina, helped=marcel, scope=Scope.ORDER, what="Commande A0-0001", reference=None,
        now=clock.now(),
    )  # fmt: skip

    pages = []
    for member in (marcel, amina):
        client.force_login(member)
        pages.append(client.get(reverse("members:assistance", args=[assistance.pk])))

    assert all("Commande A0-0001" in page.content.decode() for page in pages)


def test_an_act_without_an_assistance_in_force_is_refused(marcel, amina, stranger, assistance):
    actions.revoke_assistance(assistance=assistance, now=clock.now())

    for helper in (amina, stranger):
        with pytest.raises(actions.NoAssistance):
            actions.record_act(
                helper=helper, helped=marcel, scope=Scope.ORDER, what="x", reference=None,
                now=clock.now(),
            )  # fmt: skip

    assert not AssistanceAct.objects.exists()


def test_a_stranger_neither_reads_nor_ends_a_help(client, stranger, assistance):
    client.force_login(stranger)

    read = client.get(reverse("members:assistance", args=[assistance.pk]))
    ended = client.post(reverse("members:end_assistance", args=[assistance.pk]))

    assert (read.status_code, ended.status_code) == (404, 404)
    assistance.refresh_from_db()
    assert assistance.revoked_at is None


@pytest.mark.parametrize("who", ["marcel", "amina"])
def test_either_of_the_two_ends_a_help_at_once(client, marcel, amina, assistance, who):
    client.force_login({"marcel": marcel, "amina": amina}[who])

    client.post(reverse("members:end_assistance", args=[assistance.pk]))

    assert not may_act_for(amina, marcel, scope=Scope.ORDER, at=clock.now())


def test_ending_twice_keeps_the_first_end(client, marcel, assistance):
    client.force_login(marcel)
    client.post(reverse("members:end_assistance", args=[assistance.pk]))
    first = Assistance.objects.get().revoked_at

    client.post(reverse("members:end_assistance", args=[assistance.pk]))

    assert Assistance.objects.get().revoked_at == first


def test_the_database_refuses_that_somebody_helps_themselves(marcel):
    now = clock.now()

    with pytest.raises(IntegrityError), transaction.atomic():
        Assistance.objects.create(
            helper=marcel, helped=marcel, scope=Scope.READ, starts_at=now,
            expires_at=now + timedelta(days=1),
        )  # fmt: skip


def test_a_person_without_internet_is_registered_on_the_spot(client, amina):
    hall = Organisation.objects.create(slug="mairie", name="Mairie", kind="local-authority")
    actions.give_role(member=amina, organisation=hall, role="manager")
    client.force_login(amina)
    until = timezone.localdate() + timedelta(days=30)

    answer = client.post(
        reverse("members:register_on_site", args=["mairie"]),
        {
            "display_name": "Odile Fontaine", "phone": "03 20 00 00 00", "has_agreed": "on",
            "consent_note": "papier signé le 3 mars", "until_date": until.isoformat(),
        },
    )  # fmt: skip

    row = Assistance.objects.get()
    assert answer.url == reverse("members:assistance", args=[row.pk])
    assert row.consent_note == "Mairie, papier signé le 3 mars"
    assert row.helped.display_name == "Odile Fontaine"
    assert row.helped.email.endswith(".invalid")
    assert not row.helped.has_usable_password()
    assert may_act_for(amina, row.helped, scope=Scope.ORDER, at=clock.now())


def test_nobody_is_registered_without_having_agreed(client, amina):
    hall = Organisation.objects.create(slug="mairie", name="Mairie")
    actions.give_role(member=amina, organisation=hall, role="worker")
    client.force_login(amina)

    answer = client.post(
        reverse("members:register_on_site", args=["mairie"]),
        {"display_name": "Odile", "consent_note": "papier", "until_date": "2026-12-01"},
    )

    assert answer.status_code == 422
    assert not Member.objects.filter(display_name="Odile").exists()


def test_the_list_of_help_costs_the_same_with_many(client, marcel, django_assert_num_queries):
    client.force_login(marcel)
    now = clock.now()
    for number in range(5):
        row = actions.allow_assistance(
            helper=_member(f"h{number}"), helped=marcel, scope=Scope.READ,
            expires_at=now + timedelta(days=3), consent_note="x", now=now,
        )  # fmt: skip
        AssistanceAct.objects.create(assistance=row, done_at=now, what="lu")

    with django_assert_num_queries(6):
        client.get(reverse("members:assistances"))


def test_whoever_helps_to_vote_reads_neither_orders_nor_e_mails(marcel, amina):
    now = clock.now()
    what = {"helper": amina, "helped": marcel, "expires_at": now + timedelta(days=1), "now": now}
    actions.allow_assistance(scope=Scope.VOTE, consent_note="x", **what)
    assert not may_read_for(amina, marcel, at=now)
    assert queries.helpers_of_address(marcel.email, now) == []

    actions.allow_assistance(scope=Scope.READ, consent_note="x", **what)

    assert may_read_for(amina, marcel, at=now)
    assert len(queries.helpers_of_address(marcel.email, now)) == 1
