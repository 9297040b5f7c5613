"""Every page of the cooperative: who sees it, what it says, what its forms do."""

import csv
import io
from types import SimpleNamespace

import pytest
from django.urls import reverse

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.models import Exit, ShareRequest, StatutesVersion
from essaim.commons.cooperative.tests import world as w
from essaim.commons.statutes.tests.models_of_statutes import text_of
from essaim.core.members.models import Membership
from essaim.core.payments.models import PaymentIntent
from essaim.core.territories.models import Territory


@pytest.fixture
def town(world):
    """The world with somebody of each sort: an associate, a request, a departure."""
    associate = world.join(shares=5)
    world.fund(20)
    return SimpleNamespace(world=world, associate=associate)


def page(client, name, *args, member=None, status=200, **query):
    if member is not None:
        client.force_login(member)
    response = client.get(reverse(f"cooperative:{name}", args=args), query)
    assert response.status_code == status
    return response.content.decode() if status == 200 else ""


def post(client, name, *args, member, status=302, **data):
    client.force_login(member)
    response = client.post(reverse(f"cooperative:{name}", args=args), data)
    assert response.status_code == status, response.content.decode()
    return response


def test_everybody_reads_who_owns_the_cooperative_and_how_it_decides(client, town):
    shown = page(client, "cooperative")

    for words in (
        "Essaim du Val appartient", "Usagères et usagers", "35\u202f%", "500,00\u00a0€",
        "Une part vaut 20,00\u00a0€", "au moins 2/3", "sur 5 ans",
    ):  # fmt: skip
        assert words in shown


def test_a_cooperative_without_colleges_says_so(client, db):
    w.build(text_of("one-person-one-vote") + "\n[capital]\nnominal_cents = 5000\n")

    assert "Il n’y a pas de collèges" in page(client, "cooperative")


def test_before_any_statutes_the_page_says_so_and_nobody_can_join(client, db):
    member = w.person("bea")

    assert "pas encore écrit ses statuts" in page(client, "cooperative")
    for name in ("join", "my_shares"):
        page(client, name, member=member, status=302)
    page(client, "desk", member=member, status=404)


def test_the_public_page_costs_the_same_however_many_associates(
    client, town, django_assert_max_num_queries
):
    for number in range(8):
        town.world.join(w.person(f"p{number}"))

    with django_assert_max_num_queries(3):
        page(client, "cooperative")


def wish(**changes):
    return {
        "name_of": "me", "category": "users", "shares": "3", "means": "card", "has_read": "on"
    } | changes  # fmt: skip


def test_joining_takes_one_page_then_leads_to_the_payment(client, world):
    assert "À partir d’une part" in page(client, "join", member=world.amina)

    answer = post(client, "join", member=world.amina, **wish(accepts_notices="on"))

    request = ShareRequest.objects.get()
    assert (request.shares, request.means, request.accepts_notices) == (3, "card", True)
    assert answer.url == reverse("cooperative:request", args=[request.public_id])
    intent = PaymentIntent.objects.get()
    shown = page(client, "request", request.public_id)
    assert reverse("payments:pay", args=[intent.public_id]) in shown


def test_paying_by_card_brings_the_request_to_the_board(
    client, world, django_capture_on_commit_callbacks
):
    post(client, "join", member=world.amina, **wish())
    intent = PaymentIntent.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("payments:pay", args=[intent.public_id]), {"scenario": "accept"})

    request = ShareRequest.objects.get()
    assert request.state == "paid"
    assert "Le conseil décide" in page(client, "request", request.public_id)


def test_a_refusal_stands_at_its_field_and_nothing_is_written(client, world):
    answer = post(client, "join", member=world.amina, status=422,
                  **wish(category="producers", shares="1"))  # fmt: skip

    assert "il faut au moins 5 parts" in answer.content.decode()
    assert not ShareRequest.objects.exists()


def test_one_asks_only_in_the_name_of_organisations_one_manages(client, world):
    post(client, "join", member=world.amina, status=422, **wish(name_of=world.farm.slug))
    post(client, "join", member=world.farmer,
         **wish(name_of=world.farm.slug, category="producers", shares="5"))  # fmt: skip

    assert ShareRequest.objects.get().organisation == world.farm


def test_an_associate_takes_more_shares_and_is_asked_for_no_category(client, town):
    shown = page(client, "join", member=town.world.amina)

    assert "Vous restez dans votre catégorie" in shown
    assert 'name="category"' not in shown
    answer = {"name_of": "me", "shares": "2", "means": "card", "has_read": "on"}
    post(client, "join", member=town.world.amina, **answer)
    assert ShareRequest.objects.order_by("-pk").first().category.code == "users"


def test_an_associate_who_runs_a_farm_may_still_ask_for_it(client, world):
    world.join(world.farmer, shares=2)

    assert "reste dans sa catégorie" in page(client, "join", member=world.farmer)


