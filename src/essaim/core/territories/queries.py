"""Reading the ground: communes by name, a territory's points, what is nearest."""

from collections import Counter
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from essaim.core.territories import rules
from essaim.core.territories.models import Commune, Epci, Place, Territory

SUGGESTIONS_MAX: Final = 10
NEAREST_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class CommunePoint:
    """A commune on a map; `position` is None when nobody knows it."""

    code: str
    name: str
    population: int
    position: rules.Position | None
    is_position_approximate: bool


@dataclass(frozen=True, slots=True)
class NearPlace:
    """A place and how far it is. A home shows the middle of its cell and no address."""

    place_id: int
    public_id: UUID
    name: str
    kind: str
    address: str
    position: rules.Position
    is_home: bool
    distance_m: int


def territory_of_site() -> Territory | None:
    """The territory this installation serves; None before it is chosen (1 query)."""
    return Territory.objects.order_by("pk").first()


def communes_matching(text: str, limit: int = SUGGESTIONS_MAX) -> list[Commune]:
    """Return communes by name, start of a word, postcode or INSEE code, best first. One query.

    Accents, capitals, hyphens and `St` for `Saint` do not matter. Postcodes come before INSEE
    codes, which look the same and which few people know; then exact names, then names that
    start so, then the most populated.
    """
    wanted = rules.plain(text)
    if not wanted:
        return []
    found = Commune.objects.filter(search_text__contains=f" {wanted}")
    if len(wanted) == 5:
        found |= Commune.objects.filter(pk=wanted.upper())
    closeness = Case(
        When(postcodes__contains=[wanted], then=Value(0)),
        When(pk=wanted.upper(), then=Value(1)),
        When(search_text__regex=rf"^ {wanted}( [0-9]{{5}})*$", then=Value(2)),
        When(search_text__startswith=f" {wanted}", then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    return list(found.order_by(closeness, "-population", "code")[:limit])


def groupings_matching(text: str, limit: int = SUGGESTIONS_MAX) -> list[Epci]:
    """Return groupings (EPCI) by part of their name or code. One query."""
    return list(
        Epci.objects.filter(name__unaccent__icontains=text.strip()).order_by("name", "code")[:limit]
        if not text.strip().isdigit()
        else Epci.objects.filter(code__startswith=text.strip()).order_by("code")[:limit]
    )


def communes_of(territory: Territory) -> list[CommunePoint]:
    """Return the communes of a territory for its map, most populated first. One query."""
    rows = territory.communes.order_by("-population", "code").values_list(
        "code", "name", "population", "lat", "lng", "is_position_approximate"
    )
    return [
        CommunePoint(
            code=code,
            name=name,
            population=population,
            position=None if lat is None or lng is None else rules.Position(lat, lng),
            is_position_approximate=is_approximate,
        )
        for code, name, population, lat, lng, is_approximate in rows
    ]


def centre_of(territory: Territory) -> rules.Position | None:
    """Return the middle of the known communes, weighed by people, or None. One query."""
    known = [
        (commune.position, max(1, commune.population))
        for commune in communes_of(territory)
        if commune.position
    ]
    if not known:
        return None
    people = sum(weight for _, weight in known)
    return rules.Position(
        sum(point.lat * weight for point, weight in known) / people,
        sum(point.lng * weight for point, weight in known) / people,
    )


def places_of(territory: Territory) -> QuerySet[Place]:
    """Return the places in the communes of a territory, unordered. Lazy: one query when read."""
    return Place.objects.filter(commune__territories=territory)


def place_counts_by_cell(territory: Territory, resolution: int) -> dict[int, int]:
    """Return how many places each shown cell of a territory holds. One query."""
    counts: Counter[int] = Counter()
    rows = places_of(territory).values_list("cell_r9").annotate(Count("pk")).order_by("cell_r9")
    for cell, count in rows:
        counts[rules.shown_cell(cell, resolution)] += count
    return dict(counts)


def nearest_places(kind: str, origin: rules.Position, count: int = 20) -> list[NearPlace]:
    """Return the `count` places of a kind nearest to `origin`, exactly, nearest first. One query.

    The index on kind and position is walked from the nearest outwards, so the time does not
    grow with the number of places. Ties are settled by the order in which places were made.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEAREST_SQL, {**_sphere(origin), "kind": kind, "count": count})
        return [_near_place(row, origin) for row in cursor.fetchall()]


NEAREST_SQL: Final = """
    SELECT id, public_id, name, kind, address, shown_lat, shown_lng, is_home
    FROM territories_place
    WHERE kind = %(kind)s
    ORDER BY sphere <-> cube(ARRAY[%(x)s, %(y)s, %(z)s]::float8[])
    LIMIT %(count)s
"""


def _sphere(position: rules.Position) -> dict[str, float]:
    x, y, z = rules.on_sphere_m(position)
    return {"x": x, "y": y, "z": z}


def _near_place(
    row: tuple[int, UUID, str, str, str, float, float, bool], origin: rules.Position
) -> NearPlace:
    place_id, public_id, name, kind, address, lat, lng, is_home = row
    shown = rules.Position(lat, lng)
    return NearPlace(
        place_id=place_id,
        public_id=public_id,
        name=name,
        kind=kind,
        address="" if is_home else address,
        position=shown,
        is_home=is_home,
        distance_m=round(rules.distance_m(origin, shown)),
    )
