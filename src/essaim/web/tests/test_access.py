"""Who may open a page: each decorator says so and sends visitors where they can sign in."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from essaim.web.access import by_policy, public, signed_in

factory = RequestFactory()
Member = get_user_model()


def view(request, thing=None):
    """Show a thing."""
    return HttpResponse(f"{request.user} {thing}")


def opened(guarded, user):
    request = factory.get("/things/?page=2")
    request.user = user
    return guarded(request, thing="x")


@pytest.mark.parametrize(
    ("guarded", "declared"),
    [
        (public(lambda request: HttpResponse()), "public"),
        (signed_in(view), "signed-in"),
        (by_policy("may_see_thing")(view), "policy:may_see_thing"),
    ],
)
def test_each_view_says_who_may_open_it(guarded, declared):
    assert guarded.access == declared


@pytest.mark.parametrize("guard", [signed_in, by_policy("may_see_thing")])
def test_a_visitor_is_sent_to_sign_in_and_comes_back_where_they_were(guard):
    answer = opened(guard(view), AnonymousUser())

    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/things/%3Fpage%3D2")


def sent_by_a_visitor(guard, before="", **headers):
    request = factory.post("/things/take/", headers={"Referer": before} | headers)
    request.user = AnonymousUser()
    return guard(view)(request)


@pytest.mark.parametrize("guard", [signed_in, by_policy("may_see_thing")])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://testserver/things/?page=2", "/things/%3Fpage%3D2"),
        ("http://testserver/things/", "/things/"),
        ("http://elsewhere.example/trap/", "/things/take/"),
        ("", "/things/take/"),
    ],
)
def test_a_visitor_who_sends_a_form_comes_back_to_the_page_that_held_it(guard, before, after):
    answer = sent_by_a_visitor(guard, before)

    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next={after}")


def test_a_part_of_a_page_sends_the_whole_window_to_sign_in():
    answer = sent_by_a_visitor(signed_in, "http://testserver/things/", **{"HX-Request": "true"})

    assert answer["HX-Redirect"].endswith("?next=/things/")
    assert "Location" not in answer


@pytest.mark.parametrize("guard", [signed_in, by_policy("may_see_thing")])
def test_a_member_gets_in_and_the_view_keeps_its_name(guard):
    answer = opened(guard(view), Member(pk=7, display_name="Béa"))

    assert answer.content.decode() == "#7 Béa x"
    assert (guard(view).__name__, guard(view).__doc__) == ("view", "Show a thing.")


def test_two_policies_on_two_views_do_not_mix():
    first, second = by_policy("may_read")(view), by_policy("may_write")(view)

    assert (first.access, second.access) == ("policy:may_read", "policy:may_write")
    assert not hasattr(view, "access")
