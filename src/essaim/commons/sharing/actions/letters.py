"""Telling each member what was shared, to the cent: written together, sent later by the outbox."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from essaim.commons.cooperative.models import Associate
from essaim.commons.sharing import wording
from essaim.commons.sharing.models import Allotment, Variant, Year
from essaim.commons.sharing.rules.surplus import Sharing, Use
from essaim.core.members.models import Member
from essaim.core.messages.actions import Letter, write_emails
from essaim.kernel.errors import N_
from essaim.web.environment import euros

FETCH_SIZE = 5000
DEFAULT_LANGUAGE = "fr"
SENTENCES = {
    Use.INTEREST: N_("Interest on your shares: {amount}."),
    Use.WORKERS: N_("Your part as somebody who works here: {amount}."),
    Use.REFUND: N_("What is given back to you: {amount}."),
}
Owed = Mapping[Use, int]


@dataclass(frozen=True, slots=True)
class _Reader:
    address: str
    language: str
    owed: Owed


def write_letters(
    *, variant: Variant, sharing: Sharing, allotments: Sequence[Allotment], year: Year,
    now: datetime,
) -> int:  # fmt: skip
    """Write to every associate, and to whoever is owed something; return how many letters."""
    texts: dict[str, tuple[str, str]] = {}
    letters = (
        _letter(reader, _text(texts, reader.language, variant, sharing, year))
        for reader in _readers(year, allotments)
    )
    return write_emails(letters=letters, now=now)


def _readers(year: Year, allotments: Sequence[Allotment]) -> Iterator[_Reader]:
    by_associate = {one.associate_id: one.cents for one in allotments if one.associate_id}
    by_member: defaultdict[int, dict[Use, int]] = defaultdict(dict)
    for one in allotments:
        if one.member_id:
            by_member[one.member_id][Use(one.use)] = one.cents
    rows = Associate.objects.filter(
        Q(left_at=None) | Q(pk__in=list(by_associate)), register=year.register_id
    ).values_list("pk", "member_id", "member__email", "member__language", "organisation__email")
    for pk, member_id, email, language, other in rows.order_by("number").iterator(FETCH_SIZE):
        owed = {Use.INTEREST: by_associate[pk]} if pk in by_associate else {}
        owed |= by_member.pop(member_id, {}) if member_id else {}
        if email or other:
            yield _Reader(email or other, language or DEFAULT_LANGUAGE, owed)
    others = Member.objects.filter(pk__in=list(by_member)).order_by("pk")
    for member_id, email, language in others.values_list("pk", "email", "language"):
        yield _Reader(email, language, by_member[member_id])


def _text(
    texts: dict[str, tuple[str, str]], language: str, variant: Variant, sharing: Sharing, year: Year
) -> tuple[str, str]:
    """Return the subject and what is the same for everybody, once for each language."""
    if language not in texts:
        with override(language):
            name = year.register.organisation.name
            subject = _("{name}: what we earned in {year}, and how it is shared").format(
                name=name, year=year.civil_year
            )
            lines = [
                _("{name} earned {amount} in {year}. It is shared as you decided: {decision}.")
                .format(name=name, amount=euros(sharing.facts.result_cents), year=year.civil_year,
                        decision=variant.decision),
                "",
                *(f"- {row.sentence} {row.amount}" for row in wording.rows(sharing)),
                "",
            ]  # fmt: skip
        texts[language] = (subject, "\n".join(lines))
    return texts[language]


def _letter(reader: _Reader, text: tuple[str, str]) -> Letter:
    subject, common = text
    with override(reader.language):
        own = [
            _(SENTENCES[use]).format(amount=euros(cents)) for use, cents in reader.owed.items()
        ] or [_("Nothing of it is paid to you: it stays in the cooperative, for everybody.")]
    return Letter(reader.address, subject, "\n".join([common, *own]))
