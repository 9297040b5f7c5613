"""Loading the communes, drawing a territory, naming a place."""

import lzma
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.utils.text import slugify

from essaim.core.members.models import Organisation
from essaim.core.territories import rules
from essaim.core.territories.models import Commune, Epci, Place, Territory
from essaim.kernel.errors import N_, BadInput, RuleBroken

COMMUNES_FILE: Final = Path(__file__).parent / "data" / "communes.tsv.xz"


class UnknownGrouping(BadInput):
    """No grouping of communes has this code."""

    code = "territories.unknown-grouping"
    sentence = N_("No grouping of communes has the code {epci_code}.")


class UnknownCommunes(BadInput):
    """Some codes are not those of current communes."""

    code = "territories.unknown-communes"
    sentence = N_("These codes are not current communes: {codes}.")


class EmptyTerritory(BadInput):
    """A territory needs a commune."""

    code = "territories.empty-territory"
    sentence = N_("A territory holds at least one commune.")


class TerritoryNameTaken(RuleBroken):
    """Another territory has this name."""

    code = "territories.name-taken"
    sentence = N_("Another territory is already called {name}.")


class NotOnEarth(BadInput):
    """The coordinates are out of range."""

    code = "territories.not-on-earth"
    sentence = N_("These coordinates are not on Earth.")


@dataclass(frozen=True, slots=True)
class LoadedCommunes:
    """How many rows the file holds, and how many communes it added or changed."""

    epci_count: int
    commune_count: int
    changed_count: int


@transaction.atomic
def load_communes(*, source: Path = COMMUNES_FILE) -> LoadedCommunes:
    """Bring the tables of communes and groupings up to the shipped file.

    Set-based (two COPY, two upserts) and idempotent: a second load changes nothing.
    Communes that the file no longer has are kept, since places may lie in them.
    """
    epcis, communes = _read(source)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE new_epci (LIKE territories_epci) ON COMMIT DROP;"
            "CREATE TEMP TABLE new_commune (LIKE territories_commune) ON COMMIT DROP"
        )
        _copy("new_epci (code, name, kind)", epcis)
        _copy(f"new_commune ({', '.join(COMMUNE_COLUMNS)})", communes)
        _upsert("epci", ("code", "name", "kind"))
        changed_count = _upsert("commune", COMMUNE_COLUMNS)
        cursor.execute("DROP TABLE new_epci, new_commune")
        cursor.execute("ANALYZE territories_commune")
    return LoadedCommunes(len(epcis), len(communes), changed_count)


@transaction.atomic
def create_territory(
    *,
    name: str,
    now: datetime,
    epci_code: str = "",
    commune_codes: Sequence[str] = (),
    time_zone: str = "Europe/Paris",
) -> Territory:
    """Draw a territory: the communes of one grouping, and those named one by one.

    Raises:
        UnknownGrouping: `epci_code` is not a grouping; `details` has `epci_code`.
        UnknownCommunes: `details` has the `codes` that are not current communes.
        EmptyTerritory: neither a grouping nor a commune was given.
        TerritoryNameTaken: the name gives the address of another territory.
    """
    if epci_code and not Epci.objects.filter(pk=epci_code).exists():
        raise UnknownGrouping(epci_code=epci_code)
    wanted = set(commune_codes)
    named = Commune.objects.filter(pk__in=wanted)
    if unknown := wanted - set(named.values_list("pk", flat=True)):
        raise UnknownCommunes(codes=", ".join(sorted(unknown)))
    if epci_code:
        wanted |= set(Commune.objects.filter(epci=epci_code).values_list("pk", flat=True))
    if not wanted:
        raise EmptyTerritory
    slug = slugify(name)
    if not slug or Territory.objects.filter(slug=slug).exists():
        raise TerritoryNameTaken(name=name)

    territory = Territory.objects.create(name=name, slug=slug, time_zone=time_zone, created_at=now)
    territory.communes.set(Commune.objects.filter(pk__in=wanted))
    return territory


