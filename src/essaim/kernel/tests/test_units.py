"""Quantities are read as people type them, shown as people read them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.kernel.units import (
    AMOUNT_MAX,
    InvalidQuantity,
    Kind,
    Measure,
    format_measure,
    format_unit_price,
    parse_measure,
    price_per_unit,
    unit_price_cents,
)

measures = st.builds(Measure, kind=st.sampled_from(Kind), amount=st.integers(0, AMOUNT_MAX))


@pytest.mark.parametrize(
    ("text", "kind", "amount"),
    [
        ("1,250 kg", Kind.WEIGHT, 1250),
        ("1.25kg", Kind.WEIGHT, 1250),
        ("750 g", Kind.WEIGHT, 750),
        ("1 250 g", Kind.WEIGHT, 1250),
        ("1\u202f250\u00a0g", Kind.WEIGHT, 1250),
        ("  2 Kilos ", Kind.WEIGHT, 2000),
        ("2 L", Kind.VOLUME, 2000),
        ("75cl", Kind.VOLUME, 750),
        ("5 mL", Kind.VOLUME, 5),
        ("1,5 dL", Kind.VOLUME, 150),
        ("6 pièces", Kind.ITEMS, 6),
        ("1 unité", Kind.ITEMS, 1),
        ("0 kg", Kind.WEIGHT, 0),
        ("0,500 g", Kind.WEIGHT, None),
    ],
)
def test_french_input_is_read(text, kind, amount):
    if amount is None:
        with pytest.raises(InvalidQuantity) as refusal:
            parse_measure(text)
        assert refusal.value.details["reason"] == "too-precise"
    else:
        assert parse_measure(text) == Measure(kind, amount)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unreadable"),
        ("kg", "unreadable"),
        ("-1 kg", "unreadable"),
        ("1,2,3 kg", "unreadable"),
        ("1.250,5 kg", "unreadable"),
        ("1 25 g", "unreadable"),
        ("1e3 g", "unreadable"),
        ("١ kg", "unreadable"),
        (",5 kg", "unreadable"),
        ("1 kg\n2 kg", "unreadable"),
        ("9" * 500 + " kg", "unreadable"),
        ("3", "unit-missing"),
        ("3 pommes", "unknown-unit"),
        ("1,2505 kg", "too-precise"),
        ("1,5 pièces", "too-precise"),
        ("1000001 kg", "too-large"),
    ],
)
def test_nonsense_is_refused_with_its_reason(text, reason):
    with pytest.raises(InvalidQuantity) as refusal:
        parse_measure(text)

    assert refusal.value.code == "units.invalid-quantity"
    assert refusal.value.details == {"text": text[:40], "reason": reason}


def test_a_form_may_say_the_unit():
    assert parse_measure("1,25", unit="kg") == Measure(Kind.WEIGHT, 1250)
    assert parse_measure("900 g", unit="kg") == Measure(Kind.WEIGHT, 900)


@pytest.mark.parametrize(
    ("kind", "amount", "french", "english"),
    [
        (Kind.WEIGHT, 500, "500 g", "500 g"),
        (Kind.WEIGHT, 1500, "1,5 kg", "1.5 kg"),
        (Kind.WEIGHT, 1000, "1 kg", "1 kg"),
        (Kind.WEIGHT, 1_250_005, "1\u202f250,005 kg", "1,250.005 kg"),
        (Kind.VOLUME, 750, "75 cL", "75 cL"),
        (Kind.VOLUME, 5, "5 mL", "5 mL"),
        (Kind.VOLUME, 0, "0 mL", "0 mL"),
        (Kind.VOLUME, 125, "125 mL", "125 mL"),
        (Kind.VOLUME, 2000, "2 L", "2 L"),
        (Kind.ITEMS, 6, "6 pièces", "6 items"),
        (Kind.ITEMS, 1, "1 pièce", "1 item"),
        (Kind.ITEMS, 0, "0 pièce", "0 items"),
    ],
)
def test_measures_are_shown_in_the_unit_people_use(kind, amount, french, english):
    measure = Measure(kind, amount)

    assert format_measure(measure) == french.replace(" ", "\u00a0")
    assert format_measure(measure, "en") == english.replace(" ", "\u00a0")


@given(measure=measures)
def test_what_is_shown_reads_back_as_the_same_measure(measure):
    assert parse_measure(format_measure(measure)) == measure


def test_a_measure_is_never_negative():
    with pytest.raises(ValueError, match="amount"):
        Measure(Kind.ITEMS, -1)


def test_the_price_per_unit_is_exact_and_rounded_only_for_display():
    jar = Measure(Kind.WEIGHT, 333)

    assert price_per_unit(412, jar) == Fraction(412_000, 333)
    assert unit_price_cents(412, jar) == 1237
    assert format_unit_price(412, jar) == "12,37\u00a0€/kg"


def test_volumes_are_priced_by_litre_and_items_by_piece():
    assert format_unit_price(180, Measure(Kind.VOLUME, 750)) == "2,40\u00a0€/L"
    assert format_unit_price(210, Measure(Kind.ITEMS, 6)) == "0,35\u00a0€/pièce"
    assert format_unit_price(210, Measure(Kind.ITEMS, 6), "en") == "€0.35/item"


def test_nothing_has_no_price_per_unit():
    with pytest.raises(ValueError, match="nothing"):
        price_per_unit(100, Measure(Kind.WEIGHT, 0))


def test_an_unknown_locale_is_a_bug_of_the_caller():
    with pytest.raises(ValueError, match="locale"):
        format_measure(Measure(Kind.ITEMS, 1), "tlh")
