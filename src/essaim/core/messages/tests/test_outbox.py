"""E-mails are written with what causes them, and delivered once, whatever happens to the server."""

import socket
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import connection, transaction

from essaim.core.members.models import Assistance, Member
from essaim.core.members.rules import NO_ADDRESS
from essaim.core.messages import queries
from essaim.core.messages.actions import (
    BATCH_SIZE,
    LETTERS_PER_STATEMENT,
    Letter,
    one_line,
    send_waiting,
    write_email,
    write_emails,
)
from essaim.core.messages.models import OutgoingEmail
from essaim.core.messages.tests.smtp_sink import Sink

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def sink(settings):
    with Sink() as server:
        _use(settings, server.port)
        yield server


def _use(settings, port):
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", port
    settings.SMTP_USE_TLS, settings.SMTP_USER = False, ""


def _write(count=1, now=NOW):
    for number in range(count):
        write_email(
            recipient=f"voisin{number}@exemple.fr", subject=f"Commande {number}",
            body="Bonjour,\n\nÀ jeudi à la Halle.\n.\nEssaim", now=now,
        )  # fmt: skip


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.django_db
def test_an_e_mail_arrives_as_it_was_written(sink):
    _write()

    assert send_waiting(now=NOW) == 1

    (message,) = sink.kept
    row = OutgoingEmail.objects.get()
    assert message["To"] == "voisin0@exemple.fr"
    assert message["Subject"] == "Commande 0"
    assert message["Message-ID"] == f"<{row.public_id}@essaim>"
    assert "À jeudi à la Halle.\n.\nEssaim" in message.get_content().replace("\r\n", "\n")
    assert row.sent_at == NOW


@pytest.mark.django_db
def test_an_e_mail_is_never_sent_again(sink):
    _write()
    send_waiting(now=NOW)

    assert send_waiting(now=NOW + timedelta(days=1)) == 0
    assert len(sink.kept) == 1


@pytest.mark.django_db
def test_a_refusal_only_delays(sink):
    _write()
    sink.refuse_next = 2

    sent = [send_waiting(now=NOW + timedelta(minutes=minute)) for minute in range(8)]

    # Tried at 0 and 1 minute, refused twice, then five minutes later.
    assert sent == [0, 0, 0, 0, 0, 0, 1, 0]
    assert len(sink.kept) == 1
    assert OutgoingEmail.objects.get().tried_count == 3


@pytest.mark.django_db
def test_one_refused_e_mail_does_not_stop_the_others(sink):
    _write(3)
    sink.refuse_next = 1

    assert send_waiting(now=NOW) == 2

    assert {message["To"] for message in sink.kept} == {"voisin1@exemple.fr", "voisin2@exemple.fr"}


