"""The page that explains methods is run: its figures are those of the rules."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[5] / "docs" / "explanation" / "voting-methods.md"


def test_the_figures_of_the_page_are_those_of_the_rules():
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False)

    assert failed == 0
    assert attempted > 30
