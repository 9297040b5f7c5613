"""The JSON object of a count, as docs/reference/tally-csv.md describes it."""

from typing import Any

from essaim.commons.ballots.rules.budgets import Allocation
from essaim.commons.ballots.rules.judgment import JudgmentResult
from essaim.commons.ballots.rules.motions import MotionResult
from essaim.commons.ballots.rules.papers import Number, TieBreak
from essaim.commons.ballots.rules.schulze import SchulzeResult
from essaim.commons.ballots.rules.scores import ScoreResult
from essaim.commons.ballots.rules.transfers import TransferResult
from essaim.site.tally.counting import Asked, Motion, Outcome, Result
from essaim.site.tally.sentences import in_french
from essaim.site.tally.texts import BallotFile, Published

FORMAT = "essaim-tally/1"


def as_json(file: BallotFile, outcome: Outcome, asked: Asked, name: str) -> dict[str, Any]:
    """Return everything a reader needs to check a count; numbers are those of `exact`."""
    return {
        "format": FORMAT,
        "file": {"name": name, "sha256": asked.digest, "kind": file.kind.value},
        "method": outcome.method.value,
        "method_guessed": outcome.is_guessed,
        "seats": asked.seats_count,
        "seed": asked.draw_seed,
        "ballots": exact(outcome.ballots_count),
        "options": [{"id": key, "name": text} for key, text in file.names.items()],
        "winners": [{"id": key, "name": file.names[key]} for key in outcome.winners],
        "is_tie": bool(outcome.tied),
        "tied": list(outcome.tied),
        "ranking": [list(tier) for tier in outcome.ranking],
        "ties": [_tie(tie) for tie in outcome.ties],
        "details": _details(file, outcome.result),
        "notes": [in_french(sentence, details) for sentence, details in outcome.notes],
    }


def exact(number: Number) -> int | dict[str, object]:
    """Return a whole number as itself, another one as its exact fraction and a decimal near it."""
    if number.denominator == 1:
        return number.numerator
    return {"exact": f"{number.numerator}/{number.denominator}", "decimal": float(number)}


def _tie(tie: TieBreak) -> dict[str, Any]:
    return {
        "round": tie.round_number,
        "tied": list(tie.tied),
        "chosen": tie.chosen,
        "rule": tie.rule.value,
        "decided_in": tie.decided_in,
    }


def _details(file: BallotFile, result: Result) -> dict[str, Any]:
    if isinstance(result, tuple):
        return {"motions": [_motion(motion) for motion in result]}
    if isinstance(result, SchulzeResult):
        return _schulze(result)
    if isinstance(result, TransferResult):
        return _transfers(result)
    if isinstance(result, JudgmentResult):
        return _judgment(file, result)
    if isinstance(result, ScoreResult):
        return _scores(result)
    return _budget(file, result)


def _schulze(result: SchulzeResult) -> dict[str, Any]:
    return {
        "links": result.links.value,
        "order": list(result.options),
        "preferences": [[exact(figure) for figure in row] for row in result.preferences],
        "paths": [[exact(figure) for figure in row] for row in result.paths],
        "condorcet_winner": result.condorcet_winner,
    }


def _transfers(result: TransferResult) -> dict[str, Any]:
    return {
        "quota": exact(result.quota),
        "blank": exact(result.blank),
        "rounds": [
            {
                "round": each.number,
                "quota": exact(each.quota),
                "votes": {option: exact(votes) for option, votes in each.votes.items()},
                "exhausted": exact(each.exhausted),
                "elected": list(each.elected),
                "move": each.move.value if each.move else None,
                "moved": each.moved or None,
                "transfers": {
                    option or "exhausted": exact(votes) for option, votes in each.transfers.items()
                },
            }
            for each in result.rounds
        ],
    }


def _judgment(file: BallotFile, result: JudgmentResult) -> dict[str, Any]:
    words = dict(file.marks_scale)
    return {
        "scale": [words[mark] for mark in result.scale],
        "profiles": [
            {
                "id": profile.option,
                "counts": [exact(votes) for votes in profile.counts],
                "majority_grade": words[profile.majority_mark],
                "better": exact(profile.better),
                "worse": exact(profile.worse),
            }
            for profile in result.profiles
        ],
        "separations": [
            {
                "above": each.above,
                "below": each.below,
                "medians_removed": exact(each.removed),
                "next_above": None if each.mark_above is None else words[each.mark_above],
                "next_below": None if each.mark_below is None else words[each.mark_below],
            }
            for each in result.separations
        ],
    }


def _scores(result: ScoreResult) -> dict[str, Any]:
    return {
        "score": result.score.value,
        "quorum": exact(result.quorum),
        "scores": [
            {
                "id": each.option,
                "marked_by": exact(each.marked_by),
                "total": exact(each.total),
                "value": exact(each.value),
                "has_quorum": each.has_quorum,
            }
            for each in result.scores
        ],
    }


def _budget(file: BallotFile, result: Allocation) -> dict[str, Any]:
    return {
        "budget": exact(result.budget),
        "spent": exact(result.spent),
        "voter_budget": exact(result.voter_budget),
        "budgets_tried": result.tried_count,
        "purchases": [
            {
                "id": each.project,
                "name": file.names[each.project],
                "cost": exact(each.cost),
                "votes": exact(each.votes),
                "rate": None if each.rate is None else exact(each.rate),
            }
            for each in result.purchases
        ],
        "votes": {key: exact(votes) for key, votes in result.votes.items()},
        "too_dear": list(result.too_dear),
        "as_published": _as_published(file, result),
    }


def _as_published(file: BallotFile, result: Allocation) -> dict[str, bool | None]:
    """Say whether the file tells the same of its count; None where it tells nothing."""
    said = file.published or Published(None, None)
    return {
        "selected": None if said.selected is None else said.selected == set(result.winners),
        "votes": None
        if said.votes is None
        else all(result.votes[key] == count for key, count in said.votes.items()),
    }


def _motion(motion: Motion) -> dict[str, Any]:
    colleges = motion.by_colleges
    shown = {"id": motion.option, "is_adopted": motion.is_adopted} | _decision(motion.result)
    if colleges is not None:
        shown["by_colleges"] = _decision(colleges.weighted) | {
            "parts": [
                {
                    "college": part.key,
                    "weight": exact(part.weight),
                    "yes": exact(part.yes),
                    "no": exact(part.no),
                    "abstain": exact(part.abstain),
                }
                for part in colleges.parts
            ]
        }
    return shown


def _decision(result: MotionResult) -> dict[str, Any]:
    share = result.yes_share
    return {
        "yes": exact(result.votes.yes),
        "no": exact(result.votes.no),
        "abstain": exact(result.votes.abstain),
        "base": exact(result.base_count),
        "yes_share": None if share is None else exact(share),
        "needed_share": exact(result.majority.share),
        "is_tie": result.is_tie,
        "decided_by": result.decided.value,
    }
