"""Count a published vote again, with nothing but Python and the published files.

    python verifier.py FOLDER
    python verifier.py FOLDER --receipt TRACKER COMMITMENT

FOLDER holds poll.json, ballots.csv and result.json as they were published. This file imports
nothing of Essaim: read it, it is short. It says what it checked, and ends with 0 when all holds,
1 when something does not, 2 when the files cannot be read.
"""

import csv
import hashlib
import json
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

Row = dict[str, str]
Facts = dict[str, Any]
Votes = Counter[str]
COLUMNS = ["college", "tracker", "choice", "nonce", "commitment"]


class Wrong(Exception):
    """Something published does not hold together."""


def main(arguments: list[str]) -> int:
    """Check a folder; print what was found; return the exit code."""
    if len(arguments) not in (1, 4) or (len(arguments) == 4 and arguments[1] != "--receipt"):
        print(__doc__)
        return 2
    folder = Path(arguments[0])
    try:
        file = (folder / "ballots.csv").read_bytes()
        poll = json.loads((folder / "poll.json").read_bytes())
        result = json.loads((folder / "result.json").read_bytes())
        ballots = read_ballots(file)
    except (OSError, ValueError, KeyError) as problem:
        print(f"Ces fichiers ne se lisent pas : {problem}")
        return 2
    try:
        check_file(file, poll)
        check_ballots(ballots)
        check_colleges(ballots, poll)
        check_result(ballots, poll, result)
        if len(arguments) == 4:
            check_receipt(ballots, arguments[2], arguments[3])
    except Wrong as problem:
        print(f"NON : {problem}")
        return 1
    print("Tout concorde.")
    return 0


def read_ballots(file: bytes) -> list[Row]:
    """Return the lines of ballots.csv as dictionaries."""
    rows = csv.DictReader(file.decode("utf-8").splitlines())
    if rows.fieldnames != COLUMNS:
        raise ValueError(f"colonnes {rows.fieldnames}")
    return list(rows)


def check_file(file: bytes, poll: Facts) -> None:
    """The list is the one whose digest the minutes give."""
    digest = hashlib.sha256(file).hexdigest()
    print(f"SHA-256 de ballots.csv : {digest}")
    print("À comparer avec celle du procès-verbal.")
    if digest != poll["ballots_sha256"]:
        raise Wrong("ce n’est pas le fichier dont poll.json donne l’empreinte")


def check_ballots(ballots: list[Row]) -> None:
    """Each commitment is that of its line, no tracker comes twice, the order says nothing."""
    for row in ballots:
        text = "\n".join((row["tracker"], row["choice"], row["nonce"]))
        if hashlib.sha256(text.encode("utf-8")).hexdigest() != row["commitment"]:
            raise Wrong(f"l’engagement du bulletin {row['tracker']} n’est pas le sien")
    trackers = [row["tracker"] for row in ballots]
    if len(set(trackers)) != len(trackers):
        raise Wrong("un numéro de suivi figure deux fois")
    keys = [(row["commitment"], row["college"]) for row in ballots]
    if keys != sorted(keys):
        raise Wrong("les bulletins ne sont pas dans l’ordre de leurs engagements")
    print(f"{len(ballots)} bulletin(s), chacun conforme à son engagement.")


def check_colleges(ballots: list[Row], poll: Facts) -> None:
    """Each college has as many ballots as people ticked on the roll, and no more than may vote."""
    counts = Counter(row["college"] for row in ballots)
    known = {college["code"]: college for college in poll["colleges"]}
    for code in sorted(counts.keys() | known.keys()):
        if code not in known:
            raise Wrong(f"des bulletins viennent d’un collège inconnu : {code}")
        college = known[code]
        if counts[code] != college["voted"] or counts[code] > college["entitled"]:
            raise Wrong(
                f"collège {code} : {counts[code]} bulletin(s), {college['voted']} émargement(s),"
                f" {college['entitled']} inscrit(s)"
            )
        print(f"Collège {college['label'] or code} : {counts[code]} sur {college['entitled']}.")


