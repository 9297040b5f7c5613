"""Two members act on one listing at the same moment."""

import threading
import time

import pytest
from django.db import connection, transaction

from essaim.core.catalogue import actions
from essaim.core.catalogue.models import Word
from essaim.core.catalogue.tests.conftest import NOON


def is_someone_waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_of_two_withdrawals_at_once_one_is_refused_and_words_are_counted_once(publish):
    listing = publish("Vélo rouge")
    publish("Vélo bleu")
    outcomes = []

    def withdraw_too():
        try:
            actions.withdraw_listing(listing=listing, now=NOON)
            outcomes.append("withdrawn")
        except actions.ListingWithdrawn:
            outcomes.append("refused")
        finally:
            connection.close()

    second = threading.Thread(target=withdraw_too)
    with transaction.atomic():
        actions.withdraw_listing(listing=listing, now=NOON)
        second.start()
        deadline = time.monotonic() + 30
        while not is_someone_waiting() and time.monotonic() < deadline:
            time.sleep(0.01)
    second.join(timeout=30)

    assert outcomes == ["refused"]
    assert Word.objects.get(word="velo").listing_count == 1
