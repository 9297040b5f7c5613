"""How fast votes are counted: a hundred thousand different ballots, by every method, on one core.

Run by `essaim bench assembly`. Each count has a process of its own, so that its peak of memory is
its own. The ballots are drawn uniformly, the worst case: hardly two are equal, and grouping equal
ones, which is what makes real elections quick, helps nothing. The baselines count the same
ballots one by one, in the same process.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

from essaim.commons.ballots.rules.budgets import BudgetBallot, Project, greedy
from essaim.commons.ballots.rules.colleges import CollegeVotes, decide_by_colleges
from essaim.commons.ballots.rules.equal_shares import Completion, equal_shares
from essaim.commons.ballots.rules.estimates import Unsure
from essaim.commons.ballots.rules.judgment import majority_judgment
from essaim.commons.ballots.rules.motions import SIMPLE, Votes
from essaim.commons.ballots.rules.papers import MarkedBallot, RankedBallot
from essaim.commons.ballots.rules.quadratic import pairwise_bounded_funding, quadratic_funding
from essaim.commons.ballots.rules.schulze import schulze
from essaim.commons.ballots.rules.scores import approval, score
from essaim.commons.ballots.rules.sortition import Candidate, Quota, draw_panel
from essaim.commons.ballots.rules.transfers import instant_runoff, single_transferable_vote

BALLOTS_COUNT, BALLOTS_QUICK = 100_000, 10_000
OPTIONS = [str(number) for number in range(20)]
PROJECTS_COUNT, PICKS_COUNT = 100, 8
SLOW_COUNT = 2_000
"""Ballots of the baselines that would take minutes on all of them; ours is timed on as many."""
SECONDS_GOAL, MEGABYTES_GOAL = 5.0, 300


def run(quick: bool) -> dict[str, Any]:  # noqa: FBT001 - the form all benchmarks share
    """Count in child processes and return the figures."""
    count = BALLOTS_QUICK if quick else BALLOTS_COUNT
    cases = [_in_a_process(name, count) for name in CASES]
    results = [_seconds(figures) for figures in cases]
    results += [_command(count), _memory(cases)]
    return {
        "name": "assembly",
        "data": {"ballots": count, "options": len(OPTIONS), "projects": PROJECTS_COUNT},
        "results": results,
    }


def _in_a_process(name: str, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.assembly", name, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _seconds(figures: dict[str, Any]) -> dict[str, Any]:
    seconds, base = figures["seconds"], figures["baseline"]
    return {
        "metric": figures["metric"],
        "value": seconds,
        "unit": "s",
        "baseline": base,
        "ratio": seconds / base if base else None,
        "goal": f"< {SECONDS_GOAL:.0f}",
        "met": seconds < SECONDS_GOAL,
    }


def _memory(cases: list[dict[str, Any]]) -> dict[str, Any]:
    worst = max(cases, key=lambda figures: figures["megabytes"])
    return {
        "metric": f"largest peak of memory, ballots included ({worst['metric']})",
        "value": worst["megabytes"],
        "unit": "MB",
        "goal": f"< {MEGABYTES_GOAL}",
        "met": worst["megabytes"] < MEGABYTES_GOAL,
    }


def _command(count: int) -> dict[str, Any]:
    """Time the whole command on a file: starting, reading, counting, telling."""
    draw = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ballots.soi"
        lines = (
            f"1: {','.join(draw.sample(OPTIONS, draw.randint(1, len(OPTIONS))))}\n"
            for _ in range(count)
        )
        path.write_text("".join(lines))
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "essaim", "tally", str(path), "--json"],
            capture_output=True,
            check=True,
        )
        seconds = time.perf_counter() - began
    return {
        "metric": "essaim tally on a file, Schulze, all included",
        "value": seconds,
        "unit": "s",
        "goal": f"< {SECONDS_GOAL:.0f}",
        "met": seconds < SECONDS_GOAL,
    }


# The ballots


def _rankings(count: int) -> list[RankedBallot]:
    draw = random.Random(7)
    alone = {option: (option,) for option in OPTIONS}
    return [
        RankedBallot(tuple(alone[option] for option in draw.sample(OPTIONS, len(OPTIONS))))
        for _ in range(count)
    ]


def _marks(count: int, best: int) -> list[MarkedBallot]:
    draw = random.Random(7)
    return [MarkedBallot(tuple(draw.randint(0, best) for _ in OPTIONS)) for _ in range(count)]


def _budget(count: int, each: int = 10) -> tuple[list[Project], list[BudgetBallot], int]:
    """Return projects that cost 0.5 to 6 % of the budget, ballots of 8, and `each` per voter."""
    draw = random.Random(7)
    unit = max(1, count * each // 1_000)
    projects = [Project(f"p{n}", draw.randint(5, 60) * unit) for n in range(PROJECTS_COUNT)]
    popularity = [draw.random() ** 2 for _ in projects]
    picks = [(project.key, 1) for project in projects]
    ballots = []
    for _ in range(count):
        chosen: set[int] = set()
        while len(chosen) < PICKS_COUNT:
            chosen.update(draw.choices(range(PROJECTS_COUNT), popularity))
        ballots.append(BudgetBallot(tuple(picks[place] for place in sorted(chosen))))
    return projects, ballots, count * each


def _gifts(count: int) -> dict[str, dict[str, int]]:
    draw = random.Random(7)
    gifts: dict[str, dict[str, int]] = {f"p{n}": {} for n in range(PROJECTS_COUNT)}
    for person in range(count):
        gifts[f"p{draw.randrange(PROJECTS_COUNT)}"][f"v{person}"] = draw.randint(100, 10_000)
    return gifts


# The baselines: what somebody would write first


def _pairs_one_by_one(ballots: list[RankedBallot]) -> None:
    wins = dict.fromkeys(((a, b) for a in OPTIONS for b in OPTIONS), 0)
    for ballot in ballots:
        above: list[str] = []
        for (option,) in ballot.tiers:
            for better in above:
                wins[better, option] += 1
            above.append(option)


def _rounds_one_by_one(ballots: list[RankedBallot]) -> None:
    left = set(OPTIONS)
    while len(left) > 1:
        votes = dict.fromkeys(left, 0)
        for ballot in ballots:
            votes[next(option for (option,) in ballot.tiers if option in left)] += 1
        left.remove(min(sorted(left), key=votes.__getitem__))


def _medians_one_by_one(ballots: list[MarkedBallot]) -> None:
    values = {}
    for place, option in enumerate(OPTIONS):
        marks = sorted(ballot.marks[place] or 0 for ballot in ballots)
        values[option] = [marks.pop((len(marks) - 1) // 2) for _ in range(len(marks))]
    sorted(OPTIONS, key=values.__getitem__)


def _sums_one_by_one(ballots: list[MarkedBallot]) -> None:
    totals = {option: Fraction(0) for option in OPTIONS}
    for ballot in ballots:
        for option, mark in zip(OPTIONS, ballot.marks, strict=True):
            totals[option] += mark or 0


def _votes_one_by_one(data: tuple[list[Project], list[BudgetBallot], int]) -> None:
    votes = {project.key: Fraction(0) for project in data[0]}
    for ballot in data[1]:
        for key, mark in ballot.marks:
            votes[key] += mark


def _shares_one_by_one(data: tuple[list[Project], list[BudgetBallot], int]) -> None:
    """Equal shares as in the paper: every price is asked again at each purchase, in fractions."""
    projects, ballots, budget = data
    money = [Fraction(budget, len(ballots))] * len(ballots)
    backers: dict[str, list[int]] = {project.key: [] for project in projects}
    for voter, ballot in enumerate(ballots):
        for key, _ in ballot.marks:
            backers[key].append(voter)
    left = list(projects)
    while prices := [
        (price / project.cost, place, price)
        for place, project in enumerate(left)
        if (price := _price(project, [money[voter] for voter in backers[project.key]])) is not None
    ]:
        _, place, price = min(prices)
        for voter in backers[left.pop(place).key]:
            money[voter] -= min(money[voter], price)


def _shares_exactly(data: tuple[list[Project], list[BudgetBallot], int]) -> None:
    """Equal shares as before estimates: every budget tried is counted in exact numbers."""
    with patch("essaim.commons.ballots.rules.equal_shares.bought", side_effect=Unsure):
        equal_shares(*data)


def _price(project: Project, purses: list[Fraction]) -> Fraction | None:
    missing, count = Fraction(project.cost), len(purses)
    for purse in sorted(purses):
        if purse * count >= missing:
            return missing / count
        missing, count = missing - purse, count - 1
    return None


# The cases: what is counted, and how it is counted one by one


def _colleges(count: int) -> Callable[[], object]:
    votes = [Votes(count // 5 + n, count // 5, entitled=count) for n in range(4)]
    colleges = [CollegeVotes(str(n), Fraction(1, 4), each) for n, each in enumerate(votes)]
    return lambda: decide_by_colleges(colleges, SIMPLE)


def _panel() -> Callable[[], object]:
    draw = random.Random(7)
    kinds = {"age": ("18-34", "35-64", "65-"), "sex": ("f", "m"), "area": ("a", "b", "c", "d")}
    people = [
        Candidate(str(n), {category: draw.choice(values) for category, values in kinds.items()})
        for n in range(300)
    ]
    quotas = [
        Quota(category, value, 40 // len(values) - 2, 40 // len(values) + 3)
        for category, values in kinds.items()
        for value in values
    ]
    return lambda: draw_panel(people, quotas, 40, seed="assembly")


Case = tuple[str, Callable[[], object], Callable[[], object] | None]


def _case(name: str, count: int) -> Case:
    """Return what the figure is called, the count, and the baseline."""
    many = f"{count:,} ballots"
    if name in {"schulze", "irv", "stv"}:
        ballots = _rankings(count)
        return {
            "schulze": (
                f"Schulze, {many}",
                lambda: schulze(OPTIONS, ballots),
                lambda: _pairs_one_by_one(ballots),
            ),
            "irv": (
                f"instant run-off, {many}",
                lambda: instant_runoff(OPTIONS, ballots),
                lambda: _rounds_one_by_one(ballots),
            ),
            "stv": (
                f"STV, 6 seats, {many}",
                lambda: single_transferable_vote(OPTIONS, ballots, 6),
                lambda: _rounds_one_by_one(ballots),
            ),
        }[name]
    if name in {"judgment", "approval", "score"}:
        papers = _marks(count, {"judgment": 6, "approval": 1, "score": 5}[name])
        return {
            "judgment": (
                f"majority judgment, {many}",
                lambda: majority_judgment(OPTIONS, papers, range(7)),
                lambda: _medians_one_by_one(papers),
            ),
            "approval": (
                f"approval, {many}",
                lambda: approval(OPTIONS, papers),
                lambda: _sums_one_by_one(papers),
            ),
            "score": (
                f"score, {many}",
                lambda: score(OPTIONS, papers),
                lambda: _sums_one_by_one(papers),
            ),
        }[name]
    return _money_case(name, count)


def _money_case(name: str, count: int) -> Case:
    many = f"{count:,} ballots"
    if name == "greedy":
        data = _budget(count)
        return f"greedy budget, {many}", lambda: greedy(*data), lambda: _votes_one_by_one(data)
    if name == "shares":
        data = _budget(count)
        return (
            f"equal shares, 10 a voter, {many}",
            lambda: equal_shares(*data),
            lambda: _shares_exactly(data),
        )
    if name == "shares-fine":
        data = _budget(count, 100)
        return (
            f"equal shares, 100 a voter, {many}",
            lambda: equal_shares(*data),
            lambda: _shares_exactly(data),
        )
    if name == "shares-small":
        data = _budget(SLOW_COUNT)
        return (
            f"equal shares without completion, {SLOW_COUNT:,} ballots",
            lambda: equal_shares(*data, completion=Completion.NONE),
            lambda: _shares_one_by_one(data),
        )
    if name == "quadratic":
        gifts = _gifts(count)
        return f"quadratic funding, {count:,} gifts", lambda: quadratic_funding(gifts, 10**7), None
    if name == "pairwise":
        gifts = _gifts(min(count, 20_000))
        return (
            f"pairwise-bounded funding, {min(count, 20_000):,} gifts on {PROJECTS_COUNT} projects",
            lambda: pairwise_bounded_funding(gifts, 10**7, bound_cents=10_000),
            None,
        )
    if name == "colleges":
        return f"a motion by colleges, {many}", _colleges(count), None
    return "a panel of 40 among 300, 9 quotas", _panel(), None


CASES = (
    *("schulze", "irv", "stv", "judgment", "approval", "score", "greedy", "shares"),
    *("shares-fine", "shares-small", "quadratic", "pairwise", "colleges", "panel"),
)


def _timed(count: Callable[[], object]) -> float:
    """Time a count by the processor it takes: it has one thread, whatever else the machine does."""
    began = time.process_time()
    count()
    return time.process_time() - began


def _peak_megabytes() -> int:
    """Return the peak of this program; `getrusage` would count its parent's before it began."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return round(int(peak.split()[1]) / 1000)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


def main() -> None:
    """Time one case in this process and print its figures as JSON."""
    metric, count, baseline = _case(sys.argv[1], int(sys.argv[2]))
    seconds = _timed(count)
    print(
        json.dumps(
            {
                "metric": metric,
                "seconds": seconds,
                "megabytes": _peak_megabytes(),
                "baseline": _timed(baseline) if baseline else None,
            }
        )
    )


if __name__ == "__main__":
    main()
