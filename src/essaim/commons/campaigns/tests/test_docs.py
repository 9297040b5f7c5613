"""The page of the docs says what the rules do."""

import doctest
from pathlib import Path

from django.conf import settings


def test_the_figures_of_the_page_are_those_of_the_rules():
    page = Path(settings.CODE_ROOT) / "docs/explanation/campaigns.md"

    found = doctest.testfile(str(page), module_relative=False)

    assert (found.failed, found.attempted > 3) == (0, True)
