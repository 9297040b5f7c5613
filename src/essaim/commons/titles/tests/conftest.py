import pytest


@pytest.fixture
def world(db):
    from essaim.commons.titles.tests import registers

    return registers.build()
