"""The header shows the links that the site has given an address, and where the reader is."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import NoReverseMatch

from essaim.kernel import trades
from essaim.web.navigation import navigation


class Market:
    basket_address = "/market/basket/"

    def __init__(self, count):
        self.count = count

    def basket_url(self):
        return self.basket_address

    def basket_count(self, member_id):
        return self.count if member_id == 42 else 0


@pytest.fixture(autouse=True)
def two_markets(monkeypatch):
    monkeypatch.setattr(trades, "installed", lambda: [Market(3), Market(4)])


def test_only_the_links_with_an_address_are_shown_in_their_fixed_order(settings):
    settings.ESSAIM_NAVIGATION = {"rules": "/rules/", "search": "/search/"}

    shown = navigation(RequestFactory().get("/"))

    assert [(entry.code, entry.href) for entry in shown["navigation"]] == [
        ("search", "/search/"),
        ("rules", "/rules/"),
    ]
    assert [entry.code for entry in shown["footer_links"]] == ["rules"]


def test_the_link_of_the_page_one_reads_is_marked(settings):
    settings.ESSAIM_NAVIGATION = {"rules": "/rules/", "search": "/search/"}

    shown = navigation(RequestFactory().get("/rules/fees/"))

    assert [entry.is_current for entry in shown["navigation"]] == [False, True]


def test_the_basket_of_a_trade_is_the_page_that_the_basket_leads_to(settings):
    settings.ESSAIM_NAVIGATION = {"basket": "/basket/", "rules": "/rules/"}

    shown = navigation(RequestFactory().get(Market.basket_address))

    assert [entry.is_current for entry in shown["navigation"]] == [True, False]


def test_the_things_in_all_baskets_are_counted_for_members_alone(rf):
    request = rf.get("/")

    request.user = AnonymousUser()
    assert navigation(request)["count_basket"]() == 0
    request.user = SimpleNamespace(pk=42)
    assert navigation(request)["count_basket"]() == 3 + 4


def test_a_url_name_is_turned_into_its_address(settings):
    settings.ESSAIM_NAVIGATION = {"space": "account_login"}

    (entry,) = navigation(RequestFactory().get("/"))["navigation"]

    assert "/" in entry.href


def test_a_name_that_does_not_exist_is_a_bug(settings):
    settings.ESSAIM_NAVIGATION = {"search": "nowhere-at-all"}

    with pytest.raises(NoReverseMatch):
        navigation(RequestFactory().get("/"))
