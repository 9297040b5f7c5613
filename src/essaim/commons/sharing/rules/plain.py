"""Wishes and computations as plain data, for JSON: fractions are text, nothing is lost."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from fractions import Fraction
from typing import Any

from essaim.commons.sharing.rules.books import Books
from essaim.commons.sharing.rules.surplus import Facts, Sharing, Step, Use, Wish


def plain_wish(wish: Wish) -> dict[str, str | None]:
    """Return a wish as text: "1/2", or None for what it leaves to the statutes."""
    parts = {field.name: getattr(wish, field.name) for field in fields(wish)}
    return {name: None if part is None else str(part) for name, part in parts.items()}


def read_wish(plain: Mapping[str, str | None]) -> Wish:
    """Return the wish that `plain_wish` wrote."""
    parts = {name: None if text is None else Fraction(text) for name, text in plain.items()}
    return Wish(**parts)  # type: ignore[arg-type]


def plain_sharing(sharing: Sharing) -> dict[str, Any]:
    """Return a computation whole: the facts it started from and each step."""
    return {
        "facts": asdict(sharing.facts),
        "steps": [
            asdict(step) | {"rate": None if step.rate is None else str(step.rate)}
            for step in sharing.steps
        ],
    }


def read_sharing(plain: Mapping[str, Any]) -> Sharing:
    """Return the computation that `plain_sharing` wrote."""
    return Sharing(Facts(**plain["facts"]), tuple(_read_step(step) for step in plain["steps"]))


def read_books(plain: Mapping[str, Any]) -> Books:
    """Return the books as they were frozen with a year."""
    return Books(**plain)


def _read_step(plain: Mapping[str, Any]) -> Step:
    use, rate = plain["use"], plain["rate"]
    return Step(
        **{
            **plain,
            "use": None if use is None else Use(use),
            "rate": None if rate is None else Fraction(rate),
        }
    )