def check_result(ballots: list[Row], poll: Facts, result: Facts) -> None:
    """Counted again, the vote gives what was declared."""
    counting = poll["counting"]
    if counting["method"] != "motion":
        raise Wrong(f"ce vérificateur ne sait pas recompter « {counting['method']} »")
    votes: dict[str, Votes] = {college["code"]: Counter() for college in poll["colleges"]}
    for row in ballots:
        choice = json.loads(row["choice"])
        votes[row["college"]]["abstain" if choice == "blank" else choice] += 1
    heads = sum(votes.values(), Votes())
    entitled = sum(college["entitled"] for college in poll["colleges"])
    compare("une personne, une voix", heads, entitled, counting, result["heads"])
    if "weighted" not in result:
        return
    yes, whole = weighted(votes, poll["colleges"], counting)
    share = yes / whole
    is_adopted = reaches(share, counting)
    print(f"Par collèges : {shown(share)} de oui, {outcome(is_adopted)}.")
    if share != Fraction(result["weighted"]["yes_share"]):
        raise Wrong(f"la part de oui déclarée par collèges est {result['weighted']['yes_share']}")
    if is_adopted != result["weighted"]["is_adopted"]:
        raise Wrong("le résultat déclaré par collèges n’est pas celui-ci")


def weighted(
    votes: dict[str, Votes], colleges: list[Facts], counting: Facts
) -> tuple[Fraction, Fraction]:
    """Return the weighted part of yes, and what it is a part of.

    Each college brings its weight in proportion of its own votes; the weights of colleges without
    any vote to count are shared among the others, which the division by the whole does.
    """
    yes, whole = Fraction(0), Fraction(0)
    for college in colleges:
        counts = votes[college["code"]]
        base = base_of(counts, college["entitled"], counting)
        if base and sum(counts.values()):
            whole += Fraction(college["weight"])
            yes += Fraction(college["weight"]) * Fraction(counts["yes"], base)
    return yes, whole


def base_of(counts: Votes, entitled: int, counting: Facts) -> int:
    """How many the share of yes is taken on."""
    if counting["base"] == "entitled":
        return entitled
    return counts["yes"] + counts["no"] + (counts["abstain"] if counting["abstentions"] else 0)


def reaches(share: Fraction, counting: Facts) -> bool:
    """Whether a share of yes is enough."""
    needed = Fraction(counting["needed"])
    return share > needed if counting["is_more_than"] else share >= needed


def compare(name: str, counts: Votes, entitled: int, counting: Facts, declared: Facts) -> None:
    """Compare a plain count with the declared one."""
    base = base_of(counts, entitled, counting)
    is_adopted = bool(base) and reaches(Fraction(counts["yes"], base), counting)
    print(
        f"{name.capitalize()} : {counts['yes']} oui, {counts['no']} non,"
        f" {counts['abstain']} abstention(s), {outcome(is_adopted)}."
    )
    for choice in ("yes", "no", "abstain"):
        if counts[choice] != Fraction(declared[choice]):
            raise Wrong(f"{name} : {declared[choice]} « {choice} » déclarés")
    if is_adopted != declared["is_adopted"]:
        raise Wrong(f"{name} : le résultat déclaré n’est pas celui-ci")


def check_receipt(ballots: list[Row], tracker: str, commitment: str) -> None:
    """A voter's own ballot is in the list, unchanged."""
    found = [row for row in ballots if row["tracker"] == tracker]
    if not found:
        raise Wrong(f"aucun bulletin ne porte le numéro {tracker}")
    if found[0]["commitment"] != commitment:
        raise Wrong(f"le bulletin {tracker} n’est pas celui du reçu")
    print(f"Votre bulletin {tracker} est compté : {found[0]['choice']}")


def shown(share: Fraction) -> str:
    return f"{float(100 * share):.2f} %".replace(".", ",")


def outcome(is_adopted: bool) -> str:
    return "adopté" if is_adopted else "rejeté"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
