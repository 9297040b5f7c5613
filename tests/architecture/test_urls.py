"""Every address says who may open it."""

from django.http import HttpResponse
from django.urls import URLResolver, path
from django.urls.resolvers import RegexPattern

from essaim.site import reference
from essaim.web.access import by_policy, public, signed_in
from tests.architecture import house


def test_every_address_declares_who_may_open_it():
    addresses = reference.addresses()

    undeclared = [address for address in addresses if not address.access]

    assert len(addresses) > 10
    house.expect_nothing(undeclared)


def test_a_view_without_declaration_is_seen_and_the_three_declarations_are_read(monkeypatch):
    def view(request):
        return HttpResponse()

    def guarded(request):
        return HttpResponse()

    patterns = [
        path("bare/", view),
        path("open/", public(lambda request: HttpResponse())),
        path("mine/", signed_in(guarded)),
        path("theirs/", by_policy("may_manage")(guarded)),
    ]
    resolver = URLResolver(RegexPattern(r"^/"), patterns)
    monkeypatch.setattr(reference.django.urls, "get_resolver", lambda: resolver)

    found = {address.pattern: address.access for address in reference.addresses()}

    assert found == {
        "/bare/": "",
        "/open/": "public",
        "/mine/": "signed-in",
        "/theirs/": "policy:may_manage",
    }
