"""Reading the outbox."""

from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Min

from essaim.core.members.rules import NO_ADDRESS
from essaim.core.messages.models import OutgoingEmail


def outbox_page(number: str, *, count: int) -> "Page[OutgoingEmail]":
    """A page of all e-mails written, newest first; a bad number gives the nearest (2 queries)."""
    rows = OutgoingEmail.objects.order_by("-written_at", "-pk").defer("html_body")
    return Paginator(rows, count).get_page(number)


def oldest_waiting_age_s(now: datetime) -> int:
    """For how long the oldest e-mail not sent yet has been waiting; 0 when none is (1 query)."""
    waiting = OutgoingEmail.objects.filter(sent_at=None).exclude(
        recipient__endswith=f"@{NO_ADDRESS}"
    )
    oldest = waiting.aggregate(oldest=Min("written_at"))
    written_at: datetime | None = oldest["oldest"]
    return 0 if written_at is None else max(0, int((now - written_at).total_seconds()))
