"""Redo a public draw from its files alone. French messages; Python 3.9 or later, nothing else.

    python3 rejouer.py [FOLDER]

FOLDER holds liste.json and resultat.json. This file shares no line with the program that drew.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Optional

Facts = dict[str, Any]


def numbers(seed: str) -> Iterator[int]:
    """Yield the blocks of a public draw: the SHA-256 of the lines seed and n, as integers."""
    place = 0
    while True:
        text = f"{seed}\n{place}"
        yield int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest(), "big")
        place += 1


def pick(blocks: Iterator[int], things: Sequence[Facts]) -> Facts:
    """Choose one of `things`, all equally likely: blocks beyond the last full turn are skipped."""
    turns = 2**256 - 2**256 % len(things)
    block = next(one for one in blocks if one < turns)
    return things[block % len(things)]


def draw(
    people: Sequence[Facts], quotas: Sequence[Facts], seats: int, seed: str
) -> tuple[list[int], int]:
    """Draw again and again until every quota is met: attempt n has the seed "seed/n"."""
    for attempt in range(1, 201):
        panel = attempt_of(people, quotas, seats, f"{seed}/{attempt}")
        if panel is not None:
            return [one["number"] for one in panel], attempt
    raise SystemExit("Aucun tirage ne respecte les quotas.")


def attempt_of(
    people: Sequence[Facts], quotas: Sequence[Facts], seats: int, seed: str
) -> Optional[list[Facts]]:
    """Draw next among the kind that is the scarcest; None when a quota can no longer be met."""
    blocks, pool = numbers(seed), sorted(people, key=lambda one: int(one["number"]))
    panel: list[Facts] = []
    while len(panel) < seats:
        full = [q for q in quotas if count(panel, q) >= q["maximum"]]
        pool = [one for one in pool if not any(has(one, q) for q in full)]
        urgent, urgency = None, Fraction(0)
        for quota in quotas:
            wanted, available = quota["minimum"] - count(panel, quota), count(pool, quota)
            if wanted > available:
                return None
            if wanted > 0 and Fraction(wanted, available) > urgency:
                urgent, urgency = quota, Fraction(wanted, available)
        if not pool:
            return None
        drawn = pick(blocks, [one for one in pool if urgent is None or has(one, urgent)])
        panel.append(drawn)
        pool.remove(drawn)
    return panel if all(count(panel, q) >= q["minimum"] for q in quotas) else None


def has(one: Facts, quota: Facts) -> bool:
    return bool(one.get(quota["category"]) == quota["value"])


def count(people: Sequence[Facts], quota: Facts) -> int:
    return sum(has(one, quota) for one in people)


def replace(
    content: Facts, seed: str, panel: tuple[list[int], set[int]], declined: int, place: int
) -> int:
    """Draw who takes the place of `declined`, so that the panel meets its quotas again."""
    members, gone = panel
    members.remove(declined)
    people = {one["number"]: one for one in content["candidates"]}
    here = [people[number] for number in members]
    pool = [one for number, one in people.items() if number not in gone]
    left = [
        {
            "category": q["category"],
            "value": q["value"],
            "minimum": max(0, q["minimum"] - count(here, q)),
            "maximum": max(0, q["maximum"] - count(here, q)),
        }
        for q in content["quotas"]
    ]
    (new,), _ = draw(pool, left, 1, f"{seed}/replacement/{place}")
    members.append(new)
    gone.add(new)
    return new


def main(folder: Path) -> int:
    listed = (folder / "liste.json").read_bytes()
    content, result = json.loads(listed), json.loads((folder / "resultat.json").read_bytes())
    seed = f"{hashlib.sha256(listed).hexdigest()}/{result['announced']}"
    print(f"Graine : {seed}")
    members, attempt = draw(content["candidates"], content["quotas"], content["seats_count"], seed)
    print(f"Numéros tirés, à l’essai {attempt} : {', '.join(map(str, members))}")
    right = seed == result["seed"] and members == result["panel"]
    panel = (list(members), set(members))
    for place, (declined, drawn) in enumerate(result["replacements"], start=1):
        new = replace(content, seed, panel, declined, place)
        print(f"Le n° {declined} se désiste, le n° {new} le remplace.")
        right = right and new == drawn
    print("Le tirage est bien celui qui est publié." if right else "CE N’EST PAS LE TIRAGE PUBLIÉ.")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
