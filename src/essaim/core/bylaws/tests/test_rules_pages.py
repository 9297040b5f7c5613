"""The rules in force: everybody reads them, the board records what was adopted."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from essaim.core.bylaws import actions, queries
from essaim.core.bylaws.models import ArticleValue
from essaim.core.bylaws.rules import Article, OutOfBounds, rule_book
from essaim.core.bylaws.wording import from_typed, in_words, to_typed
from essaim.core.members.actions import give_role
from essaim.core.members.models import Member, Membership, Organisation
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
RATE = next(article for article in rule_book() if article.unit == "bps")
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def board_member():
    member = Member.objects.create_user("clara@exemple.fr", display_name="Clara")
    cooperative = Organisation.objects.create(
        slug="coop", name="Coop", kind=Organisation.Kind.COOPERATIVE
    )
    give_role(member=member, organisation=cooperative, role=Membership.Role.BOARD)
    return member


@pytest.fixture
def stranger():
    return Member.objects.create_user("paul@exemple.fr", display_name="Paul")


def _adoption(value="2,5", days=1, by="assemblée générale du 12 mars"):
    day = timezone.localdate() + timedelta(days=days)
    return {"value": value, "effective_date": day.isoformat(), "adopted_by": by}


def test_anybody_reads_every_rule_with_its_value_in_plain_french(client):
    page = client.get(reverse("bylaws:rules")).content.decode()

    for article in rule_book():
        assert in_words(article.unit, article.default) in page
        assert reverse("bylaws:rule", args=[article.key]) in page


def test_the_page_of_rules_costs_two_queries_however_many_decisions(
    client, django_assert_num_queries, board_member
):
    for day in range(1, 6):
        actions.adopt(
            article=RATE, value=100 + day, effective_at=clock.now() + timedelta(days=day),
            adopted_by="conseil", recorded_by=board_member, now=clock.now(),
        )  # fmt: skip

    with django_assert_num_queries(2):
        client.get(reverse("bylaws:rules"))


def test_a_rule_shows_its_bounds_its_default_and_its_history(client, board_member):
    now = clock.now()
    actions.adopt(
        article=RATE, value=250, effective_at=now + timedelta(days=3),
        adopted_by="assemblée générale du 12 mars", recorded_by=board_member, now=now,
    )  # fmt: skip

    page = client.get(reverse("bylaws:rule", args=[RATE.key])).content.decode()

    for value in (RATE.minimum, RATE.maximum, RATE.default, 250):
        assert in_words("bps", value) in page
    assert "assemblée générale du 12 mars" in page
    assert "inscrit par Clara" in page


def test_an_unknown_rule_does_not_exist(client):
    assert client.get(reverse("bylaws:rule", args=["no.such-rule"])).status_code == 404


def test_the_board_records_a_decision_that_takes_effect_on_its_date(client, board_member):
    client.force_login(board_member)

    answer = client.post(reverse("bylaws:adopt", args=[RATE.key]), _adoption("2,5"))

    assert answer.status_code == 302
    row = ArticleValue.objects.get()
    assert (row.value, row.recorded_by) == (250, board_member)
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert row.effective_at.astimezone(PARIS) == datetime(
        tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=PARIS
    )
    assert queries.value(RATE, at=row.effective_at - timedelta(seconds=1)) == RATE.default
    assert queries.value(RATE, at=row.effective_at) == 250


def test_a_decision_may_take_effect_today(client, board_member):
    client.force_login(board_member)

    client.post(reverse("bylaws:adopt", args=[RATE.key]), _adoption("2.5", days=0))

    assert queries.value(RATE, at=clock.now()) == 250


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (_adoption("99"), "Cette règle accepte des valeurs de"),
        (_adoption("-1"), "Cette règle accepte des valeurs de"),
        (_adoption("2,555"), "C’est plus fin que ce que la règle permet."),
        (_adoption("beaucoup"), "Nouvelle valeur"),
        (_adoption(days=-1), "jamais dans le passé"),
        (_adoption(by=""), "Adopté par"),
    ],
)
def test_a_refused_decision_says_why_and_writes_nothing(client, board_member, sent, said):
    client.force_login(board_member)

    answer = client.post(reverse("bylaws:adopt", args=[RATE.key]), sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ArticleValue.objects.exists()


def test_bounds_are_refused_in_the_words_of_the_rule(client, board_member):
    client.force_login(board_member)

    page = client.post(reverse("bylaws:adopt", args=[RATE.key]), _adoption("99")).content.decode()

    assert f"de {in_words('bps', RATE.minimum)} à {in_words('bps', RATE.maximum)}" in page


def test_two_decisions_never_take_effect_at_the_same_instant(client, board_member):
    client.force_login(board_member)
    client.post(reverse("bylaws:adopt", args=[RATE.key]), _adoption("2,5"))

    answer = client.post(reverse("bylaws:adopt", args=[RATE.key]), _adoption("4"))

    assert answer.status_code == 422
    assert [row.value for row in ArticleValue.objects.all()] == [250]


def test_the_same_decision_sent_twice_is_recorded_once(client, board_member):
    client.force_login(board_member)

    answers = [
        client.post(reverse("bylaws:adopt", args=[RATE.key]), _adoption("2,5")) for _ in "ab"
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert ArticleValue.objects.count() == 1


def test_a_stranger_neither_sees_the_form_nor_records_anything(client, stranger):
    client.force_login(stranger)

    page = client.get(reverse("bylaws:rule", args=[RATE.key])).content.decode()
    answer = client.post(reverse("bylaws:adopt", args=[RATE.key]), _adoption())

    assert "adopted_by" not in page
    assert answer.status_code == 403
    assert not ArticleValue.objects.exists()


def test_a_visitor_who_records_a_decision_is_sent_to_sign_in(client):
    answer = client.post(reverse("bylaws:adopt", args=[RATE.key]), _adoption())

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_the_action_itself_keeps_the_bounds():
    with pytest.raises(OutOfBounds):
        actions.adopt(
            article=RATE, value=RATE.maximum + 1, effective_at=clock.now(), adopted_by="x",
            recorded_by=None, now=clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        ("bps", 300, "3\u202f%"),
        ("bps", 550, "5,5\u202f%"),
        ("cents", 500, "5,00\u00a0€"),
        ("minutes", 30, "30 minutes"),
        ("minutes", 1, "1 minute"),
        ("minutes", 1440, "1\u202f440 minutes"),
        ("days", 0, "0 jour"),
        ("count", 12, "12"),
    ],
)
def test_values_are_said_as_people_say_them(unit, value, words):
    assert in_words(unit, value) == words


@pytest.mark.parametrize("unit", ["bps", "cents", "minutes"])
def test_a_value_typed_as_it_is_shown_comes_back_the_same(unit):
    article = Article("x.y", "t", "e", unit, 0, 10_000, 0)

    values = [from_typed(article, to_typed(article, value)) for value in (0, 1, 55, 9_999)]

    assert values == [0, 1, 55, 9_999]
