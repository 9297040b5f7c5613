"""Measures of things: grams, millilitres and items, read and shown as people write them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from essaim.kernel.errors import N_, BadInput
from essaim.kernel.money import NARROW_NO_BREAK, NO_BREAK, divide_half_up, format_euros

AMOUNT_MAX = 1_000_000_000  # a thousand tonnes: beyond that it is a typing error


class Kind(StrEnum):
    """What is measured, and its base unit: grams, millilitres or items."""

    WEIGHT = "weight"
    VOLUME = "volume"
    ITEMS = "items"


class InvalidQuantity(BadInput):
    """The text is no quantity; `details` has `text` and `reason`.

    Reasons: `unreadable`, `unknown-unit`, `unit-missing`, `too-precise`, `too-large`.
    """

    code = "units.invalid-quantity"
    sentence = N_("“{text}” cannot be read as a quantity. Write for example 1.250 kg, 750 g or 6.")


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount in the base unit of its kind (g, mL or items).

    Raises:
        ValueError: the amount is negative.
    """

    kind: Kind
    amount: int

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(f"{self.amount=}")


class _Unit(NamedTuple):
    kind: Kind
    base_amount: int


_KILOGRAM = _Unit(Kind.WEIGHT, 1000)
_GRAM = _Unit(Kind.WEIGHT, 1)
_LITRE = _Unit(Kind.VOLUME, 1000)
_ITEM = _Unit(Kind.ITEMS, 1)
_UNITS = {
    "g": _GRAM,
    "gr": _GRAM,
    "gramme": _GRAM,
    "grammes": _GRAM,
    "kg": _KILOGRAM,
    "kilo": _KILOGRAM,
    "kilos": _KILOGRAM,
    "ml": _Unit(Kind.VOLUME, 1),
    "cl": _Unit(Kind.VOLUME, 10),
    "dl": _Unit(Kind.VOLUME, 100),
    "l": _LITRE,
    "litre": _LITRE,
    "litres": _LITRE,
    "pièce": _ITEM,
    "pièces": _ITEM,
    "piece": _ITEM,
    "pieces": _ITEM,
    "unité": _ITEM,
    "unités": _ITEM,
    "item": _ITEM,
    "items": _ITEM,
}
_SPACE = rf"[ {NO_BREAK}{NARROW_NO_BREAK}]"
_QUANTITY = re.compile(
    rf"(?P<whole>[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+|[0-9]{{1,12}})"
    rf"(?:[.,](?P<decimals>[0-9]{{1,6}}))?"
    rf"{_SPACE}*(?P<unit>[a-zà-ÿ]*)",
    re.IGNORECASE,
)
_ITEM_NAMES = {"fr": ("pièce", "pièces"), "en": ("item", "items")}
_PER = {Kind.WEIGHT: "kg", Kind.VOLUME: "L"}


def parse_measure(text: str, *, unit: str = "") -> Measure:
    """Read "1,250 kg", "1.25kg", "1 250 g", "2 L" or "6 pièces"; comma or point are decimals.

    Args:
        text: what a person typed.
        unit: the unit meant when the text has none ("1,25" on a form that says kg).

    Raises:
        InvalidQuantity: the text is no quantity, or not a whole number of g, mL or items.
    """
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise InvalidQuantity(text=text[:40], reason="unreadable")
    unit_name = (match["unit"] or unit).lower()
    if not unit_name:
        raise InvalidQuantity(text=text[:40], reason="unit-missing")
    if unit_name not in _UNITS:
        raise InvalidQuantity(text=text[:40], reason="unknown-unit")
    kind, base_amount = _UNITS[unit_name]
    decimals = match["decimals"] or ""
    digits = int(re.sub(_SPACE, "", match["whole"]) + decimals)
    amount, rest = divmod(digits * base_amount, 10 ** len(decimals))
    if rest:
        raise InvalidQuantity(text=text[:40], reason="too-precise")
    if amount > AMOUNT_MAX:
        raise InvalidQuantity(text=text[:40], reason="too-large")
    return Measure(kind, amount)


def format_measure(measure: Measure, locale: str = "fr") -> str:
    """Return "500 g", "1,5 kg", "5 mL", "75 cL", "1,5 L", "6 pièces"; exact, never rounded.

    Raises:
        ValueError: the locale is neither French nor English.
    """
    language = _language(locale)
    number, unit = _in_best_unit(measure, language)
    return f"{number}{NO_BREAK}{unit}"


def price_per_unit(price_cents: int, measure: Measure) -> Fraction:
    """Return the exact price in cents of one kilogram, litre or item.

    Raises:
        ValueError: the measure is empty.
    """
    if measure.amount == 0:
        raise ValueError("nothing has no price per unit")
    return Fraction(price_cents * _per_unit_amount(measure.kind), measure.amount)


def unit_price_cents(price_cents: int, measure: Measure) -> int:
    """Return the price of one kilogram, litre or item for display, in cents, halves up."""
    exact = price_per_unit(price_cents, measure)
    return divide_half_up(exact.numerator, exact.denominator)


def format_unit_price(price_cents: int, measure: Measure, locale: str = "fr") -> str:
    """Return "12,35 €/kg", "2,40 €/L" or "0,35 €/pièce".

    Raises:
        ValueError: the measure is empty, or the locale neither French nor English.
    """
    item_name, _ = _ITEM_NAMES[_language(locale)]
    per = _PER.get(measure.kind, item_name)
    return f"{format_euros(unit_price_cents(price_cents, measure), locale)}/{per}"


def _per_unit_amount(kind: Kind) -> int:
    return 1 if kind is Kind.ITEMS else 1000


def _language(locale: str) -> str:
    language = locale[:2].lower()
    if language not in _ITEM_NAMES:
        raise ValueError(f"{locale=}")
    return language


def _in_best_unit(measure: Measure, language: str) -> tuple[str, str]:
    amount = measure.amount
    if measure.kind is Kind.ITEMS:
        singular, plural = _ITEM_NAMES[language]
        # In French zero is singular; in English it is plural.
        is_one = amount == 1 or (amount == 0 and language == "fr")
        return _grouped(amount, language), singular if is_one else plural
    if amount >= 1000:
        return _thousandths(amount, language), _PER[measure.kind]
    if measure.kind is Kind.WEIGHT:
        return str(amount), "g"
    if amount and amount % 10 == 0:
        return str(amount // 10), "cL"
    return str(amount), "mL"


def _grouped(number: int, language: str) -> str:
    grouped = f"{number:,}"
    return grouped.replace(",", NARROW_NO_BREAK) if language == "fr" else grouped


def _thousandths(amount: int, language: str) -> str:
    """Return `amount` thousandths as a decimal number without useless zeros: 1500 → "1,5"."""
    whole, rest = divmod(amount, 1000)
    decimals = f"{rest:03d}".rstrip("0")
    if not decimals:
        return _grouped(whole, language)
    return f"{_grouped(whole, language)}{',' if language == 'fr' else '.'}{decimals}"