def test_a_category_of_two_colleges_shows_the_choice(client, db):
    world = w.build(both=('categories = ["producers"]', 'categories = ["producers", "users"]'))

    assert "Dans quel collège" in page(client, "join", member=world.amina)
    post(client, "join", member=world.amina, status=422, **wish())
    post(client, "join", member=world.amina, **wish(college="producers"))


@pytest.mark.parametrize(
    ("state", "words"),
    [("waiting", "vous attendez votre tour"), ("refused", "Trop loin"), ("withdrawn", "retiré"),
     ("admitted", "à vous"), ("asked", "référence")],
)  # fmt: skip
def test_a_request_says_where_it_stands(client, world, state, words):
    world.fund(10)
    if state == "waiting":
        member, request = world.mayor, world.ask(world.mayor, "authorities", 60,
                                                 organisation=world.town)  # fmt: skip
    else:
        member, request = world.amina, world.ask()
    if state == "refused":
        actions.refuse_request(request=request, reason="Trop loin", by=world.board, now=w.NOW)
    elif state == "withdrawn":
        post(client, "request", request.public_id, member=member)
    elif state == "admitted":
        actions.admit(request=world.pay(request), by=world.board, now=w.NOW)

    assert words in page(client, "request", request.public_id, member=member)


def test_my_shares_show_what_i_own_and_lead_to_the_certificate(client, town):
    movement = town.associate.movements_in.get()
    certificate = reverse("cooperative:certificate", args=[movement.public_id])

    shown = page(client, "my_shares", member=town.world.amina)

    assert "100,00\u00a0€" in shown
    assert certificate in shown
    assert client.get(certificate).content.startswith(b"%PDF")
    assert "pas encore de part" in page(client, "my_shares", member=town.world.farmer)


def test_a_movement_that_gives_nothing_has_no_certificate(client, town):
    taken = actions.reduce_for_losses(
        register=town.world.register, shares={town.associate: 1}, decision="AGE",
        by=town.world.board, now=w.LATER,
    )  # fmt: skip

    page(client, "certificate", taken[0].public_id, member=town.world.board, status=404)


def test_consent_to_notices_is_given_and_taken_back(client, town):
    for answer, words in (("yes", "Par courriel, depuis"), ("no", "Sur papier.")):
        post(client, "consent", town.associate.public_id, member=town.world.amina, is_given=answer)

        assert words in page(client, "my_shares")


def test_leaving_is_asked_counted_by_the_board_and_paid_part_by_part(client, town):
    world = town.world
    post(client, "leave", town.associate.public_id, member=world.amina, reason="Je pars")
    departure = Exit.objects.get()
    assert "le conseil compte" in page(client, "my_shares")
    assert "À compter" in page(client, "desk_exits", member=world.board)
    here = ("desk_exit", departure.public_id)
    post(client, *here, member=world.board, status=422, what="settle", losses="-1", reserves="0")

    post(client, *here, member=world.board, what="settle", losses="12,50", reserves="0")
    post(client, *here, member=world.board, what="pay", position="1")
    post(client, *here, member=world.board, what="pay", position="1")

    departure.refresh_from_db()
    assert departure.loss_cents == 250
    assert departure.instalments.filter(paid_at=None).count() == 4
    assert "déjà été payée" in page(client, *here)
    assert "encore à payer" in page(client, "desk_exits")
    assert "Part des pertes" in page(client, "my_shares", member=world.amina)
    assert "Voir ce départ" in page(
        client, "desk_associate", town.associate.public_id, member=world.board
    )


def test_the_board_notes_a_payment_admits_or_refuses(client, world):
    request, other = world.ask(), world.ask(w.person("bea"))
    here = ("desk_request", request.public_id)
    assert "L’argent est là" in page(client, *here, member=world.board)

    post(client, *here, member=world.board, status=422, what="admit")
    post(client, *here, member=world.board, what="paid")
    post(client, *here, member=world.board, what="admit")
    post(client, "desk_request", other.public_id, member=world.board, status=422, what="refuse")
    post(client, "desk_request", other.public_id, member=world.board, what="refuse", reason="Non")

    request.refresh_from_db()
    other.refresh_from_db()
    assert (request.state, other.state) == ("admitted", "refused")
    assert "Aucune demande" in page(client, "desk")
    assert "Motif" in page(client, "desk_request", other.public_id)


def test_the_register_is_searched_by_name_and_number_and_paged(client, town):
    for number in range(22):
        town.world.join(w.person(f"voisin{number}"), shares=1)
    board = town.world.board

    assert "sur 2" in page(client, "desk_register", member=board)
    assert "Amina" in page(client, "desk_register", member=board, q="ami")
    assert "Amina" in page(client, "desk_register", member=board, q="1")
    assert "Personne à ce nom" in page(client, "desk_register", member=board, q="zzz")


