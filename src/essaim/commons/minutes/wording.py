"""Minutes as people read them: the page and the paper say the same words.

Everything comes from the frozen content; what minutes written by an older version do not hold is
left out, never looked up.
"""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.assembly import wording as words
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.minutes.votes import votes_told
from essaim.core.documents.rendering.sheet import written_siren
from essaim.kernel.money import NO_BREAK
from essaim.web.environment import percent, short_day, time_of_day

Content = Mapping[str, Any]
BASIS_POINTS = 10_000


def heading(content: Content) -> list[str]:
    """The lines under the name of the cooperative: its form, its address, its number."""
    told = content.get("heading", {})
    town = NO_BREAK.join(filter(None, (told.get("postcode"), told.get("town"))))
    siren = told.get("siren")
    lines = [
        told.get("legal_form", ""),
        ", ".join(filter(None, (told.get("address"), town))),
        _("SIREN {siren}").format(siren=written_siren(siren)) if siren else "",
    ]
    return [line for line in lines if line]


def kind(content: Content) -> str:
    name = content["kind"]
    found = _(words.KINDS[name])
    if content["convening"] > 1:
        return _("{kind}, second convening").format(kind=found)
    return found


def facts(content: Content) -> list[tuple[str, str]]:
    """Where, when, who was convened: a label and a value each."""
    convened = content["convened"]
    count, by_post = sum(convened.values()), convened.get("post", 0)
    sent = ngettext("{count} associate", "{count} associates", count).format(count=count)
    if by_post:
        sent += ", " + ngettext("{count} by post", "{count} by post", by_post).format(count=by_post)
    record = at(content["record_at"])
    if record is not None:
        sent += ", " + _("on {day}").format(day=short_day(record))
    return [
        (_("Where"), content["place"]),
        *(
            (label, when(found))
            for label, name in ((_("Opened"), "opened_at"), (_("Closed"), "closed_at"))
            if (found := at(content[name])) is not None
        ),
        (_("Convened"), sent),
        (_("Had a vote"), ngettext("{count} associate", "{count} associates",
                                   content["entitled_count"]).format(count=content["entitled_count"])),
    ]  # fmt: skip


def presence(content: Content) -> list[dict[str, Any]]:
    """Who was there, college by college: how each of them came, from when to when."""
    labels = {one["code"]: one["label"] for one in content.get("colleges", ())}
    people: dict[str, dict[int, list[Mapping[str, Any]]]] = {code: {} for code in labels}
    for row in content["attendance"]:
        people.setdefault(row.get("college", ""), {}).setdefault(row["number"], []).append(row)
    return [
        {
            "label": labels.get(code) or _("Those who came"),
            "count": len(found),
            "people": [_stays(number, found[number]) for number in sorted(found)],
        }
        for code, found in people.items()
        if found
    ]


def _stays(number: int, rows: list[Mapping[str, Any]]) -> list[str]:
    """One associate: number, name, how and when."""
    said = []
    for row in rows:
        arrived, left = at(row["arrived_at"]), at(row["left_at"])
        name = row["how"]
        how = _(words.PRESENCES[name])
        if arrived is None:
            said.append(how)
        elif left is None:
            said.append(_("{how}, from {time}").format(how=how, time=time_of_day(arrived)))
        else:
            said.append(
                _("{how}, from {arrived} to {left}").format(
                    how=how, arrived=time_of_day(arrived), left=time_of_day(left)
                )
            )
    return [str(number), rows[0]["name"], _("; ").join(said)]


def proxies(content: Content) -> list[str]:
    """Who gave their vote to whom, and when it was taken back."""
    said = []
    for row in content["proxies"]:
        line = _("{giver} gives their vote to {holder}").format(
            giver=_called(row["principal"], row.get("principal_name")),
            holder=_called(row["holder"], row.get("holder_name")),
        )
        revoked = at(row["revoked_at"])
        if revoked is not None:
            line += _(", until {time}").format(time=when(revoked))
        said.append(line)
    return said


def _called(number: int, name: str | None) -> str:
    shown = _("No. {number} of the register").format(number=number)
    return f"{name} ({shown})" if name else shown


def quorum(found: Mapping[str, Any]) -> str:
    """The quorum at an instant, as one sentence; nothing for minutes that do not hold it."""
    if not found:
        return ""
    there, needed = Fraction(found["there"]), Fraction(found["needed"])
    reached = _("Quorum reached") if there >= needed else _("Quorum not reached")
    return _(
        "{reached}: {there} there, {needed} needed ({present} present, {represented} represented)."
    ).format(
        reached=reached,
        there=percent(int(there * BASIS_POINTS)),
        needed=percent(int(needed * BASIS_POINTS)),
        present=found["present"],
        represented=found["represented"],
    )


