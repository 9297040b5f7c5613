"""Count a published vote again, with nothing but Python and the published files.

    python verifier.py FOLDER
    python verifier.py FOLDER --receipt TRACKER COMMITMENT

FOLDER holds poll.json, ballots.csv and result.json as they were published. This file imports
nothing of Essaim: read it. It says what it checked, and ends with 0 when all holds, 1 when
something does not, 2 when the files cannot be read.
"""

import csv
import hashlib
import json
import sys
from collections import Counter
from fractions import Fraction
from itertools import groupby
from math import lcm
from pathlib import Path
from typing import Any

Row = dict[str, str]
Facts = dict[str, Any]
Votes = Counter[str]
Paper = tuple[Any, Fraction]
ELECTIONS = {"approval", "majority-judgment", "schulze", "irv", "stv"}
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
    if counting["method"] in ELECTIONS:
        check_election(ballots, poll, result)
        return
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


def check_election(ballots: list[Row], poll: Facts, result: Facts) -> None:
    """Counted again, an election elects who was declared, by heads and by colleges."""
    said = [(row["college"], json.loads(row["choice"])) for row in ballots]
    said = [(college, choice) for college, choice in said if choice != "blank"]
    blank_count = len(ballots) - len(said)
    if (len(ballots), blank_count) != (result["ballots_count"], result["blank_count"]):
        raise Wrong("le nombre de bulletins, ou de bulletins blancs, n’est pas celui-ci")
    if not said:
        return
    counts = Counter(college for college, _choice in said)
    weights = {college["code"]: Fraction(college["weight"]) for college in poll["colleges"]}
    whole = sum(weights[college] for college in counts)
    each = {code: weights[code] * len(said) / (whole * count) for code, count in counts.items()}
    for name, key in (("une personne, une voix", "heads"), ("par collèges", "weighted")):
        if key in result:
            papers = [
                (choice, each[college] if key == "weighted" else Fraction(1))
                for college, choice in said
            ]
            compare_elected(name, elect(papers, poll), poll, result[key])


def elect(papers: list[Paper], poll: Facts) -> tuple[list[str], list[str]]:
    """Return who is elected, and the equals among whom the last seats would have to be drawn."""
    counting = poll["counting"]
    options = [option["code"] for option in poll["options"]]
    seats = counting["seats_count"]
    if counting["method"] in {"irv", "stv"}:
        is_fixed = counting["method"] == "stv"
        return transfer(options, papers, seats, poll["ballots_sha256"], is_fixed=is_fixed), []
    tiers = {"approval": approved, "majority-judgment": judged, "schulze": beaten}
    return first_of(tiers[counting["method"]](options, papers), seats)


def first_of(tiers: list[list[str]], seats: int) -> tuple[list[str], list[str]]:
    """Fill seats with whole tiers; a tier that does not fit is tied."""
    sure: list[str] = []
    for tier in tiers:
        if len(sure) == seats:
            break
        if len(sure) + len(tier) > seats:
            return sure, tier
        sure += tier
    return sure, []


def approved(options: list[str], papers: list[Paper]) -> list[list[str]]:
    """Tiers by the sum of the weights that approve."""
    sums = {
        option: sum((weight for choice, weight in papers if option in choice), Fraction(0))
        for option in options
    }
    return [[o for o in options if sums[o] == value] for value in sorted(set(sums.values()))[::-1]]


def judged(options: list[str], papers: list[Paper]) -> list[list[str]]:
    """Tiers by majority judgment: medians are taken off one unit at a time, the lower one first."""
    scale, medians = lcm(*(weight.denominator for _choice, weight in papers)), {}
    for option in options:
        grades: list[int] = []
        for choice, weight in sorted(papers, key=lambda paper: paper[0].get(option, 0)):
            grades += [choice.get(option, 0)] * int(weight * scale)
        low, taken = (len(grades) - 1) // 2, []
        high = low + 1
        for left in range(len(grades), 0, -1):
            goes_down = (left - 1) // 2 <= low
            taken.append(grades[low] if goes_down else grades[high])
            low, high = (low - 1, high) if goes_down else (low, high + 1)
        medians[option] = taken
    ordered = sorted(options, key=lambda option: medians[option], reverse=True)
    return [list(tier) for _taken, tier in groupby(ordered, key=lambda option: medians[option])]


