"""The header shows the links that the site has given an address, and where the reader is."""

import pytest
from django.test import RequestFactory
from django.urls import NoReverseMatch

from essaim.web.navigation import navigation


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


def test_a_url_name_is_turned_into_its_address(settings):
    settings.ESSAIM_NAVIGATION = {"space": "account_login"}

    (entry,) = navigation(RequestFactory().get("/"))["navigation"]

    assert "/" in entry.href


def test_a_name_that_does_not_exist_is_a_bug(settings):
    settings.ESSAIM_NAVIGATION = {"search": "nowhere-at-all"}

    with pytest.raises(NoReverseMatch):
        navigation(RequestFactory().get("/"))