def quorum_rows(content: Content) -> list[list[str]]:
    """By college at the opening: who had a vote, was present, was represented."""
    labels = {one["code"]: one["label"] for one in content.get("colleges", ())}
    counted = content.get("quorum", {}).get("colleges", {})
    return [
        [labels.get(code) or _("Associates"), *(str(count) for count in counted[code])]
        for code in (*labels, *(code for code in counted if code not in labels))
        if code in counted
    ]


def points(content: Content) -> list[dict[str, Any]]:
    """Each point of the agenda: what was said, voted, decided."""
    return [_point(content, point) for point in content["points"]]


def _point(content: Content, point: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "position": point["position"],
        "title": point["title"],
        "texts": _paragraphs(point["text"], point.get("motion", "")),
        "files": [
            _("{title} (SHA-256: {digest}…)").format(title=one["title"], digest=one["sha256"][:16])
            for one in point.get("files", ())
        ],
        "noticed": _paragraphs(point["noticed"])
        if point.get("noticed", "") != point.get("motion", "")
        else [],
        "amendments": [_amendment(one, point) for one in point.get("amendments", ())],
        "has_motion": "motion" in point,
        "annulled": [words.annulled_told(one) for one in point.get("annulled", ())],
        "kind": "",
        "quorum": quorum(point.get("quorum", {})),
        "changes": [],
        "digest": point.get("ballots_digest", ""),
        "is_outside": point.get("is_outside", False),
        "scrutineers": ", ".join(point.get("scrutineers", ())),
        "votes": None,
        "named": [],
    }
    if not told["has_motion"]:
        return told
    told["kind"] = _ballot_kind(point)
    told["changes"] = [
        [title, value, short_day(day) if day else ""]
        for title, value, day in words.changes_told(point)
    ]
    if point["outcome"]:
        told["votes"] = votes_told(content, point)
        told["named"] = _named(point)
    return told


def _amendment(kept: Mapping[str, Any], point: Mapping[str, Any]) -> dict[str, Any]:
    """One amendment on paper: what it did, before and after, how it was voted."""
    told = words.amendment_told(kept, point["noticed"])
    heads = kept["outcome"].get("heads") if kept["outcome"] else None
    votes = (
        _("{yes} for, {no} against, {abstain} abstentions or blank").format(
            yes=heads["yes"], no=heads["no"], abstain=heads["abstain"]
        )
        if heads
        else ""
    )
    return {
        "title": _("Amendment {number} of {name}: {what}").format(
            number=told.number, name=told.of, what=told.what
        ),
        "fate": told.fate,
        "before": told.before,
        "after": told.after,
        "votes": votes,
    }


def questions(content: Content) -> list[dict[str, Any]]:
    """Questions put in writing before the meeting, with their answers."""
    return [
        {
            "title": _("Question of No. {number}, point {position}").format(
                number=one["number"], position=one["position"]
            )
            if one["position"]
            else _("Question of No. {number}").format(number=one["number"]),
            "texts": _paragraphs(one["text"]),
            "answers": _paragraphs(one["answer"]) or [_("Not answered in writing.")],
        }
        for one in content.get("questions", ())
    ]


def _ballot_kind(point: Mapping[str, Any]) -> str:
    secrecy = _("Secret ballot") if point["is_secret"] else _("Named ballot")
    if point["method"] == Method.MOTION:
        return secrecy
    seats = ngettext("{count} seat", "{count} seats", point["seats_count"])
    method = _(words.METHODS[Method(point["method"])])
    return f"{secrecy}. {method}, {seats.format(count=point['seats_count'])}."


def _named(point: Mapping[str, Any]) -> list[list[str]]:
    """Who said what in a named vote on a motion, choice by choice."""
    if point["method"] != Method.MOTION:
        return []
    return [
        [
            _(label),
            ", ".join(_called(number, name) for number, name, said in point.get("named", ())
                      if said == choice),
        ]
        for choice, label in words.CHOICES.items()
        if any(said == choice for _number, _name, said in point.get("named", ()))
    ]  # fmt: skip


def _paragraphs(*texts: str) -> list[str]:
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]


def when(moment: datetime) -> str:
    """A day with its year, and the time: « 18 déc. 2026 à 19 h »."""
    return _("{day} at {time}").format(day=short_day(moment), time=time_of_day(moment))


def at(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