def beaten(options: list[str], papers: list[Paper]) -> list[list[str]]:
    """Tiers by Schulze: whom nobody beats along the strongest paths, then the same without them."""
    paths = {}
    ranks = [
        ({option: place for place, tier in enumerate(choice) for option in tier}, weight)
        for choice, weight in papers
    ]
    for a in options:
        for b in options:
            above = sum((w for r, w in ranks if r.get(a, 999) < r.get(b, 999)), Fraction(0))
            below = sum((w for r, w in ranks if r.get(a, 999) > r.get(b, 999)), Fraction(0))
            paths[a, b] = above if above > below else Fraction(0)
    for c in options:
        for a in options:
            for b in options:
                paths[a, b] = max(paths[a, b], min(paths[a, c], paths[c, b]))
    tiers, left = [], list(options)
    while left:
        tiers.append([b for b in left if all(paths[b, a] >= paths[a, b] for a in left)])
        left = [option for option in left if option not in tiers[-1]]
    return tiers


def transfer(
    options: list[str], papers: list[Paper], seats: int, seed: str, *, is_fixed: bool
) -> list[str]:
    """Elect by transfers: STV with a fixed quota of Droop, else instant run-off."""
    count = Transfers(options, papers, seats, seed, is_fixed=is_fixed)
    while len(count.elected) < seats:
        count.play_a_round()
    return count.elected


class Transfers:
    """A count by transfers: what each option holds, round after round."""

    def __init__(
        self, options: list[str], papers: list[Paper], seats: int, seed: str, *, is_fixed: bool
    ) -> None:
        scale = lcm(*(weight.denominator for _choice, weight in papers))
        self.seats, self.seed, self.is_fixed = seats, seed, is_fixed
        self.continuing, self.elected = list(options), list[str]()
        self.held: dict[str, list[Paper]] = {option: [] for option in options}
        self.surpluses: dict[str, Fraction] = {}
        self.history: list[dict[str, Fraction]] = []
        named = [(choice, weight * scale) for choice, weight in papers if choice]
        self.total = int(sum(value for _choice, value in named))
        self.deal(named)

    def deal(self, heap: list[Paper]) -> None:
        """Give ballots to their best option that continues; equal ones share them."""
        for choice, value in heap:
            tiers = ([one for one in tier if one in self.continuing] for tier in choice)
            best = next(filter(None, tiers), [])
            for option in best:
                self.held[option].append((choice, value / len(best)))

    def settle(self, tied: list[str], sign: int) -> str:
        """Most votes (1) or fewest (-1) now, then in the first round that differs, then a draw."""
        for votes in (self.history[-1], *self.history):
            most = max(sign * votes[option] for option in tied)
            tied = [option for option in tied if sign * votes[option] == most]
        subject = f"round {len(self.history)} {'first' if sign > 0 else 'last'}"
        return min(tied, key=lambda option: (sha(f"{self.seed}\n{subject}\n{option}"), option))

    def play_a_round(self) -> None:
        votes = {
            option: sum((value for _choice, value in heap), Fraction(0))
            for option, heap in self.held.items()
        }
        self.history.append(votes)
        self.seat(votes)
        if len(self.elected) < self.seats:
            self.move(votes)

    def seat(self, votes: dict[str, Fraction]) -> None:
        """Elect whoever reaches the quota, or everybody left when seats suffice."""
        quota = sum(votes.values(), Fraction(0)) / 2
        if self.is_fixed:
            quota = Fraction(self.total // (self.seats + 1) + 1)
        reached = [
            option
            for option in self.continuing
            if votes[option] > quota or (self.is_fixed and votes[option] == quota)
        ]
        if len(self.continuing) <= self.seats - len(self.elected):
            reached = list(self.continuing)
        while reached:
            first = self.settle(reached, 1)
            reached.remove(first)
            self.continuing.remove(first)
            self.elected.append(first)
            if votes[first] > quota:
                self.surpluses[first] = votes[first] - quota

    def move(self, votes: dict[str, Fraction]) -> None:
        """Pass on the largest surplus, or else every ballot of the weakest option."""
        if not self.surpluses:
            weakest = self.settle(self.continuing, -1)
            self.continuing.remove(weakest)
            self.deal(self.held.pop(weakest))
            return
        largest = max(self.surpluses.values())
        source = self.settle([o for o in self.surpluses if self.surpluses[o] == largest], 1)
        share = self.surpluses.pop(source) / votes[source]
        heap = self.held[source]
        self.held[source] = [(choice, value * (1 - share)) for choice, value in heap]
        self.deal([(choice, value * share) for choice, value in heap])


def sha(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()


def compare_elected(
    name: str, found: tuple[list[str], list[str]], poll: Facts, declared: Facts
) -> None:
    """Compare who is elected with who was declared so."""
    labels = {option["code"]: option["label"] for option in poll["options"]}
    winners, tied = found
    print(f"{name.capitalize()} : {', '.join(labels[one] for one in winners) or 'personne'}.")
    if sorted(winners) != sorted(declared["winners"]) or sorted(tied) != sorted(declared["tied"]):
        raise Wrong(f"{name} : ce ne sont pas les personnes déclarées élues")


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