@transaction.atomic
def create_place(
    *,
    name: str,
    kind: str,
    address: str,
    commune: Commune,
    lat: float,
    lng: float,
    now: datetime,
    is_home: bool = False,
    keeper: Organisation | None = None,
    opening_words: str = "",
) -> Place:
    """Name a place and compute the cell it is counted in.

    Args:
        kind: what happens here, as a slug: `pickup`, `farm`, `workshop`, `home`…
        is_home: someone lives here; only a cell will be shown.
        keeper: who may change it later.

    Raises:
        NotOnEarth: `lat` or `lng` is out of range or not a number.
    """
    return Place.objects.create(
        name=name,
        kind=kind,
        address=address,
        commune=commune,
        is_home=is_home,
        keeper=keeper,
        opening_words=opening_words,
        created_at=now,
        **_where(lat, lng, is_home=is_home),
    )


@transaction.atomic
def revise_place(
    *,
    place: Place,
    name: str,
    address: str,
    commune: Commune,
    lat: float,
    lng: float,
    opening_words: str,
) -> Place:
    """Say better where a place is; those who meet there read it at once.

    Raises:
        NotOnEarth: `lat` or `lng` is out of range or not a number.
    """
    place = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    said = {
        "name": name,
        "address": address,
        "commune": commune,
        "opening_words": opening_words,
        **_where(lat, lng, is_home=place.is_home),
    }
    for field, value in said.items():
        setattr(place, field, value)
    place.save(update_fields=list(said))
    return place


@transaction.atomic
def close_place(*, place: Place, now: datetime) -> Place:
    """Propose a place no longer; what happened there keeps its name. Twice changes nothing."""
    place = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    if place.closed_at is None:
        place.closed_at = now
        place.save(update_fields=["closed_at"])
    return place


@transaction.atomic
def reopen_place(*, place: Place) -> Place:
    """Propose a closed place again."""
    place = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    place.closed_at = None
    place.save(update_fields=["closed_at"])
    return place


def _where(lat: float, lng: float, *, is_home: bool) -> dict[str, Any]:
    """The fields of a place that follow from its point."""
    try:
        position = rules.Position(lat, lng)
    except ValueError as error:
        raise NotOnEarth(lat=lat, lng=lng) from error
    shown = rules.shown_position(position, is_home=is_home)
    return {
        "lat": position.lat,
        "lng": position.lng,
        "shown_lat": shown.lat,
        "shown_lng": shown.lng,
        "cell_r9": rules.cell_of(position),
    }


COMMUNE_COLUMNS: Final = (
    "code",
    "name",
    "search_text",
    "postcodes",
    "population",
    "departement",
    "region",
    "epci_id",
    "lat",
    "lng",
    "is_position_approximate",
)

Row = tuple[object, ...]


def _read(source: Path) -> tuple[list[Row], list[Row]]:
    epcis: list[Row] = []
    communes: list[Row] = []
    with lzma.open(source, "rt", encoding="utf-8") as lines:
        # The source types "Villeneuve-d'Ascq"; people read it with the apostrophe of print.
        for kind, *values in (line.rstrip("\n").replace("'", "’").split("\t") for line in lines):
            if kind == "E":
                epcis.append(tuple(values))
            elif kind == "C":
                communes.append(_commune_row(values))
    return epcis, communes


def _commune_row(values: list[str]) -> Row:
    code, name, postcodes, population, departement, region, epci, lat, lng, approximate = values
    return (
        code,
        name,
        f" {rules.plain(name)} {postcodes}".rstrip(),
        postcodes.split(),
        int(population),
        departement,
        region,
        epci or None,
        float(lat) if lat else None,
        float(lng) if lng else None,
        approximate == "1",
    )


def _copy(target: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _upsert(table: str, columns: Sequence[str]) -> int:
    """Bring `territories_<table>` up to `new_<table>`; return the rows added or changed."""
    pairs = [column for column in columns if column != "code"]
    names = ", ".join(columns)
    assignments = ", ".join(f"{column} = excluded.{column}" for column in pairs)
    old = ", ".join(f"t.{column}" for column in pairs)
    new = ", ".join(f"excluded.{column}" for column in pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO territories_{table} AS t ({names}) SELECT {names} FROM new_{table}"
            f" ON CONFLICT (code) DO UPDATE SET {assignments}"
            f" WHERE ({old}) IS DISTINCT FROM ({new})"
        )
        return int(cursor.rowcount)
