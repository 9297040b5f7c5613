import pytest


@pytest.fixture
def world(db):
    from essaim.commons.cooperative.tests import world as w

    return w.build()
