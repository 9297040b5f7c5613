"""Reading the register of minutes: in order, with who signed and whose signature is awaited."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from essaim.commons.assembly.models import Minutes
from essaim.commons.minutes.models import Signatory, Signature
from essaim.commons.minutes.rules.signing import Role
from essaim.commons.urn.models import Scrutineer
from essaim.core.members.models import Member

CHUNK = 50
ORDER = {role: place for place, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Line:
    """A line at the foot of minutes: in which quality, who, and the signature once given."""

    role: Role
    name: str
    member: Member | None
    signature: Signature | None


def register_of(register_id: int) -> "QuerySet[Minutes]":
    """The minutes of a cooperative, the latest first, with `signatures_count`; lazy."""
    rows = Minutes.objects.filter(register=register_id).select_related("assembly")
    return rows.annotate(signatures_count=Count("signatures")).order_by("-number")


def in_order(register_id: int) -> Iterator[Minutes]:
    """The same, the first first, a few at a time: contents are long."""
    rows = Minutes.objects.filter(register=register_id).select_related("assembly")
    return rows.prefetch_related("signatures").order_by("number").iterator(chunk_size=CHUNK)


def signatures_of(minutes: Minutes) -> list[Signature]:
    """The signatures of these minutes: chair, secretary, scrutineers, each in order (1 query)."""
    rows = Signature.objects.filter(minutes=minutes).select_related("recorded_by")
    return sorted(rows, key=lambda one: (ORDER[Role(one.role)], one.signed_at, one.pk))


def asked(minutes: Minutes) -> list[tuple[Role, Member]]:
    """Whose signature is asked for: who issued them, scrutineers, those named (2 queries).

    Who closed the meeting signs as its secretary unless another secretary is named.
    """
    named = Signatory.objects.filter(minutes=minutes).select_related("member").order_by("pk")
    found = [(Role(one.role), one.member) for one in named]
    if all(role is not Role.SECRETARY for role, _member in found):
        found.append((Role.SECRETARY, minutes.issued_by))
    keepers = Scrutineer.objects.filter(poll__motion__item__assembly=minutes.assembly_id)
    found += [
        (Role.SCRUTINEER, one.member)
        for one in keepers.select_related("member").order_by("member_id").distinct("member_id")
    ]
    return sorted(dict.fromkeys(found), key=lambda each: ORDER[each[0]])


def lines(minutes: Minutes) -> list[Line]:
    """The lines to sign and those signed, in the order of the paper (3 queries)."""
    return lined(asked(minutes), signatures_of(minutes))


def lined(wanted: Iterable[tuple[Role, Member]], signatures: Iterable[Signature]) -> list[Line]:
    """Join what is asked for with what was given; a signature nobody asked for stands too."""
    given = {(one.role, one.member_id): one for one in signatures if one.member_id}
    waiting = [
        Line(role, member.display_name, member, None)
        for role, member in wanted
        if (role.value, member.pk) not in given
    ]
    signed = [Line(Role(one.role), one.name, None, one) for one in signatures]
    return sorted([*signed, *waiting], key=lambda line: ORDER[line.role])


def roles_awaited(minutes: Minutes, member: Member) -> list[Role]:
    """In which qualities a member still has to sign (3 queries)."""
    return [line.role for line in lines(minutes) if line.member == member]