def test_the_register_costs_the_same_queries_however_many_rows(
    client, town, django_assert_num_queries
):
    client.force_login(town.world.board)
    address = reverse("cooperative:desk_register")
    with django_assert_num_queries(11):
        client.get(address)
    for number in range(15):
        town.world.join(w.person(f"voisin{number}"), shares=1)

    with django_assert_num_queries(11):
        client.get(address)


@pytest.mark.django_db(transaction=True)
def test_the_register_leaves_as_a_table_in_which_nothing_runs(client, world):
    world.amina.display_name = "=CMD()"
    world.amina.save()
    world.join(shares=5)
    client.force_login(world.board)

    address = reverse("cooperative:desk_register_csv")

    def table(**query):
        answer = client.get(address, query)
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text), delimiter=";"))

    head, *rows = table()
    assert head[:2] == ["N°", "Nom"]
    assert rows == [["1", "'=CMD()", "Usagères et usagers", "Usages", "18/11/2026", "5"]]
    assert table(day="2026-11-17") == [head]
    assert table(day="2026-11-18") == table(day="never") == [head, *rows]


def test_the_board_transfers_shares_and_excludes(client, town):
    world = town.world
    farm = world.join(world.farmer, "producers", 5, organisation=world.farm)
    here = ("desk_associate", town.associate.public_id)
    wanted = {"what": "transfer", "taker": farm.number, "reason": "Conseil du 3 mars"}
    post(client, *here, member=world.board, status=422, **wanted, shares="")
    post(client, *here, member=world.board, status=422, **wanted, shares="9")
    post(client, *here, member=world.board, status=404, **wanted | {"taker": 99}, shares="1")

    post(client, *here, member=world.board, **wanted, shares="2")
    post(client, *here, member=world.board, status=422, what="exclude", reason="")
    post(client, *here, member=world.board, what="exclude", reason="Décision du 3 mars")

    assert (queries.shares_held(town.associate), queries.shares_held(farm)) == (3, 7)
    assert Exit.objects.get().kind == "exclusion"
    assert "Cédées au n°" in page(client, *here)
    assert "exclusion" in page(client, "desk_exits")


def test_shares_whose_payment_was_taken_back_are_cancelled_at_the_desk(client, town):
    from essaim.core.payments.actions import charge_back

    movement = town.associate.movements_in.get()
    intent = PaymentIntent.objects.get(agreement=movement.agreement)
    charge_back(intent=intent, amount_cents=intent.amount_cents, key="evt", now=w.NOW)
    here = ("desk_associate", town.associate.public_id)
    assert "la banque a repris" in page(client, *here, member=town.world.board)

    post(client, *here, member=town.world.board, what="cancel", number=movement.number)

    assert queries.shares_held(town.associate) == 0
    assert "Annulation" in page(client, *here)


def test_statutes_are_checked_without_being_written_then_adopted(client, town):
    board, text = town.world.board, text_of("territory")
    unlawful = text.replace('weight = "35 %"', 'weight = "55 %"')
    here = "desk_statutes"
    assert "En vigueur" in page(client, here, member=board)

    checked = post(client, here, member=board, status=200, what="check", text=unlawful)
    refused = post(client, here, member=board, status=422, what="adopt", text=unlawful,
                   adopted_by="AGE")  # fmt: skip
    slip = post(client, here, member=board, status=422, what="check", text="name = 3")
    unsaid = post(client, here, member=board, status=422, what="adopt", text=text)

    assert "un collège pèse de 10\u202f% à 50\u202f%" in checked.content.decode()
    assert "contraires à la loi sur 2 points" in refused.content.decode()
    assert "ne se lisent pas" in slip.content.decode()
    assert "quelle décision" in unsaid.content.decode()
    assert StatutesVersion.objects.count() == 1
    post(client, here, member=board, what="adopt", text=text, adopted_by="AGE du 12 mars")
    post(client, here, member=board, what="adopt", text=text, adopted_by="AGE du 13 mars",
         effective_date="2099-01-01")  # fmt: skip
    assert StatutesVersion.objects.count() == 3


def test_the_first_statutes_open_the_register(client, db):
    cooperative, board = w.organisation("neuve", "La Neuve", "cooperative"), w.person("clara")
    Membership.objects.create(member=board, organisation=cooperative, role="board")
    page(client, "desk_statutes", member=board, status=404)
    Territory.objects.create(slug="val", name="Le Val", created_at=w.NOW)
    assert "Partez du modèle" in page(client, "desk_statutes")

    post(client, "desk_statutes", member=board, what="adopt", text=text_of("territory"),
         adopted_by="Statuts d’origine")  # fmt: skip

    assert queries.the_register().organisation == cooperative


def test_a_category_that_empties_is_told_to_the_board(client, town):
    shown = page(client, "desk_statutes", member=town.world.board)

    assert "Une catégorie que la loi exige est vide\u00a0: Salariées et salariés" in shown
