"""Search, basket, legal notice, source code, health, the mailbox of the demonstration."""

import json
import tarfile
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import connection
from django.urls import reverse

from essaim.core.catalogue.actions import Advert, publish_listing
from essaim.core.catalogue.rules.needs import Need
from essaim.core.members.models import Organisation
from essaim.core.messages.models import OutgoingEmail
from essaim.kernel import clock
from essaim.site import health
from essaim.site.tests import world as worlds


@pytest.fixture(autouse=True)
def no_answer_of_another_test():
    cache.clear()


@pytest.fixture
def world(db):
    return worlds.build(clock.now())


@pytest.fixture
def outbox(db, settings):
    settings.EMAIL_BACKEND = "essaim.core.messages.outbox.OutboxBackend"


def _listing(world, title, **more):
    advert = Advert(
        territory=world.territory, trade="food", need=Need.EAT, kind="product", title=title,
        path="/food/x/", provider=world.farm, place=world.hall, **more,
    )  # fmt: skip
    return publish_listing(advert=advert, now=clock.now())


def test_a_search_shows_results_their_points_and_the_rule_behind(client, world):
    _listing(world, "Miel de tilleul", price_cents=650, price_label="le pot")
    _listing(world, "Pommes")

    page = client.get(reverse("search"), {"q": "miel", "near": "Lille"}).content.decode()

    assert "Miel de tilleul" in page
    assert "Pommes" not in page
    assert "6,50\u00a0€" in page
    assert "vos mots sont dans le titre (50 points)" in page
    assert "à 0\u00a0m (35 points)" in page
    assert reverse("search_order") in page


def test_a_search_costs_the_same_queries_with_many_results(
    client, world, django_assert_max_num_queries
):
    for number in range(25):
        _listing(world, f"Miel {number}")

    with django_assert_max_num_queries(8):
        client.get(reverse("search"), {"q": "miel", "near": "Lille"})


def test_results_go_on_over_pages_that_keep_the_search(client, world):
    for number in range(25):
        _listing(world, f"Miel {number}")

    first = client.get(reverse("search"), {"q": "miel"}).content.decode()
    second = client.get(reverse("search"), {"q": "miel", "page": "2"}).content.decode()

    assert "?q=miel&amp;page=2" in first
    assert second.count('class="item"') == 5


@pytest.mark.parametrize(
    "asked",
    [{}, {"q": "zzzz"}, {"q": "x" * 500}, {"near": "Nulle-Part"}, {"need": "gold"},
     {"page": "-1"}, {"page": "9999999"}, {"q": "'); DROP TABLE", "page": "x"}],
)  # fmt: skip
def test_no_search_breaks_the_page(client, world, asked):
    answer = client.get(reverse("search"), asked)

    assert answer.status_code == 200


def test_the_ranking_policy_says_its_points(client, db):
    page = client.get(reverse("search_order")).content.decode()

    for figure in ("50", "35", "15", "2026-1"):
        assert figure in page


def test_the_basket_leads_to_the_trade_that_has_one(client, world):
    client.force_login(world.buyer)

    answer = client.get(reverse("basket"))

    assert answer.status_code == 302
    assert answer.url == reverse("food_hub:basket")


def test_the_legal_notice_names_the_cooperative(client, db):
    Organisation.objects.create(
        slug="coop", name="Essaim du Nord", kind=Organisation.Kind.COOPERATIVE, siren="912345675"
    )

    page = client.get(reverse("legal")).content.decode()

    assert "Essaim du Nord" in page
    assert "912\u202f345\u202f675" in page


def test_the_source_code_is_the_one_that_runs_and_holds_no_secret(client, db, settings, tmp_path):
    settings.DATA_DIR = tmp_path

    answer = client.get(reverse("source"))

    with tarfile.open(fileobj=BytesIO(answer.content)) as tar:
        names = [name.partition("/")[2] for name in tar.getnames()]
    assert {"src/essaim/site/source.py", "LICENSE", "essaim", "pyproject.toml"} <= set(names)
    private = (".env", "secret_key", ".git/", "__pycache__", ".mo", ".venv", ".essaim/")
    assert [name for name in names if any(part in name for part in private)] == []


def test_health_says_that_all_is_well(client, db):
    answer = client.get("/sante")

    assert answer.status_code == 200
    body = json.loads(answer.content)
    assert body["is_well"] is True
    assert body["database"] == "writes"
    assert body["oldest_job_age_s"] == 0


def test_health_tells_when_work_piles_up(client, db):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, status, args)"
            " VALUES ('x', 'default', 'todo', '{}') RETURNING id"
        )
        (job_id,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - interval '1 hour' WHERE job_id = %s",
            [job_id],
        )

    answer = client.get("/sante")

    assert answer.status_code == 503
    assert json.loads(answer.content)["oldest_job_age_s"] >= 3600


def test_health_tells_when_the_database_refuses_to_write(client, monkeypatch, db):
    monkeypatch.setattr(health, "WRITE", "SELECT 1 / 0")

    answer = client.get("/sante")

    assert answer.status_code == 503
    assert json.loads(answer.content)["database"] == "refuses"


def test_health_asked_often_looks_once(client, db, django_assert_num_queries):
    client.get("/sante")

    with django_assert_num_queries(0):
        client.get("/sante")


def test_the_mailbox_shows_every_e_mail_and_one_in_full(client, outbox):
    send_mail("Votre commande", "Bonjour,\n\nÀ <b>jeudi</b>.", None, ["amina@exemple.fr"])
    email = OutgoingEmail.objects.get()

    box = client.get(reverse("demo_mailbox")).content.decode()
    page = client.get(reverse("demo_email", args=[email.public_id])).content.decode()

    assert "Votre commande" in box
    assert "à amina@exemple.fr" in box
    assert "À &lt;b&gt;jeudi&lt;/b&gt;." in page


def test_the_mailbox_costs_two_queries(client, outbox, django_assert_num_queries):
    for number in range(30):
        send_mail(f"Sujet {number}", "Bonjour", None, ["amina@exemple.fr"])

    with django_assert_num_queries(2):
        client.get(reverse("demo_mailbox"))
