"""The files of Belenios, from what its sources say (`question_h`, `question_nh`, `method_*`, 3.x).

An election template is `{"description", "name", "questions"}`. A homomorphic question, whose
ballots are added up while sealed, is written plainly: `answers blank min max question`. One whose
ballots are shuffled, then opened, is `{"type": "NonHomomorphic", "value", "extra"}`, the method in
`extra`. A result is `{"result": [one entry per question]}`: for the first kind the sum for each
answer, blank ballots first when they are allowed; for the second every ballot, a number by answer
(a rank or a mention, 1 the best, 0 none).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from essaim.commons.assembly.rules.elections import GRADE_MAX, Method
from essaim.commons.belenios.rules.refusals import (
    CountsDisagree,
    ResultBeyondRoll,
    UnreadableResult,
)
from essaim.commons.urn.rules.choices import BLANK, MOTION_CHOICES

SUMMED: Final = frozenset({Method.MOTION, Method.APPROVAL})
"""Ballots that are added up sealed; the others are shuffled and opened one by one."""
NAMES: Final = {
    Method.MAJORITY_JUDGMENT: "MajorityJudgment",
    Method.SCHULZE: "Schulze",
    Method.INSTANT_RUNOFF: "STV",
    Method.TRANSFERABLE: "STV",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a college: in words, with the labels in the order of the codes."""

    method: Method
    title: str
    text: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    seats_count: int
    grades: tuple[str, ...] = ()
    """Mentions from the best to the worst, for majority judgment."""


@dataclass(frozen=True, slots=True)
class Voter:
    """A line of the roll: the address that receives the voting code, and the number as login."""

    address: str
    login: str


def template(asked: Asked, college: str) -> bytes:
    """Return the template of the election of one college, as JSON."""
    name = f"{asked.title} ({college})" if college else asked.title
    return _json({"description": asked.text, "name": name, "questions": [_question(asked)]})


def _question(asked: Asked) -> dict[str, Any]:
    if asked.method in SUMMED:
        is_motion = asked.method is Method.MOTION
        return {
            "answers": list(asked.labels),
            "blank": not is_motion,
            "min": 1,
            "max": 1 if is_motion else len(asked.labels),
            "question": asked.title,
        }
    extra: dict[str, Any] = {"method": NAMES[asked.method], "blank": True}
    if asked.method is Method.MAJORITY_JUDGMENT:
        extra["grades"] = list(asked.grades)
    elif asked.method is not Method.SCHULZE:
        extra["seats"] = asked.seats_count
    return {
        "type": "NonHomomorphic",
        "value": {"answers": list(asked.labels), "question": asked.title},
        "extra": extra,
    }


def voters_file(voters: Sequence[Voter]) -> bytes:
    """Return `voters.txt`: an address and a login by line; everybody weighs one, so no weight.

    Colleges weigh, not people: their parts are joined by our count once all results are there.
    """
    return "".join(f"{one.address},{one.login}\n" for one in voters).encode()


def read_choices(
    asked: Asked, content: bytes, *, college: str, entitled_count: int, ballots_count: int
) -> list[Any]:
    """Return the choices that a result tells, as our own papers write them.

    Of an approval only sums are known: ballots that have these sums are written in their place,
    which changes nothing of a count that only adds them up.

    Args:
        content: the file `result.json` of the election of this college.
        ballots_count: the ballots accepted, as the page of the election says.

    Raises:
        UnreadableResult: it is not of this vote.
        ResultBeyondRoll: more ballots than voters. CountsDisagree: other figures than ballots.
    """
    found = _only_question(content, college)
    if ballots_count > entitled_count:
        raise ResultBeyondRoll(
            college=college, ballots_count=ballots_count, entitled_count=entitled_count
        )
    if asked.method in SUMMED:
        sums = [_number(one, college) for one in found]
        choices = _summed(asked, sums, ballots_count, college)
    else:
        choices = [_opened(asked, ballot, college) for ballot in found]
    if len(choices) != ballots_count:
        raise CountsDisagree(college=college, ballots_count=ballots_count)
    return choices


def _only_question(content: bytes, college: str) -> list[Any]:
    try:
        found = json.loads(content)
    except ValueError as problem:
        raise UnreadableResult(college=college, why="json") from problem
    questions = found.get("result") if isinstance(found, dict) else None
    if not isinstance(questions, list) or len(questions) != 1 or not isinstance(questions[0], list):
        raise UnreadableResult(college=college, why="questions")
    return list(questions[0])


def _summed(asked: Asked, sums: list[int], ballots_count: int, college: str) -> list[Any]:
    if asked.method is Method.MOTION:
        if len(sums) != len(MOTION_CHOICES):
            raise UnreadableResult(college=college, why="length")
        return [
            choice for choice, count in zip(MOTION_CHOICES, sums, strict=True) for _ in range(count)
        ]
    if len(sums) != len(asked.codes) + 1:
        raise UnreadableResult(college=college, why="length")
    blank_count, votes = sums[0], sums[1:]
    said_count = ballots_count - blank_count
    # Each ballot that is not blank names at least one option, and each option at most once.
    if said_count < 0 or max(votes) > said_count or sum(votes) < said_count:
        raise CountsDisagree(college=college, ballots_count=ballots_count)
    ballots: list[Any] = [[] for _ in range(said_count)]
    place = 0
    for code, count in zip(asked.codes, votes, strict=True):
        for _ in range(count):
            ballots[place % said_count].append(code)
            place += 1
    return ballots + [BLANK] * blank_count


def _opened(asked: Asked, ballot: Any, college: str) -> Any:
    """Read a ballot; what Belenios itself would set aside as invalid is counted as blank."""
    if not isinstance(ballot, list) or len(ballot) != len(asked.codes):
        raise UnreadableResult(college=college, why="length")
    numbers = [_number(one, college) for one in ballot]
    if asked.method is Method.MAJORITY_JUDGMENT:
        if not all(1 <= one <= GRADE_MAX + 1 for one in numbers):
            return BLANK
        grades = (GRADE_MAX + 1 - one for one in numbers)
        return dict(zip(asked.codes, grades, strict=True))
    ranked = sorted({one for one in numbers if one})
    tiers = [
        [code for code, one in zip(asked.codes, numbers, strict=True) if one == rank]
        for rank in ranked
    ]
    is_strict = asked.method is not Method.SCHULZE
    if is_strict and (
        ranked != list(range(1, len(ranked) + 1)) or any(len(tier) > 1 for tier in tiers)
    ):
        return BLANK
    return tiers or BLANK


def _number(value: Any, college: str) -> int:
    """Belenios writes a number of more than 30 bits as a text."""
    if isinstance(value, bool) or not str(value).isdecimal():
        raise UnreadableResult(college=college, why="number")
    return int(value)


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
