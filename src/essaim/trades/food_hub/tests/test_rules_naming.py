"""Packs in the middle of a sentence."""

import pytest

from essaim.trades.food_hub.rules.naming import pack_name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Le pot de 500 g", "Miel, le pot de 500 g"),
        ("500 g", "Miel, 500 g"),
        ("À la louche", "Miel, à la louche"),
        ("AOP entière", "Miel, AOP entière"),
        ("", "Miel, "),
    ],
)
def test_a_pack_loses_its_capital_behind_its_product_unless_it_is_an_acronym(label, name):
    assert pack_name("Miel", label) == name
