"""What the minutes say, gathered from what was written while the assembly met."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from essaim.commons.assembly import annexes, queries
from essaim.commons.assembly.models import (
    AgendaItem,
    Attendance,
    GeneralAssembly,
    Motion,
    Notice,
    Proxy,
)
from essaim.commons.assembly.rules import representing
from essaim.commons.assembly.rules.representing import Given, Room, Stay
from essaim.commons.cooperative.models import Associate
from essaim.commons.statutes.rules import assemblies
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.commons.statutes.rules.statutes import Quorum, QuorumBasis, Statutes
from essaim.commons.urn import queries as urn
from essaim.commons.urn.models import NamedBallot, Poll

QuorumAt = Callable[[datetime | None], dict[str, Any]]


def content_of(assembly: GeneralAssembly) -> dict[str, Any]:
    """Return the minutes as plain values: names and numbers as they were, nothing to look up."""
    stays = list(assembly.attendances.order_by("arrived_at", "pk"))
    proxies = list(assembly.proxies.order_by("given_at", "pk"))
    named = {row.associate_id for row in stays}
    named |= {one for row in proxies for one in (row.principal_id, row.holder_id)}
    people = {
        one.pk: one
        for one in queries.entitled_at(assembly)
        .filter(pk__in=named)
        .select_related("member", "organisation", "college")
    }
    cooperative, statutes = assembly.register.organisation, queries.statutes_of(assembly)
    rule = statutes.quorums.get(Kind(assembly.kind)) or Quorum(QuorumBasis.HEADS)
    rooms = _rooms(assembly, statutes, rule)
    quorum_at = _quorum(
        statutes,
        rule,
        assembly.convening,
        rooms,
        {pk: one.college.code if one.college else "" for pk, one in people.items()},
        [Stay(row.associate_id, row.arrived_at, row.left_at) for row in stays],
        [Given(row.principal_id, row.holder_id, row.given_at, row.revoked_at) for row in proxies],
    )
    return {
        "title": assembly.title,
        "kind": assembly.kind,
        "convening": assembly.convening,
        "cooperative": cooperative.name,
        "heading": {
            name: getattr(cooperative, name)
            for name in ("legal_form", "siren", "address", "postcode", "town")
        },
        "place": assembly.place,
        "record_at": annexes.written(assembly.record_at),
        "opened_at": annexes.written(assembly.opened_at),
        "closed_at": annexes.written(assembly.closed_at),
        "convened": _notices(assembly),
        "colleges": [
            {"code": one.code, "label": one.label, "weight": str(one.weight)}
            for one in statutes.colleges
        ],
        "attendance": [_stay(people[row.associate_id], row) for row in stays],
        "proxies": [
            _proxy(people[row.principal_id], people[row.holder_id], row) for row in proxies
        ],
        "entitled_count": sum(room.entitled_count for room in rooms.values()),
        "quorum": quorum_at(assembly.opened_at),
        "points": [
            _point(item, quorum_at) | annexes.of_point(item) for item in queries.agenda(assembly)
        ],
        **annexes.of_assembly(assembly),
    }


def as_bytes(content: dict[str, Any]) -> bytes:
    """Return the minutes as the file whose SHA-256 is their digest: JSON, keys in order."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def _rooms(assembly: GeneralAssembly, statutes: Statutes, rule: Quorum) -> dict[str, Room]:
    """Who has a vote, by college; colleges without anybody included (1 query)."""
    found = queries.rooms(assembly, with_activity=rule.basis is QuorumBasis.ACTIVE)
    return {college.code: Room(0, 0, 0) for college in statutes.colleges} | found


def _quorum(
    statutes: Statutes,
    rule: Quorum,
    convening: int,
    rooms: dict[str, Room],
    colleges: dict[int, str],
    stays: list[Stay],
    proxies: list[Given],
) -> QuorumAt:
    """Return what measures the quorum at any instant of the meeting, from what was written down."""
    needed = assemblies.quorum_needed(rule, convening=convening)

    def measure(at: datetime | None) -> dict[str, Any]:
        if at is None:
            return {}
        found = representing.rooms_at(at, rooms, colleges, stays, proxies)
        whole = representing.attendance(statutes, rule, needed, found)
        return {
            "there": str(whole.there),
            "needed": str(whole.needed),
            "present": whole.present_count,
            "represented": whole.represented_count,
            "colleges": {
                code: [room.entitled_count, room.present_count, room.represented_count]
                for code, room in sorted(found.items())
            },
        }

    return measure


def _point(item: AgendaItem, quorum_at: QuorumAt) -> dict[str, Any]:
    motion: Motion | None = getattr(item, "motion", None)
    point = {"position": item.position, "title": item.title, "text": item.text}
    if motion is None:
        return point
    return point | {
        "annulled": annexes.annulled_kept(item),
        "motion": motion.text,
        "method": motion.method,
        "options": motion.options,
        "seats_count": motion.seats_count,
        "is_secret": motion.is_secret,
        "is_adopted": motion.is_adopted,
        "outcome": motion.outcome,
        "ballots_digest": motion.poll.digest if motion.poll else "",
        "declared_at": annexes.written(motion.declared_at),
        **_vote(motion, quorum_at),
        "changes": [
            {
                "article": change.article_key,
                "value": change.value,
                "effective_at": annexes.written(change.effective_at),
            }
            for change in sorted(motion.changes.all(), key=lambda change: change.pk)
        ],
    }


def _vote(motion: Motion, quorum_at: QuorumAt) -> dict[str, Any]:
    """How a vote went: the quorum, the turnout; who chose what when it was named (3 queries).

    Of a secret vote nothing but what the urn published: its digest, and who kept its keys.
    """
    poll = motion.poll
    if poll is None:
        return {}
    is_outside = poll.secrecy == Poll.Secrecy.OUTSIDE
    keepers = poll.scrutineers.order_by("member__display_name", "pk")
    ballots = NamedBallot.objects.filter(entry__poll=poll).order_by("entry__number")
    rows = ballots.values_list("entry__number", "entry__name", "choice")
    return {
        "opened_at": annexes.written(poll.opened_at),
        "quorum": quorum_at(poll.opened_at),
        "turnout": motion.outcome["turnout"]
        if is_outside
        else {code: list(sizes) for code, sizes in urn.turnout(poll).items()},
        "is_outside": is_outside,
        "scrutineers": list(keepers.values_list("member__display_name", flat=True)),
        "named": []
        if poll.is_sealed
        else [[number, name, json.loads(choice)] for number, name, choice in rows],
    }


def _notices(assembly: GeneralAssembly) -> dict[str, int]:
    rows = Notice.objects.filter(assembly=assembly).values_list("channel", flat=True)
    channels = list(rows)
    return {channel: channels.count(channel) for channel in sorted(set(channels))}


def _stay(associate: Associate, row: Attendance) -> dict[str, Any]:
    return {
        "number": associate.number,
        "name": _name(associate),
        "college": associate.college.code if associate.college else "",
        "how": row.how,
        "arrived_at": annexes.written(row.arrived_at),
        "left_at": annexes.written(row.left_at),
    }


def _proxy(principal: Associate, holder: Associate, row: Proxy) -> dict[str, Any]:
    return {
        "principal": principal.number,
        "principal_name": _name(principal),
        "holder": holder.number,
        "holder_name": _name(holder),
        "given_at": annexes.written(row.given_at),
        "revoked_at": annexes.written(row.revoked_at),
    }


def _name(associate: Associate) -> str:
    if associate.member is not None:
        return associate.member.display_name
    return associate.organisation.name if associate.organisation is not None else ""
