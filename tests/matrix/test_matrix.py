"""Every address of the site, by every role, is open or closed as the matrix says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from essaim.core.documents import policies as document_policies
from essaim.core.members import help_views
from essaim.kernel import clock
from essaim.site import reference
from essaim.trades.food_hub import desk_policies
from essaim.trades.food_hub import policies as food_policies
from essaim.trades.food_hub.tests import world as w
from tests.matrix import cast as casting
from tests.matrix.matrix import SECTIONS, Table, read, roles_of

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/login/"
FORM = "application/x-www-form-urlencoded"
OPEN, NO_METHOD, CLOSED, BROKEN = "open", "no such method", "closed", "broken"


@dataclass(frozen=True)
class Try:
    """One role at one door."""

    name: str
    method: str
    role: str
    status: int
    outcome: str

    def __str__(self) -> str:
        return f"{self.method} {self.name} by {self.role}: {self.outcome} ({self.status})"


@pytest.fixture
def cast(monkeypatch, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(clock, "now", lambda: w.AFTER)
    return casting.gather()


def outcome_of(response: HttpResponse) -> str:
    """A refusal of a rule (409, 422) says that the door was open."""
    if response.status_code >= 500:
        return BROKEN
    if response.status_code == 405:
        return NO_METHOD
    is_sent_away = response.status_code == 302 and response["Location"].startswith(SIGN_IN)
    return CLOSED if is_sent_away or response.status_code in {401, 403, 404} else OPEN


def methods_of() -> dict[str, tuple[str, ...]]:
    """Methods to try, by name: those an operation of the API declares, else GET and POST."""
    methods: dict[str, tuple[str, ...]] = {}
    for address in reference.addresses():
        declared = re.search(r" \((\w+)\)$", address.pattern)
        tried = (declared[1],) if declared else ("GET", "POST")
        methods[address.name] = (*methods.get(address.name, ()), *tried)
    return methods


def tries(cast: casting.Cast, table: Table, roles: tuple[str, ...]) -> Iterator[Try]:
    """Knock at every door of a table; what an open door changes is undone."""
    methods = methods_of()
    for name in table:
        address = reverse(name, kwargs=cast.things.get(name))
        cache.clear()  # the sign-in library counts how often one knocks
        for method in dict.fromkeys(methods[name]):
            for role in roles:
                point = transaction.savepoint()
                response = cast.browser(role).generic(method, address, content_type=FORM)
                transaction.savepoint_rollback(point)
                yield Try(name, method, role, response.status_code, outcome_of(response))


def wrongs(found: list[Try], table: Table) -> list[str]:
    """What is not as the table says, in words."""
    said = []
    for one in found:
        expected = {OPEN, NO_METHOD} if one.role in table[one.name] else {CLOSED, NO_METHOD}
        if one.outcome not in expected:
            said.append(str(one))
    opened = {(one.name, one.role) for one in found if one.outcome == OPEN}
    closed = {(one.name, one.role) for one in found if one.outcome == CLOSED}
    for name, role in sorted({(one.name, one.role) for one in found}):
        is_allowed = role in table[name]
        if (name, role) not in (opened if is_allowed else closed):
            said.append(f"{name} by {role}: never {OPEN if is_allowed else CLOSED}")
    return said


@pytest.mark.parametrize("section", SECTIONS)
def test_each_address_is_open_or_closed_to_each_role_as_the_matrix_says(cast, section):
    table = SECTIONS[section]
    roles = roles_of(section)

    found = list(tries(cast, table, roles))

    print(f"{section}: {len(table)} addresses × {len(roles)} roles, {len(found)} requests")  # noqa: T201
    said = wrongs(found, table)
    assert not said, "\n".join(said)


def test_no_address_is_left_out_of_the_matrix():
    said = {name for table in SECTIONS.values() for name in table}

    assert {address.name for address in reference.addresses()} == said


def test_an_address_stands_once_and_only_roles_of_the_cast_are_named():
    for text in ("home | everybody\nhome | board", "home | the_king"):
        with pytest.raises(ValueError, match="home"):
            read(text, casting.ROLES)


# Twins: a check that is taken away is seen.


def one_line(section, name):
    return {name: SECTIONS[section][name]}


@pytest.mark.parametrize(
    ("module", "policy", "section", "name"),
    [
        (food_policies, "may_see_order", "food-buying", "food_hub:order"),
        (document_policies, "may_see", "members", "documents:document"),
        (help_views, "may_see_assistance", "members", "members:assistance"),
        (desk_policies, "may_read_statement", "food-desk", "food_hub:desk_statement"),
        (desk_policies, "may_run_hub", "food-desk", "food_hub:desk_fees"),
    ],
)
def test_a_view_that_stops_asking_its_policy_is_seen(
    cast, monkeypatch, module, policy, section, name
):
    table = one_line(section, name)
    roles = ("other_buyer", "other_producer")

    before = wrongs(list(tries(cast, table, roles)), table)
    monkeypatch.setattr(module, policy, lambda *_things, **_more: True)
    after = wrongs(list(tries(cast, table, roles)), table)

    assert before == []
    assert len({line for line in after if OPEN in line}) >= 2


def test_a_role_that_loses_what_it_had_is_seen(cast, monkeypatch):
    table = one_line("food-buying", "food_hub:order")

    monkeypatch.setattr(food_policies, "may_see_order", lambda *_things, **_more: False)

    assert any(
        "by buyer: closed" in line for line in wrongs(list(tries(cast, table, ("buyer",))), table)
    )


def test_a_view_that_breaks_is_seen(cast, monkeypatch):
    def broken(*_things, **_more):
        raise RuntimeError("sabotage")

    monkeypatch.setattr(food_policies, "may_see_order", broken)
    table = one_line("food-buying", "food_hub:order")

    assert any(BROKEN in line for line in wrongs(list(tries(cast, table, ("buyer",))), table))
