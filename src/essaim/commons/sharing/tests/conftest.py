import pytest


@pytest.fixture
def cooperative(db):
    from essaim.commons.sharing.tests import cooperatives

    return cooperatives.build()


@pytest.fixture
def clock_at(monkeypatch):
    """Set the clock of pages to an instant."""
    from essaim.kernel import clock

    def set_to(instant):
        monkeypatch.setattr(clock, "now", lambda: instant)

    return set_to
