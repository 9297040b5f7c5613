"""Django's e-mail back end that writes to the outbox, so that libraries' e-mails go there too."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from essaim.core.messages.actions import one_line
from essaim.core.messages.models import OutgoingAttachment, OutgoingEmail
from essaim.kernel import clock


class OutboxBackend(BaseEmailBackend):
    """`send_messages` writes rows; `essaim.core.messages.actions.send_waiting` delivers them."""

    @transaction.atomic
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        now = clock.now()
        for message in email_messages:
            html_body = ""
            if isinstance(message, EmailMultiAlternatives):
                html_body = next(
                    (str(body) for body, kind in message.alternatives if kind == "text/html"), ""
                )
            for recipient in message.to:
                row = OutgoingEmail.objects.create(
                    recipient=recipient,
                    subject=one_line(str(message.subject)),
                    body=str(message.body),
                    html_body=html_body,
                    headers={name: str(value) for name, value in message.extra_headers.items()},
                    written_at=now,
                    next_try_at=now,
                )
                _attach(row, message)
        return len(email_messages)


def _attach(row: OutgoingEmail, message: EmailMessage) -> None:
    for attachment in message.attachments:
        if not isinstance(attachment, tuple):
            continue
        name, content, content_type = attachment
        OutgoingAttachment.objects.create(
            email=row,
            name=name or "piece-jointe",
            content=content if isinstance(content, bytes) else str(content).encode(),
            content_type=content_type or "application/octet-stream",
        )