@pytest.mark.django_db
def test_nothing_is_lost_or_doubled_when_the_server_is_away_for_a_day(settings):
    port = _free_port()
    _use(settings, port)
    _write(12)
    moments = [NOW + timedelta(minutes=10 * step) for step in range(24 * 6)]

    assert sum(send_waiting(now=moment) for moment in moments) == 0
    with Sink(port) as back:
        for step in range(12 * 6 + 1):
            send_waiting(now=moments[-1] + timedelta(minutes=10 * step))

    delivered = Counter(message["To"] for message in back.kept)
    assert delivered == {f"voisin{number}@exemple.fr": 1 for number in range(12)}
    assert not OutgoingEmail.objects.filter(sent_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_time_deliver_each_e_mail_once(sink):
    _write(30)

    _at_the_same_time(4, lambda: send_waiting(now=NOW))

    assert Counter(Counter(m["To"] for m in sink.kept).values()) == {1: 30}
    assert not OutgoingEmail.objects.filter(sent_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_written(sink):
    with transaction.atomic():
        _write()
        transaction.set_rollback(True)

    assert send_waiting(now=NOW) == 0
    assert sink.kept == []


@pytest.mark.django_db(transaction=True)
def test_an_e_mail_is_not_sent_before_its_transaction_is_committed(sink):
    with transaction.atomic():
        _write()
        _at_the_same_time(1, lambda: send_waiting(now=NOW))
        before = len(sink.kept)

    send_waiting(now=NOW)

    assert (before, len(sink.kept)) == (0, 1)


@pytest.mark.django_db
def test_without_a_server_e_mails_wait_untouched(settings):
    settings.SMTP_HOST = ""
    _write()

    assert send_waiting(now=NOW + timedelta(days=2)) == 0

    row = OutgoingEmail.objects.get()
    assert (row.tried_count, row.last_error, row.sent_at) == (0, "", None)


@pytest.mark.django_db
def test_a_person_without_an_address_is_sent_nothing(sink):
    write_email(recipient=f"x@{NO_ADDRESS}", subject="S", body="B", now=NOW)

    assert send_waiting(now=NOW) == 0

    assert sink.kept == []
    assert queries.oldest_waiting_age_s(NOW + timedelta(hours=1)) == 0


@pytest.mark.django_db
def test_a_run_is_bounded(sink):
    _write(BATCH_SIZE + 5)

    assert [send_waiting(now=NOW), send_waiting(now=NOW)] == [BATCH_SIZE, 5]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\x0b", "\x85", "\u2028"])
def test_a_subject_is_one_line_and_keeps_its_no_break_spaces(line_end):
    subject = f" Prête\u202f? Oui\u00a0:{line_end}lundi  matin "

    assert one_line(subject) == "Prête\u202f? Oui\u00a0: lundi matin"


@pytest.mark.django_db
def test_a_subject_of_several_lines_becomes_one_and_blocks_nobody(sink):
    write_email(recipient="a@exemple.fr", subject="Un\nBcc: b@exemple.fr", body="B", now=NOW)
    write_email(recipient="c@exemple.fr", subject="S", body="B", now=NOW)
    OutgoingEmail.objects.filter(subject="S").update(headers={"X-A": "a\nb: c"})
    _write()

    send_waiting(now=NOW)

    assert {m["Subject"] for m in sink.kept} == {"Un Bcc: b@exemple.fr", "Commande 0"}
    assert all(m["Bcc"] is None for m in sink.kept)


@pytest.mark.django_db
def test_the_e_mails_of_libraries_go_to_the_outbox_with_their_attachments(sink, settings):
    settings.EMAIL_BACKEND = "essaim.core.messages.outbox.OutboxBackend"
    message = EmailMultiAlternatives("Reçu", "Bonjour", None, ["a@exemple.fr", "b@exemple.fr"])
    message.attach_alternative("<p>Bonjour</p>", "text/html")
    message.attach("recu.pdf", b"%PDF-1.7", "application/pdf")

    message.send()
    send_waiting(now=OutgoingEmail.objects.order_by("-written_at").first().written_at)

    assert {kept["To"] for kept in sink.kept} == {"a@exemple.fr", "b@exemple.fr"}
    parts = [part.get_content_type() for part in sink.kept[0].walk()]
    assert {"text/plain", "text/html", "application/pdf"} <= set(parts)


@pytest.mark.django_db
def test_the_age_of_the_oldest_e_mail_that_waits_is_known(settings):
    settings.EMAIL_BACKEND = "essaim.core.messages.outbox.OutboxBackend"
    _write()
    send_mail("S", "B", None, ["z@exemple.fr"])

    assert queries.oldest_waiting_age_s(NOW + timedelta(seconds=90)) == 90


def _at_the_same_time(count, work):
    """Run `work` in threads that start together, each with its own connection."""
    ready = threading.Barrier(count)
    problems = []

    def run():
        try:
            ready.wait(10)
            work()
        except Exception as problem:  # noqa: BLE001 - told to the test below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []


def _odette(*helpers, ends_at=NOW + timedelta(days=1), scopes=("order",)):
    """Somebody without e-mail, and those who help her."""
    odette = Member.objects.create_user(f"0@{NO_ADDRESS}", display_name="Odette")
    for helper in helpers:
        for scope in scopes:
            Assistance.objects.create(
                helper=helper, helped=odette, scope=scope, starts_at=NOW - timedelta(days=1),
                expires_at=ends_at, consent_note="Papier signé",
            )  # fmt: skip
    return odette


def _member(name, address="exemple.fr"):
    return Member.objects.create_user(f"{name}@{address}", display_name=name.title())


@pytest.mark.django_db
def test_what_is_written_to_somebody_without_address_goes_once_to_each_helper(sink):
    odette = _odette(_member("zoe"), _member("ali"), scopes=("order", "read"))

    write_email(recipient=odette.email, subject="Commande A0", body="Bonjour,", now=NOW)

    letters = list(OutgoingEmail.objects.order_by("pk"))
    assert [row.recipient for row in letters] == ["ali@exemple.fr", "zoe@exemple.fr"]
    assert {row.subject for row in letters} == {"Pour Odette\u00a0: Commande A0"}
    assert all("vous aidez Odette" in row.body and "Bonjour," in row.body for row in letters)
    assert send_waiting(now=NOW) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["nobody", "over", "no address either"])
def test_without_helper_it_waits_and_is_never_sent(sink, why):
    helper = _member("zoe", NO_ADDRESS if why == "no address either" else "exemple.fr")
    helpers = [] if why == "nobody" else [helper]
    odette = _odette(*helpers, ends_at=NOW if why == "over" else NOW + timedelta(days=1))

    write_email(recipient=odette.email, subject="Commande A0", body="Bonjour,", now=NOW)

    assert send_waiting(now=NOW + timedelta(days=2)) == 0
    assert OutgoingEmail.objects.get().recipient == odette.email


@pytest.mark.django_db
def test_a_usual_address_costs_one_statement(django_assert_num_queries):
    _write()

    with django_assert_num_queries(1):
        _write()


@pytest.mark.django_db
def test_many_letters_are_written_together_each_to_its_reader(django_assert_num_queries):
    letters = [
        Letter(f"m{number}@exemple.fr", "Partage\nde 2026", f"{number} €")
        for number in range(LETTERS_PER_STATEMENT + 1)
    ]

    with django_assert_num_queries(2):
        count = write_emails(letters=letters, now=NOW)

    assert count == OutgoingEmail.objects.count() == LETTERS_PER_STATEMENT + 1
    third = OutgoingEmail.objects.get(recipient="m3@exemple.fr")
    assert (third.subject, third.body, third.headers) == ("Partage de 2026", "3 €", {})
    assert (third.written_at, third.next_try_at, third.sent_at) == (NOW, NOW, None)


@pytest.mark.django_db
def test_a_letter_among_many_for_somebody_without_address_goes_to_who_helps():
    odette = _odette(Member.objects.create_user("lea@exemple.fr"))

    write_emails(
        letters=[Letter(odette.email, "Partage", "3 €"), Letter("m@exemple.fr", "Partage", "4 €")],
        now=NOW,
    )

    sent = dict(OutgoingEmail.objects.values_list("recipient", "body"))
    assert set(sent) == {"lea@exemple.fr", "m@exemple.fr"}
    assert sent["lea@exemple.fr"].endswith("3 €")


@pytest.mark.django_db
def test_no_letter_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert write_emails(letters=[], now=NOW) == 0
