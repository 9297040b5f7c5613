"""What every key page promises: it fits, it is light, it asks nobody else, everybody can read it.

The pages of a cycle that is closed but not settled yet are looked at on the way of the story.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import looking, steps

pytestmark = pytest.mark.browser

VISITOR, BUYER, MANAGER, PRODUCER = "", "Amina Benali", "Mona Delattre", "Luc Vasseur"
CLERK, BOARD, TOWN_HALL = "Yann Lefebvre", "Clara Nguyen", "Paul Dubois"
PAST = "La semaine dernière"
AMENDING = "Amendements (Baisser une contribution)"
ASKING = "Questions écrites\u00a0: poser, ou lire les réponses"
ATTACHING = "Joindre un document (Rapport d’activité et comptes de l’année)"
SHOP_NODES_MAX = 600


def at(address: str, status: int = 200) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        assert page.goto(address).status == status

    return go


def past(*links: str) -> Callable[[Page], None]:
    """A page of last week's cycle, settled: its name at the desk, then these links."""
    return lambda page: steps.open_cycle_at_the_desk(page, PAST, *links)


PAGES = {
    "home": (VISITOR, at("/")),
    "search": (VISITOR, at("/search/?q=miel")),
    "search-all": (VISITOR, at("/search/")),
    "search-nothing": (VISITOR, at("/search/?q=zzzz")),
    "rules": (VISITOR, at("/rules/")),
    "rule": (VISITOR, steps.first_rule),
    "euros-kept": (VISITOR, at("/explained/euros-kept/")),
    "legal": (VISITOR, at("/legal/")),
    "sign-in": (VISITOR, at("/account/login/")),
    "sign-up": (VISITOR, at("/account/signup/")),
    "open-orders": (VISITOR, at("/food/")),
    "shop": (VISITOR, steps.open_shop),
    "pack": (VISITOR, steps.first_pack),
    "not-found": (VISITOR, at("/food/nowhere/", status=404)),
    "mailbox": (VISITOR, at("/demo/mailbox/")),
    "what-if": (BUYER, at("/rules/what-if/?food.platform-rate=2&food.commons-rate=0,5")),
    "my-space-of-a-buyer": (BUYER, at("/my/")),
    "my-cooperative": (BUYER, at("/my/cooperative/")),
    "shop-of-a-buyer": (BUYER, steps.open_shop),
    "basket": (BUYER, steps.fill_a_basket),
    "checkout": (BUYER, steps.start_a_checkout),
    "orders": (BUYER, at("/food/orders/")),
    "order": (BUYER, steps.first_order),
    "order-documents": (BUYER, steps.documents_of_the_first_order),
    "my-data": (BUYER, at("/my/data/")),
    "my-keys": (BUYER, at("/my/keys/")),
    "assistances": (BUYER, at("/help/")),
    "desk": (MANAGER, at("/food/desk/")),
    "hub": (MANAGER, at("/food/desk/hubs/la-halle-commune/")),
    "cycle": (MANAGER, past()),
    "settlement": (MANAGER, past("Solde")),
    "statement": (MANAGER, past("Solde", "Rucher de la Deûle")),
    "slots": (MANAGER, lambda page: steps.open_going_cycle(page, "Changer les retraits")),
    "offers": (MANAGER, lambda page: steps.open_going_cycle(page, "Choisir les produits")),
    "pick-up-places": (MANAGER, at("/food/desk/hubs/la-halle-commune/places/")),
    "people": (MANAGER, at("/organisations/la-halle-commune/people/")),
    "packing-by-customer": (MANAGER, past("Listes de préparation")),
    "packing-by-product": (MANAGER, past("Listes de préparation", "Par produit")),
    "packing-by-producer": (MANAGER, past("Listes de préparation", "Par producteur")),
    "weights": (MANAGER, past("Poids réels")),
    "pick-up": (MANAGER, past("Table de retrait")),
    "desk-of-a-producer": (PRODUCER, at("/food/desk/")),
    "products": (PRODUCER, at("/food/desk/producers/ferme-du-ferrain/products/")),
    "product": (PRODUCER, steps.first_product),
    "cooperative": (VISITOR, at("/cooperative/")),
    "joining": (BUYER, at("/cooperative/join/")),
    "my-shares": (BUYER, at("/my/shares/")),
    "board-requests": (BOARD, at("/cooperative/desk/")),
    "board-register": (BOARD, at("/cooperative/desk/register/")),
    "board-departures": (BOARD, at("/cooperative/desk/exits/")),
    "board-statutes": (BOARD, at("/cooperative/desk/statutes/")),
    "assemblies": (BUYER, at("/assembly/")),
    "college-weights": (BUYER, at("/assembly/weights/")),
    "assembly": (BUYER, lambda page: steps.open_assembly(page, "/assembly/")),
    "giving-a-vote": (
        BUYER,
        lambda page: steps.open_assembly(page, "/assembly/", "Donner mon pouvoir"),
    ),
    "amendments": (
        BUYER,
        lambda page: steps.open_assembly(page, "/assembly/", AMENDING),
    ),
    "questions": (
        BUYER,
        lambda page: steps.open_assembly(page, "/assembly/", ASKING),
    ),
    "assembly-forms": (
        BOARD,
        lambda page: steps.open_assembly(page, "/assembly/desk/", "Formulaires postaux"),
    ),
    "voting-by-post": (
        BUYER,
        lambda page: steps.open_assembly(page, "/assembly/", "Voter par correspondance"),
    ),
    "reading-a-form": (BOARD, steps.read_a_form),
    "assembly-screen": (
        BOARD,
        lambda page: steps.open_assembly(page, "/assembly/desk/", "L’écran de la salle"),
    ),
    "assembly-documents": (
        BOARD,
        lambda page: steps.open_assembly(page, "/assembly/desk/", ATTACHING),
    ),
    "assembly-desk": (BOARD, at("/assembly/desk/")),
    "assembly-at-the-desk": (BOARD, lambda page: steps.open_assembly(page, "/assembly/desk/")),
    "assembly-presence": (
        BOARD,
        lambda page: steps.open_assembly(page, "/assembly/desk/", "La feuille de présence"),
    ),
    "what-we-earned": (BUYER, at("/sharing/")),
    "what-a-year-became": (BUYER, steps.open_last_year),
    "campaigns": (VISITOR, at("/campaigns/")),
    "campaign": (VISITOR, steps.open_campaign),
    "contributing": (BUYER, lambda page: steps.open_campaign(page, "Contribuer")),
    "matching": (VISITOR, lambda page: steps.open_campaign(page, "Comment c’est calculé")),
    "proposing-a-campaign": (PRODUCER, at("/campaigns/propose/")),
    "desk-of-campaigns": (BOARD, at("/campaigns/desk/")),
    "deliveries": (BOARD, lambda page: steps.open_mill(page, "Ce qui est à remettre")),
    "payments-taken-back": (BOARD, at("/campaigns/desk/reversals/")),
    "draft-of-a-campaign": (BOARD, steps.open_draft),
    "register-of-titles": (BOARD, at("/titles/desk/")),
    "interest-of-titles": (
        BOARD,
        at("/titles/desk/interest/?civil_year=2025&variable_percent=2&basis=R%C3%A9sultat"),
    ),
    "my-titles": (BUYER, at("/titles/")),
    "certificate-of-a-title": (BUYER, steps.open_my_title),
    "commons-fund": (BUYER, at("/sharing/fund/")),
    "quarter-that-votes": (BUYER, lambda page: steps.open_quarter(page, "Vote ouvert")),
    "quarter-paid": (BUYER, lambda page: steps.open_quarter(page, "Payé")),
    "desk-of-the-fund": (BOARD, at("/sharing/desk/fund/")),
    "desk-of-the-years": (CLERK, at("/sharing/desk/")),
    "year-being-written": (CLERK, steps.open_year_being_written),
    "year-shared-at-the-desk": (BOARD, steps.open_shared_year),
    "register-of-minutes": (BUYER, at("/minutes/")),
    "minutes": (BUYER, steps.open_minutes),
    "signatures-of-minutes": (
        BOARD,
        lambda page: steps.open_minutes(page, "Faire signer ce procès-verbal"),
    ),
    "proposals": (BUYER, at("/deliberation/")),
    "proposing": (BUYER, at("/deliberation/propose/")),
    "proposal": (BUYER, lambda page: steps.open_proposal(page, "Des retraits le samedi matin")),
    "proposal-reached": (
        BUYER,
        lambda page: steps.open_proposal(page, "Laisser deux mois aux propositions"),
    ),
    "proposal-version": (
        BUYER,
        lambda page: steps.open_proposal(page, "Des retraits le samedi matin", "Version 1"),
    ),
    "message-of-a-debate": (
        BUYER,
        lambda page: steps.open_proposal(
            page, "Des retraits le samedi matin", "Répondre Odile Fontaine"
        ),
    ),
    "agenda-desk": (BOARD, at("/deliberation/desk/")),
    "rounds": (BUYER, at("/deliberation/rounds/")),
    "opening-a-round": (BUYER, at("/deliberation/rounds/open/")),
    "round": (
        BUYER,
        lambda page: steps.open_round(page, "Prêter la salle à l’association du quartier"),
    ),
    "statement-in-a-round": (
        BOARD,
        lambda page: steps.open_round(
            page, "Prêter la salle à l’association du quartier", "Répondre Yann Lefebvre"
        ),
    ),
    "consultations": (BUYER, at("/consultations/")),
    "consultation": (BUYER, steps.open_consultation),
    "consultation-counted": (
        BUYER,
        lambda page: steps.open_consultation(page, "Faut-il un prix solidaire"),
    ),
    "delegations": (BUYER, at("/my/delegations/")),
    "delegating": (BUYER, steps.give_a_voice),
    "consultation-subjects": (BOARD, at("/consultations/desk/")),
    "asking-a-question": (BOARD, at("/consultations/ask/")),
    "draws": (BUYER, at("/sortition/")),
    "preparing-a-draw": (BOARD, at("/sortition/new/")),
    "my-space-of-the-clerk": (CLERK, at("/my/")),
    "entries": (CLERK, at("/documents/fec/")),
    "my-space-of-the-board": (BOARD, at("/my/")),
    "my-space-of-the-town-hall": (TOWN_HALL, at("/my/")),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_key_page_is_light_accessible_narrow_and_in_good_french(seat, name):
    who, way = PAGES[name]
    page = seat(who)
    way(page)

    seen = looking.look(page)

    nodes_max = SHOP_NODES_MAX if name.startswith("shop") else looking.NODES_MAX
    assert looking.faults(seen, nodes_max=nodes_max) == []
