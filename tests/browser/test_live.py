"""An open page hears what happens elsewhere, and shows it without being touched."""

import pytest
from playwright.sync_api import expect

from tests.browser import steps, story

pytestmark = pytest.mark.browser
BUYER = "Clara Nguyen"


def test_an_order_open_in_two_windows_shows_in_both_that_it_is_paid(new_window):
    acting, watching = new_window(BUYER), new_window(BUYER)
    week = story.Week("", True, look=lambda page: None)
    story.order_one_thing(acting, week)
    watching.goto(acting.url)
    expect(watching.get_by_role("heading", name="Reste à payer")).to_be_visible()
    watching.wait_for_timeout(1000)  # the page begins to listen after it is drawn

    story.ask_the_bank_again(acting, week)

    expect(watching.get_by_role("heading", name="Reste à payer")).to_be_hidden()
    story.cancel(acting, week)  # what others read of this demo stays as it was


def test_an_arrival_ticked_at_the_desk_shows_on_the_screen_of_the_room(new_window):
    desk, screen = new_window("Clara Nguyen"), new_window("Clara Nguyen")
    steps.open_assembly(screen, "/assembly/desk/", "L’écran de la salle")
    expect(screen.get_by_text("0 sociétaire présent")).to_be_visible()
    screen.wait_for_timeout(1000)  # the page begins to listen after it is drawn
    steps.open_assembly(desk, "/assembly/desk/", "La feuille de présence")

    desk.get_by_role("button", name="est dans la salle").first.click()

    expect(screen.get_by_text("1 sociétaire présent")).to_be_visible(timeout=10_000)
    desk.get_by_role("button", name="Départ de").first.click()  # left as it was
    expect(screen.get_by_text("0 sociétaire présent")).to_be_visible(timeout=10_000)
