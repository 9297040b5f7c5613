"""The figures of the page that explains deliberation are those of the rules."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[5] / "docs" / "explanation" / "deliberation.md"


def test_the_examples_of_the_page_are_true():
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False)

    assert failed == 0
    assert attempted > 1
