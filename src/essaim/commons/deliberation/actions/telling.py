"""Writing to those who take part: each in their language, with the address of the page."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from essaim.commons.cooperative.models import Associate
from essaim.core.members.models import Member
from essaim.core.messages.actions import Letter, write_emails

Words = Callable[[], tuple[str, list[str]]]
"""Gives the subject and the lines, in the language of the moment."""


def page(name: str, *args: object) -> str:
    """Return the whole address of a page of this room."""
    return f"{settings.BASE_URL}{reverse(f'deliberation:{name}', args=args)}"


def tell(people: Iterable[Member], words: Words, *, address: str, now: datetime) -> int:
    """Write the same to several members, each once; return how many letters (1 statement)."""
    letters = []
    for member in {one.pk: one for one in people}.values():
        with translation.override(member.language):
            subject, lines = words()
            body = [*lines, "", address]
        letters.append(Letter(member.email, subject, "\n".join(body)))
    return write_emails(letters=letters, now=now)


def tell_associates(
    associates: Iterable[Associate], words: Words, *, address: str, now: datetime
) -> int:
    """Write the same to several associates; organisations at their own address (1 statement)."""
    subject, lines = words()
    addresses = {address_of(one) for one in associates} - {""}
    body = "\n".join([*lines, "", address])
    letters = [Letter(recipient, subject, body) for recipient in sorted(addresses)]
    return write_emails(letters=letters, now=now)


def address_of(associate: Associate) -> str:
    """Where an associate is written to; empty when an organisation gave no address."""
    if associate.member is not None:
        return associate.member.email
    return associate.organisation.email if associate.organisation is not None else ""
