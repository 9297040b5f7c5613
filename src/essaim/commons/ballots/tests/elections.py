"""Elections for tests: written in short, or drawn by hypothesis."""

from random import Random

from hypothesis import strategies as st

from essaim.commons.ballots.rules.papers import MarkedBallot, RankedBallot

LETTERS = "ABCDEFG"


def ranked(*lines: str) -> list[RankedBallot]:
    """Return ballots written « 42 A>BC>D »: 42 voters, A first, B and C equal, then D."""
    ballots = []
    for line in lines:
        count, _, ranking = line.partition(" ")
        tiers = tuple(tuple(tier) for tier in ranking.split(">") if tier)
        ballots.append(RankedBallot(tiers, int(count)))
    return ballots


def strict(count: int, ranking: str) -> RankedBallot:
    return RankedBallot(tuple((option,) for option in ranking), count)


def renamed(ballots, names):
    return [
        RankedBallot(
            tuple(tuple(names[option] for option in tier) for tier in ballot.tiers), ballot.weight
        )
        for ballot in ballots
    ]


def backwards(ballots, options):
    """Return each ballot turned upside down, its unranked options first."""
    turned = []
    for ballot in ballots:
        named = {option for tier in ballot.tiers for option in tier}
        rest = tuple(option for option in options if option not in named)
        tiers = (rest, *reversed(ballot.tiers)) if rest else tuple(reversed(ballot.tiers))
        turned.append(RankedBallot(tiers, ballot.weight))
    return turned


@st.composite
def rankings(draw, options=LETTERS[:4], are_complete=False, are_strict=False):
    order = draw(st.permutations(options))
    kept = len(order) if are_complete else draw(st.integers(0, len(order)))
    tiers: list[list[str]] = []
    for option in order[:kept]:
        if tiers and not are_strict and draw(st.booleans()):
            tiers[-1].append(option)
        else:
            tiers.append([option])
    return RankedBallot(tuple(tuple(tier) for tier in tiers), draw(st.integers(1, 9)))


def elections(options=LETTERS[:4], **shape):
    return st.lists(rankings(options, **shape), min_size=1, max_size=9)


@st.composite
def graded(draw, options_count=4, grades_count=5):
    mark = st.one_of(st.none(), st.integers(0, grades_count - 1))
    marks = st.tuples(*[mark] * options_count)
    papers = draw(st.lists(st.tuples(marks, st.integers(1, 9)), min_size=1, max_size=9))
    return [MarkedBallot(marks, weight) for marks, weight in papers]


def random_rankings(random: Random, options: str, count: int, *, are_complete: bool = False):
    kept = len(options)
    ballots = []
    for _ in range(count):
        length = kept if are_complete else random.randint(1, kept)
        ballots.append(strict(random.randint(1, 5), "".join(random.sample(options, length))))
    return ballots
