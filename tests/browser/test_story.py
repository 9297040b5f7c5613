"""The whole story of a hub in a real browser, with JavaScript and without."""

import pytest

from tests.browser import looking, story

pytestmark = pytest.mark.browser

BUYER, MANAGER, PRODUCER = "Amina Benali", "Mona Delattre", "Luc Vasseur"
OTHER_BUYER = "Clara Nguyen"
BOTH_WAYS = pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])


@BOTH_WAYS
def test_three_farms_are_ordered_paid_changed_weighed_fetched_and_settled_to_the_cent(
    new_window, script
):
    faults = {}

    def look(page):
        if script and (found := looking.faults(looking.look(page))):
            faults[page.url] = found

    week = story.Week("Retraits avec script" if script else "Retraits sans script", script, look)
    visitor = new_window(script=script)
    buyer = new_window(BUYER, script=script)
    manager = new_window(MANAGER, script=script)
    producer = new_window(PRODUCER, width=390, script=script)

    story.open_the_week(manager, week)
    story.show_the_squash(producer, week)
    story.find(visitor, week)
    story.fill_the_basket(buyer, week)
    story.order(buyer, week)
    story.pay(buyer, week)
    story.change(buyer, week)
    story.close(manager, week)
    story.weigh(producer, week)
    story.read_the_refund(buyer, week)
    story.pack(manager, week)
    story.hand_over(manager, week)
    story.settle(manager, week)
    story.read_the_statement(producer, week)
    story.write_the_receipt(buyer, week)

    assert faults == {}


@BOTH_WAYS
def test_a_payment_whose_answer_is_lost_is_asked_again_and_a_cancelled_order_paid_back(
    new_window, script
):
    page = new_window(OTHER_BUYER, script=script)
    week = story.Week("", script, look=lambda page: None)

    story.order_one_thing(page, week)
    story.ask_the_bank_again(page, week)
    story.cancel(page, week)
