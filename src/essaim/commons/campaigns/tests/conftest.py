import pytest


@pytest.fixture
def town(db):
    from essaim.commons.campaigns.tests import towns

    return towns.build()
