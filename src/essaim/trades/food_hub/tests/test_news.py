"""An order that moves is heard by the pages that show it, once it is committed."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from psycopg.conninfo import make_conninfo

from essaim.core.agreements import news as agreement_news
from essaim.kernel import clock
from essaim.trades.food_hub import actions, news
from essaim.trades.food_hub.tests import cast as c
from essaim.web import live


def listener():
    database = make_conninfo(settings.DATABASE_URL, dbname=connection.settings_dict["NAME"])
    listening = psycopg.connect(database, autocommit=True)
    listening.execute(f"LISTEN {live.CHANNEL}")
    return listening


def heard(listening, count):
    return {notice.payload for notice in listening.notifies(timeout=5, stop_after=count)}


@pytest.mark.django_db(transaction=True)
def test_handing_an_order_over_is_heard_at_its_desks_and_by_its_buyer():
    cast = c.gather()
    order = c.order(cast.world)
    c.close(cast.world)

    with listener() as listening:
        with transaction.atomic():
            actions.hand_over(
                order=order, by=cast.world.manager, now=clock.now(), is_paid_here=True
            )
            told_early = list(listening.notifies(timeout=0.2))
        told = heard(listening, 2)

    assert told_early == []
    assert told == {
        news.desk_topic(order.cycle_id), agreement_news.topic_of(order.agreement_id),
    }  # fmt: skip


@pytest.mark.django_db
def test_the_desk_and_the_order_still_to_pay_listen_to_their_topic():
    cast = c.gather()
    order = c.order(cast.world)
    desk = reverse("food_hub:desk_pickup", args=[cast.world.cycle.public_id])
    own = reverse("food_hub:order", args=[order.agreement.public_id])

    pages = {
        news.desk_topic(order.cycle_id): cast.browser("worker").get(desk),
        agreement_news.topic_of(order.agreement_id): cast.browser("buyer").get(own),
    }

    for topic, page in pages.items():
        signed = page.content.decode().partition('data-essaim-live="')[2].partition('"')[0]
        assert live.topic_of(signed.rpartition("/")[2]) == topic
