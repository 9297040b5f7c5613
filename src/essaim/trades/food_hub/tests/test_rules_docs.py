"""The pages that explain prices are run: their figures are the engine's."""

import doctest
from pathlib import Path

import pytest

EXPLANATION = Path(__file__).parents[5] / "docs" / "explanation"


@pytest.mark.parametrize("page", ["fees-and-rounding.md", "sharing-a-price.md"])
def test_the_figures_of_the_page_are_those_of_the_engine(page):
    failed, attempted = doctest.testfile(str(EXPLANATION / page), module_relative=False)

    assert failed == 0
    assert attempted > 10
