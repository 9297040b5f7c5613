"""How a vote ended, in words and figures: by colleges, and one person, one vote beside it."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from essaim.commons.assembly import wording as words
from essaim.commons.assembly.rules.elections import Method
from essaim.web.environment import percent

BASIS_POINTS = 10_000
Facts = Mapping[str, Any]
Write = Callable[[str], str]


def votes_told(content: Facts, point: Facts) -> dict[str, Any]:
    """Return the sentence of the result, a table of figures, and how an election went.

    `columns` and `rows` are texts; the last rows are the two counts that matter. `rounds` holds one
    title and its lines for each count of an election.
    """
    outcome = point["outcome"]
    result = words.read_result(point, outcome, is_adopted=point["is_adopted"])
    told = {
        "sentence": result.sentence,
        "is_adopted": result.is_adopted,
        "needed": result.needed,
        "columns": [],
        "rows": [],
        "rounds": [],
        "turnout": _turnout(content, point),
    }
    if point["method"] == Method.MOTION:
        return told | {"columns": _motion_columns(), "rows": _motion_rows(outcome)}
    return told | {"rounds": _counts(point, outcome)}


def _motion_columns() -> list[str]:
    return ["", _("For"), _("Against"), _("Abstention or blank"), _("Share for")]


def _motion_rows(outcome: Facts) -> list[list[str]]:
    """A row for each college where colleges weigh, the count they make, then heads alone."""
    rows, weighted, heads = [], outcome.get("weighted"), outcome["heads"]
    if weighted:
        rows += [_college_row(one) for one in outcome["colleges"]]
        parts = [Fraction(weighted[name]) for name in ("yes", "no", "abstain")]
        whole = sum(parts) or 1
        rows.append(
            [
                _("Weighted by colleges"),
                *(_share(part / whole) for part in parts),
                _share(Fraction(weighted["yes_share"])),
            ]
        )
    rows.append(
        [
            _("One person, one vote"),
            *(number(heads[name]) for name in ("yes", "no", "abstain")),
            _share(Fraction(heads["yes_share"])),
        ]
    )
    return rows


def _college_row(found: Facts) -> list[str]:
    said = found["yes"] + found["no"]
    return [
        _("{label} (weight {weight})").format(
            label=found["label"], weight=_share(Fraction(found["weight"]))
        ),
        *(str(found[name]) for name in ("yes", "no", "abstain")),
        _share(Fraction(found["yes"], said)) if said else "–",
    ]


def _turnout(content: Facts, point: Facts) -> list[list[str]]:
    """By college: who voted, who might have."""
    labels = {one["code"]: one["label"] for one in content.get("colleges", ())}
    return [
        [labels.get(code) or _("Associates"), str(voted), str(entitled)]
        for code, (voted, entitled) in point.get("turnout", {}).items()
    ]


def _counts(point: Facts, outcome: Facts) -> list[dict[str, Any]]:
    """The count that elects, then the other one for whoever wants to compare."""
    names = {one["code"]: one["label"] for one in point["options"]}
    found = []
    for key, title, write in (
        ("weighted", _("Weighted by colleges"), None),
        ("heads", _("One person, one vote"), number),
    ):
        if key in outcome:
            lines = _lines(outcome[key], names, write or _of_weights(outcome))
            found.append({"title": title, "lines": lines})
    return found


def _lines(found: Facts, names: Mapping[str, str], write: Write) -> list[str]:
    lines = _detail(found, names, write)
    if not lines:
        lines = [
            f"{place}. {' = '.join(names[code] for code in tier)}"
            for place, tier in enumerate(found["ranking"], start=1)
        ]
    winners = ", ".join(names[code] for code in found["winners"])
    lines.append(_("Elected by this count: {names}").format(names=winners or "–"))
    if found["tied"]:
        tied = ", ".join(names[code] for code in found["tied"])
        lines.append(_("Tied for the last seat: {names}").format(names=tied))
    return lines


def _detail(found: Facts, names: Mapping[str, str], write: Write) -> list[str]:
    """Votes, mentions or rounds, as the method counts; Schulze's ranking says all by itself."""
    order = [code for tier in found["ranking"] for code in tier]
    if "votes" in found:
        return [_pair(names[code], write(found["votes"][code])) for code in order]
    if "mentions" in found:
        grades = {code: words.GRADES[grade] for code, grade in found["mentions"].items()}
        return [_pair(names[code], _(grades[code])) for code in order]
    return [
        _round(place, one, names, write) for place, one in enumerate(found.get("rounds", ()), 1)
    ]


def _pair(name: str, said: str) -> str:
    return _("{name}: {said}").format(name=name, said=said)


def _round(place: int, found: Facts, names: Mapping[str, str], write: Write) -> str:
    votes = sorted(found["votes"].items(), key=lambda each: -Fraction(each[1]))
    said = [
        _("Round {number}: {votes}").format(
            number=place, votes=", ".join(f"{names[code]} {write(count)}" for code, count in votes)
        )
    ]
    if Fraction(found["exhausted"]):
        said.append(_("exhausted {count}").format(count=write(found["exhausted"])))
    if found["elected"]:
        elected = ", ".join(names[code] for code in found["elected"])
        said.append(_("elected: {names}").format(names=elected))
    if found["out"]:
        said.append(_("out: {name}").format(name=names[found["out"]]))
    return _("; ").join(said)


def _of_weights(outcome: Facts) -> Write:
    """Weighted votes as parts of all that was cast: their sum is the number of ballots."""
    whole = outcome["ballots_count"] - outcome["blank_count"]
    return lambda value: _share(Fraction(value) / whole)


def number(value: str) -> str:
    """An exact number with two decimals at most, as the language writes it."""
    exact = Fraction(value)
    written: str = format_decimal(
        round(float(exact), 2), format="#,##0.##", locale=(get_language() or "fr").replace("-", "_")
    )
    return written


def _share(part: Fraction) -> str:
    return percent(round(part * BASIS_POINTS))
