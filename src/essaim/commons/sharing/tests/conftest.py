import pytest


@pytest.fixture
def cooperative(db):
    from essaim.commons.sharing.tests import cooperatives

    return cooperatives.build()
