"""The Schulze method: the strongest paths of pairwise victories decide.

Source: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and
Condorcet-consistent single-winner election method", Social Choice and Welfare 36 (2011).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from essaim.commons.ballots.rules.papers import (
    Number,
    RankedBallot,
    Ranking,
    grouped,
    in_units,
    whole_weights,
)

Matrix = list[list[int]]


class Links(StrEnum):
    """How strong a victory of A over B is."""

    WINNING_VOTES = "winning-votes"
    """As many as rank A above B: the usual choice."""
    MARGINS = "margins"
    """That number less those who rank B above A."""


@dataclass(frozen=True, slots=True)
class SchulzeResult:
    """Every figure of the count; rows and columns are in the order of `options`.

    `preferences[a][b]` is the weight of the ballots with a above b; `paths[a][b]` the strength of
    the strongest path from a to b. `ranking` puts in the first tier those whom nobody beats, in
    the next those whom nobody beats once these are set apart, and so on.
    """

    options: tuple[str, ...]
    weight: Number
    links: Links
    preferences: tuple[tuple[Number, ...], ...]
    paths: tuple[tuple[Number, ...], ...]
    ranking: Ranking
    condorcet_winner: str | None

    @property
    def winners(self) -> tuple[str, ...]:
        """The option that nobody beats; several when they are tied."""
        return self.ranking[0]


def schulze(
    options: Sequence[str], ballots: Iterable[RankedBallot], links: Links = Links.WINNING_VOTES
) -> SchulzeResult:
    """Rank `options` by the Schulze method.

    On a ballot, options of one tier are equal, and those left out are equal and below all others.
    A path is as strong as its weakest victory; a beats b when the strongest path from a to b is
    stronger than the one back. Tie rule: options that do not beat one another stay tied.

    Raises:
        NoBallots: nothing to count.
    """
    groups = grouped((ballot.tiers, ballot.weight) for ballot in ballots)
    weights, scale = whole_weights(list(groups.values()))
    wins = pairwise(options, zip(groups, weights, strict=True))
    paths = strongest_paths(victories(wins, links))
    return SchulzeResult(
        options=tuple(options),
        weight=in_units(sum(weights), scale),
        links=links,
        preferences=_scaled(wins, scale),
        paths=_scaled(paths, scale),
        ranking=_layers(options, paths),
        condorcet_winner=_condorcet_winner(options, wins),
    )


def pairwise(options: Sequence[str], groups: Iterable[tuple[Ranking, int]]) -> Matrix:
    """Return how many ballots put each option above each other, in the order of `options`.

    A row is held in one long integer with a field per option, wide enough for all ballots
    together, so that one addition counts an option against all those below it.
    """
    groups = list(groups)
    field_bits = sum(count for _, count in groups).bit_length() + 1
    places = {option: 1 << (field_bits * place) for place, option in enumerate(options)}
    everybody = sum(places.values())
    rows = dict.fromkeys(options, 0)
    for tiers, count in groups:
        below = everybody
        for tier in tiers:
            for option in tier:
                below -= places[option]
            beaten = below * count
            for option in tier:
                rows[option] += beaten
    mask = (1 << field_bits) - 1
    return [
        [rows[option] >> (field_bits * place) & mask for place in range(len(options))]
        for option in options
    ]


def victories(wins: Matrix, links: Links) -> Matrix:
    """Return the strength of each victory, zero where there is none."""
    is_margin = links is Links.MARGINS
    return [
        [
            (mine - wins[other][row] if is_margin else mine) if mine > wins[other][row] else 0
            for other, mine in enumerate(line)
        ]
        for row, line in enumerate(wins)
    ]


def strongest_paths(strengths: Matrix) -> Matrix:
    """Return the strength of the strongest path between each two (Floyd and Warshall)."""
    paths = [list(row) for row in strengths]
    for middle, onward in enumerate(paths):
        for start, row in enumerate(paths):
            first = row[middle]
            if first and start != middle:
                paths[start] = [
                    (known if known >= next_one or known >= first else min(first, next_one))
                    for known, next_one in zip(row, onward, strict=True)
                ]
    for place, row in enumerate(paths):
        row[place] = 0
    return paths


def _layers(options: Sequence[str], paths: Matrix) -> Ranking:
    left = list(range(len(options)))
    tiers = []
    while left:
        best = [a for a in left if all(paths[a][b] >= paths[b][a] for b in left)]
        tiers.append(tuple(options[a] for a in best))
        left = [a for a in left if a not in set(best)]
    return tuple(tiers)


def _condorcet_winner(options: Sequence[str], wins: Matrix) -> str | None:
    every = range(len(options))
    for a in every:
        if all(a == b or wins[a][b] > wins[b][a] for b in every):
            return options[a]
    return None


def _scaled(matrix: Matrix, scale: int) -> tuple[tuple[Number, ...], ...]:
    return tuple(tuple(in_units(units, scale) for units in row) for row in matrix)
