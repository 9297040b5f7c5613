"""Who may be drawn and from where; who was."""

import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

from essaim.commons.assembly.models import Minutes
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate, Register
from essaim.commons.sortition.models import Sortition
from essaim.commons.sortition.rules.public import ELSEWHERE, Content, as_bytes, seed_of
from essaim.core.territories import queries as territories
from essaim.core.territories.rules import cell_centre, distance_m, plain

REPLAY = Path(__file__).with_name("replay.py")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def candidates(
    register: Register, *, excluded: Iterable[int], communes: Iterable[str]
) -> list[dict[str, object]]:
    """The people who may be drawn, by number: their college, and their commune if it is named.

    Organisations do not sit on a panel. The commune is the one whose centre is nearest to the
    cell of the home, when the member gave one.
    """
    asked = {plain(name): name for name in communes}
    rows = Associate.objects.filter(register=register, left_at=None, member__isnull=False)
    people = rows.exclude(number__in=list(excluded)).select_related("college", "member")
    points = territories.communes_of(register.territory) if asked else []
    found = []
    for one in people.order_by("number"):
        row: dict[str, object] = {
            "number": one.number,
            "college": one.college.code if one.college else "",
        }
        if asked:
            cell = one.member.home_cell if one.member else None
            name = _commune_of(cell, points)
            row["commune"] = asked.get(plain(name), ELSEWHERE)
        found.append(row)
    return found


def _commune_of(cell: int | None, points: list[territories.CommunePoint]) -> str:
    if cell is None:
        return ""
    home = cell_centre(cell)
    known = [(one.position, one.name) for one in points if one.position is not None]
    return min((distance_m(home, position), name) for position, name in known)[1] if known else ""


def last_minutes(register: Register) -> dict[str, object]:
    """The number and the digest of the last minutes, a part of the seed nobody chooses."""
    found = Minutes.objects.filter(register=register).order_by("-number").first()
    return {"number": found.number, "digest": found.digest} if found else {}


def names(register: Register, numbers: Iterable[int]) -> dict[int, str]:
    """The names of these numbers, today (1 query)."""
    rows = Associate.objects.filter(register=register, number__in=list(numbers))
    return {one.number: holder_name(one) for one in rows.select_related("member", "organisation")}


def draws_of(register: Register) -> list[Sortition]:
    """The draws of a cooperative, the latest first, without their lists (1 query)."""
    return list(Sortition.objects.filter(register=register).defer("content").order_by("-pk"))


def members_of(sortition: Sortition) -> list[int]:
    """Who sits today: those drawn, replaced where they declined (1 query)."""
    sitting = list(sortition.panel)
    for one in sortition.declinings.order_by("position"):
        sitting[sitting.index(one.declined)] = one.drawn
    return sitting


def replay_archive(sortition: Sortition) -> bytes:
    """The frozen list; once drawn, the result and a program of one file that draws again."""
    content: Content = sortition.content
    files = {"liste.json": as_bytes(content)}
    if sortition.drawn_at is not None:
        declinings = sortition.declinings.order_by("position")
        result = {
            "announced": sortition.announced,
            "source": sortition.source,
            "seed": seed_of(content, sortition.announced),
            "panel": sortition.panel,
            "replacements": [[one.declined, one.drawn] for one in declinings],
        }
        files["resultat.json"] = json.dumps(result, ensure_ascii=False, indent=1).encode()
        files["rejouer.py"] = REPLAY.read_bytes()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(zipfile.ZipInfo(f"tirage/{name}", FIRST_DAY), body)
    return written.getvalue()
