"""Writing to those who take part: each in their language, with the address of the page."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from essaim.commons.cooperative.models import Associate
from essaim.core.members.models import Member, Membership
from essaim.core.messages.actions import Letter, write_emails

Words = Callable[[], tuple[str, list[str]]]
"""Gives the subject and the lines, in the language of the moment."""


def page(name: str, *args: object) -> str:
    """Return the whole address of a page of this room."""
    return f"{settings.BASE_URL}{reverse(f'deliberation:{name}', args=args)}"


def tell(people: Iterable[Member], words: Words, *, address: str, now: datetime) -> int:
    """Write the same to several members, each once; return how many letters (1 statement)."""
    return _write({one.email: one.language for one in people}, words, address, now)


def tell_associates(
    associates: Iterable[Associate], words: Words, *, address: str, now: datetime
) -> int:
    """Write the same to several associates, each once; return how many (1 or 2 statements).

    An organisation is written to at its own address; without one, those who manage it are.
    """
    languages: dict[str, str] = {}
    speechless = set()
    for one in associates:
        if one.member is not None:
            languages[one.member.email] = one.member.language
        elif one.organisation is not None and one.organisation.email:
            languages.setdefault(one.organisation.email, settings.LANGUAGE_CODE)
        else:
            speechless.add(one.organisation_id)
    if speechless:
        managers = Membership.objects.filter(
            organisation__in=speechless, role=Membership.Role.MANAGER
        )
        languages |= dict(managers.values_list("member__email", "member__language"))
    return _write(languages, words, address, now)


def _write(languages: dict[str, str], words: Words, address: str, now: datetime) -> int:
    """Write to each address in its language; the words are asked for once a language."""
    said: dict[str, tuple[str, str]] = {}
    letters = []
    for recipient in sorted(languages):
        language = languages[recipient]
        if language not in said:
            with translation.override(language):
                subject, lines = words()
                said[language] = subject, "\n".join([*lines, "", address])
        letters.append(Letter(recipient, *said[language]))
    return write_emails(letters=letters, now=now)
