import pytest
from django.db import transaction


@pytest.fixture(scope="module")
def communes(django_db_setup, django_db_blocker):
    """Load the shipped communes once for a module, and take them back afterwards."""
    from essaim.core.territories import actions  # a conftest is read before Django is ready

    with django_db_blocker.unblock(), transaction.atomic():
        actions.load_communes()
        yield
        transaction.set_rollback(True)
