"""Writing e-mails and delivering those that wait."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from smtplib import SMTP, SMTPException
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from essaim.core.members import queries as member_queries
from essaim.core.members.rules import NO_ADDRESS, has_no_address
from essaim.core.messages.models import OutgoingEmail
from essaim.kernel.identifiers import uuid7
from essaim.kernel.money import NARROW_NO_BREAK, NO_BREAK
from essaim.kernel.prepared import json_rows, run_prepared

RETRY_MINUTES = (1, 5, 15, 60, 240, 720)
BATCH_SIZE = 50
_BREAKING_SPACE = re.compile(rf"[^\S{NO_BREAK}{NARROW_NO_BREAK}]+")


WRITE = """
INSERT INTO essaim_messages_outgoingemail (public_id, recipient, subject, body, html_body, headers,
    written_at, tried_count, next_try_at, last_error)
VALUES (%(id)s, %(recipient)s, %(subject)s, %(body)s, '', '{}', %(now)s, 0, %(now)s, '')
"""

WRITE_MANY = """
INSERT INTO essaim_messages_outgoingemail (public_id, recipient, subject, body, html_body, headers,
    written_at, tried_count, next_try_at, last_error)
SELECT id, recipient, subject, body, '', '{}', %(now)s, 0, %(now)s, ''
  FROM json_to_recordset(%(letters)s::json) AS l(id uuid, recipient text, subject text, body text)
"""
LETTERS_PER_STATEMENT = 2000


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to write, plain text."""

    recipient: str
    subject: str
    body: str


def write_emails(*, letters: Iterable[Letter], now: datetime) -> int:
    """Put many e-mails in the outbox, in the caller's transaction; return how many were asked.

    A statement for each 2,000 of them; what is for somebody without e-mail goes to those who help
    them, as in `write_email`.
    """
    count, waiting = 0, []
    for letter in letters:
        count += 1
        if has_no_address(letter.recipient):
            write_email(
                recipient=letter.recipient, subject=letter.subject, body=letter.body, now=now
            )
            continue
        waiting.append(letter)
        if len(waiting) == LETTERS_PER_STATEMENT:
            _write_many(waiting, now)
            waiting = []
    if waiting:
        _write_many(waiting, now)
    return count


def _write_many(letters: Sequence[Letter], now: datetime) -> None:
    rows = [
        {
            "id": uuid7(),
            "recipient": letter.recipient,
            "subject": one_line(letter.subject),
            "body": letter.body,
        }
        for letter in letters
    ]
    run_prepared(WRITE_MANY, {"letters": json_rows(rows), "now": now})


def write_email(*, recipient: str, subject: str, body: str, now: datetime) -> UUID:
    """Put a plain-text e-mail in the outbox, in the caller's transaction (1 statement).

    What is written to somebody without e-mail goes to those who help them (1 query more). Without
    helper it stays in the outbox and is never sent: the desk says so.

    Returns:
        the public id of the e-mail, of the first one when several people help.
    """
    if has_no_address(recipient):
        letters = _to_helpers(recipient, subject, body, now)
        if letters:
            return letters[0]
    return _write(recipient, subject, body, now)


def _to_helpers(recipient: str, subject: str, body: str, now: datetime) -> list[UUID]:
    helpers = [
        row
        for row in member_queries.helpers_of_address(recipient, now)
        if not has_no_address(row.helper.email)
    ]
    letters = []
    for row in helpers:
        name = row.helped.display_name
        with translation.override(row.helper.language):
            headline = _("For {name}: {subject}").format(name=name, subject=subject)
            why = _("You receive this because you help {name}, who has no e-mail address.")
        whole = f"{why.format(name=name)}\n\n{body}"
        letters.append(_write(row.helper.email, headline, whole, now))
    return letters


def _write(recipient: str, subject: str, body: str, now: datetime) -> UUID:
    public_id = uuid7()
    run_prepared(
        WRITE,
        {
            "id": public_id,
            "recipient": recipient,
            "subject": one_line(subject),
            "body": body,
            "now": now,
        },
    )
    return public_id


def one_line(subject: str) -> str:
    """Return a subject as a header can hold it: one line, 200 characters at most.

    Its no-break spaces stay: « Votre relevé : Semaine 47 » needs one before its colon.
    """
    return _BREAKING_SPACE.sub(" ", subject).strip()[:200]


def send_waiting(*, now: datetime) -> int:
    """Deliver e-mails whose time has come; return how many the SMTP server accepted.

    Without a server in the settings nothing is tried: e-mails wait, and anybody can see them wait.
    Each e-mail is one transaction that holds its row: two workers never send the same one, and a
    server that refuses or is away only delays it (1, 5, 15 minutes, then 1, 4 and 12 hours).
    """
    if not settings.SMTP_HOST:
        return 0
    sent_count = 0
    for _turn in range(BATCH_SIZE):
        outcome = _send_next(now)
        if outcome is None:
            break
        sent_count += outcome
    return sent_count


@transaction.atomic
def _send_next(now: datetime) -> bool | None:
    row = (
        OutgoingEmail.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(sent_at=None, next_try_at__lte=now)
        .exclude(recipient__endswith=f"@{NO_ADDRESS}")
        .order_by("next_try_at")
        .first()
    )
    if row is None:
        return None
    row.tried_count += 1
    try:
        _deliver(row)
    except (OSError, SMTPException, ValueError) as problem:
        # ValueError: the message itself cannot be written (a header…); the others must not wait.
        minutes = RETRY_MINUTES[min(row.tried_count, len(RETRY_MINUTES)) - 1]
        row.next_try_at = now + timedelta(minutes=minutes)
        row.last_error = str(problem)[:300]
        row.save(update_fields=["tried_count", "next_try_at", "last_error"])
        return False
    row.sent_at = now
    row.last_error = ""
    row.save(update_fields=["tried_count", "sent_at", "last_error"])
    return True


def _deliver(row: OutgoingEmail) -> None:
    message = EmailMessage()
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = row.recipient
    message["Subject"] = row.subject
    message["Message-ID"] = f"<{row.public_id}@essaim>"
    for name, value in row.headers.items():
        message[name] = value
    message.set_content(row.body)
    if row.html_body:
        message.add_alternative(row.html_body, subtype="html")
    for attachment in row.attachments.order_by("pk"):
        kind, _slash, subtype = attachment.content_type.partition("/")
        message.add_attachment(
            bytes(attachment.content), maintype=kind, subtype=subtype, filename=attachment.name
        )
    with SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=20) as server:
        if settings.SMTP_USE_TLS:
            server.starttls()
        if settings.SMTP_USER:
            server.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
        server.send_message(message)
