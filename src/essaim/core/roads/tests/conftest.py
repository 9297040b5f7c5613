import pytest

from essaim.core.roads.tests.town import SQUARE, Town


@pytest.fixture
def square():
    """Nine crossings; the streets around are laid, the test lays those inside."""
    town = Town(SQUARE)
    town.way("ABC")
    town.way("CFI")
    town.way("IHG")
    town.way("GDA")
    return town
