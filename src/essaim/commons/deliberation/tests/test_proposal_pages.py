"""The pages of proposals: writing, supporting, versions, the desk of the agenda."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from essaim.commons.cooperative.tests import world as coop
from essaim.commons.deliberation import actions, articles, queries
from essaim.commons.deliberation.actions import Wish
from essaim.commons.deliberation.models import Proposal
from essaim.commons.deliberation.rules.proposals import State
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.commons.deliberation.tests.test_proposals import meet
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
NO_RULE = {
    "rule-TOTAL_FORMS": "3", "rule-INITIAL_FORMS": "0",
    **{f"rule-{n}-{name}": "" for n in range(3) for name in ("article", "value", "effective_date")},
}  # fmt: skip
A_RULE = {
    "rule-0-article": articles.SUPPORT_DAYS.key, "rule-0-value": "60",
    "rule-0-effective_date": "2027-02-01",
}  # fmt: skip


@pytest.fixture
def circle(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return circles.build()


def address(name, *args):
    return reverse(f"deliberation:{name}", args=args)


def page(client, name, *args, member=None, status=200, **query):
    if member is not None:
        client.force_login(member)
    response = client.get(address(name, *args), query)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def test_without_a_proposal_the_page_invites_to_write_one_and_says_what_it_takes(client, circle):
    shown = page(client, "proposals", member=circle.member("amina"))

    assert "Aucune proposition ne recueille de soutiens" in shown
    assert "Écrire une proposition" in shown
    assert "5\u202f% des 7 sociétaires, 3 au moins, en 90 jours" in shown


def test_who_is_no_associate_reads_how_to_become_one(client, circle):
    proposal = circle.propose(title="Secret de famille")

    shown = page(client, "proposals", member=coop.person("passant"))

    assert "Devenir sociétaire" in shown
    assert "Secret de famille" not in shown
    page(client, "proposal", proposal.public_id, status=404)


def test_a_proposal_is_written_with_a_rule_and_shown_paragraph_by_paragraph(client, circle):
    page(client, "propose", member=circle.member("amina"))
    typed = {"title": "Ouvrir le samedi", "text": circles.TEXT, **NO_RULE, **A_RULE}

    sent = client.post(address("propose"), typed)

    proposal = Proposal.objects.get()
    assert sent.url == address("proposal", proposal.public_id)
    shown = page(client, "proposal", proposal.public_id)
    for words in (
        "Amina", "1 soutien sur 3", "Encore 90 jours", '<li id="p-2">', "60 jours", "90 jours",
        "souhaité à partir du 1er févr. 2027", "Vous la soutenez.",
    ):  # fmt: skip
        assert words in shown, words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"text": " \n"}, "Ce champ est obligatoire"),
        ({**A_RULE, "rule-0-value": "1000"}, "de 7 jours à 730 jours"),
        (
            {**A_RULE, **{k.replace("-0-", "-1-"): v for k, v in A_RULE.items()}},
            "La même règle ne peut pas prendre deux valeurs",
        ),
    ],
)
def test_a_refused_text_says_why_and_writes_nothing(client, circle, typed, words):
    client.force_login(circle.member("amina"))

    refused = client.post(address("propose"), {"title": "T", "text": "Un.", **NO_RULE, **typed})

    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert not Proposal.objects.exists()


def test_who_acts_for_two_associates_says_in_whose_name(client, circle):
    farmer = circle.world.farmer
    circle.people["luc"] = circle.world.join(farmer, shares=2, now=NOW - timedelta(days=1))
    shown = page(client, "propose", member=farmer)
    assert "Au nom de qui" in shown
    number = circle.people["farm"].number

    client.post(address("propose"), {"title": "T", "text": "Un.", "number": number, **NO_RULE})

    proposal = Proposal.objects.get()
    assert proposal.author == circle.people["farm"]
    assert "Soutenir au nom de Luc" in page(client, "proposal", proposal.public_id).replace(
        "La soutenir", "Soutenir"
    )


def test_one_taps_to_support_and_taps_again_to_take_it_back(client, circle):
    proposal = circle.propose()
    here = address("proposal", proposal.public_id)
    client.force_login(circle.member("bea"))

    client.post(here, {"what": "support"})
    client.post(here, {"what": "support"})
    assert "2 soutiens sur 3" in page(client, "proposal", proposal.public_id)
    client.post(here, {"what": "drop"})

    assert "1 soutien sur 3" in page(client, "proposal", proposal.public_id)


def test_nobody_supports_in_the_name_of_another_nor_withdraws_for_them(client, circle):
    proposal = circle.propose()
    here = address("proposal", proposal.public_id)
    client.force_login(circle.member("bea"))

    refused = client.post(here, {"what": "support", "number": circle.people["chloe"].number})
    client.post(here, {"what": "withdraw"})
    page(client, "edit", proposal.public_id, status=404)

    assert refused.status_code == 422
    assert queries.standing(proposal).count() == 1
    proposal.refresh_from_db()
    assert proposal.state == State.OPEN


def test_the_board_watches_without_supporting(client, circle):
    proposal = circle.propose()

    shown = page(client, "proposal", proposal.public_id, member=circle.world.board)
    refused = client.post(address("proposal", proposal.public_id), {"what": "support"})

    assert "Je la soutiens" not in shown
    assert refused.status_code == 422
    page(client, "propose", status=403)


def test_the_support_that_reaches_the_agenda_says_so(client, circle):
    proposal = circle.support(circle.propose(), "bea")
    client.force_login(circle.member("chloe"))

    sent = client.post(address("proposal", proposal.public_id), {"what": "support"}, follow=True)

    shown = sent.content.decode()
    assert "va à l’ordre du jour de la prochaine assemblée" in shown
    assert "À inscrire" in shown
    assert "Retirer mon soutien" not in shown


def test_a_former_version_stays_readable_and_says_that_it_is_one(client, circle):
    proposal = circle.support(circle.propose(), "bea")
    shown = page(client, "edit", proposal.public_id, member=circle.member("amina"))
    assert "Deuxième paragraphe" in shown

    client.post(
        address("edit", proposal.public_id), {"title": "Dimanche", "text": "Neuf.", **NO_RULE}
    )

    shown = page(client, "proposal", proposal.public_id)
    assert "Neuf." in shown
    assert "2 ont été donnés à une version antérieure" in shown
    former = page(client, "version", proposal.public_id, 1)
    assert "Deuxième paragraphe" in former
    assert "Ce n’est pas la version en vigueur" in former


def test_its_author_withdraws_it_and_it_stays_readable(client, circle):
    proposal = circle.propose()
    client.force_login(circle.member("amina"))

    client.post(address("proposal", proposal.public_id), {"what": "withdraw"})

    assert "Retirée" in page(client, "proposal", proposal.public_id)
    assert "Retirée" in page(client, "proposals")


def test_the_desk_puts_a_proposal_on_a_draft_agenda(client, circle):
    wish = Wish(articles.SUPPORT_DAYS, 60, date(2027, 2, 1))
    proposal = circle.reached(wishes=[wish])
    shown = page(client, "desk", member=circle.world.board)
    assert "Aucune assemblée n’est en préparation" in shown
    draft = circle.draft()
    assert "18 déc. 2026" in page(client, "desk")

    client.post(address("desk"), {"proposal": proposal.public_id, "assembly": draft.public_id})

    assert "Rien à inscrire" in page(client, "desk")
    assert "Point 1 de «\u202fAssemblée ordinaire\u202f»" in page(
        client, "proposal", proposal.public_id
    )
    desk = client.get(reverse("secretariat:assembly", args=[draft.public_id])).content.decode()
    assert "Ouvrir le samedi" in desk
    assert "60 jours" in desk


def test_the_secretary_reads_at_their_own_desk_what_must_be_put_on_an_agenda(client, circle):
    draft = circle.draft()
    client.force_login(circle.world.board)
    pages = [reverse("secretariat:desk"), reverse("secretariat:assembly", args=[draft.public_id])]
    assert not any("1 à inscrire" in client.get(one).content.decode() for one in pages)

    proposal = circle.reached()

    for one in pages:
        shown = client.get(one).content.decode()
        assert "1 à inscrire" in shown
        assert address("desk") in shown
    actions.schedule(proposal=proposal, assembly=draft, now=NOW)
    assert not any("1 à inscrire" in client.get(one).content.decode() for one in pages)


def test_the_point_of_the_agenda_leads_back_to_the_proposal(client, circle):
    from essaim.commons.assembly import actions as assembly_actions

    draft = circle.draft()
    proposal = actions.schedule(proposal=circle.reached(), assembly=draft, now=NOW)
    assembly_actions.convene(assembly=draft, now=NOW)
    client.force_login(circle.member("bea"))

    shown = client.get(reverse("assembly:assembly", args=[draft.public_id])).content.decode()

    assert f'{address("proposal", proposal.public_id)}"' in shown
    assert "#point-1" in page(client, "proposal", proposal.public_id)


def test_a_proposal_left_undecided_leads_to_every_agenda_with_what_became_of_each(client, circle):
    first, second = circle.draft(title="Printemps"), circle.draft(title="Automne")
    proposal = actions.schedule(proposal=circle.reached(), assembly=first, now=NOW)
    once = page(client, "proposal", proposal.public_id, member=circle.member("bea"))
    assert "à ces ordres du jour" not in once
    meet(circle, first)
    proposal = actions.schedule(proposal=proposal, assembly=second, now=NOW)

    waiting = page(client, "proposal", proposal.public_id)
    meet(circle, second, "no", proposal.item.motion)
    over = page(client, "proposal", proposal.public_id)

    for shown, last in ((waiting, "À l’ordre du jour"), (over, "Rejetée")):
        places = [shown.index(words, shown.index("à ces ordres du jour")) for words in (
            "Printemps", "Non décidée ce jour-là", "Automne", last,
        )]  # fmt: skip
        assert places == sorted(places)
    for assembly in (first, second):
        assert reverse("assembly:minutes", args=[assembly.public_id]) in over


def test_the_desk_is_for_the_board_and_only_for_drafts(client, circle):
    proposal = circle.reached()
    page(client, "desk", member=circle.member("amina"), status=404)
    client.force_login(circle.world.board)

    for sent in ({"proposal": "x"}, {"proposal": proposal.public_id, "assembly": "x"}):
        assert client.post(address("desk"), sent).status_code == 422
    assert queries.to_schedule(circle.register).get() == proposal


def test_the_pages_cost_the_same_however_many_proposals_and_supports(
    client, circle, django_assert_num_queries
):
    client.force_login(circle.member("amina"))

    def cost(proposal):
        client.get(address("proposals"))
        with django_assert_num_queries(11):
            client.get(address("proposals"))
        with django_assert_num_queries(15):
            client.get(address("proposal", proposal.public_id))

    wish = Wish(articles.SUPPORT_DAYS, 60, date(2027, 2, 1))
    proposal = circle.propose(wishes=[wish])
    circle.reached()
    cost(proposal)
    for number in range(5):
        circle.reached(title=f"Autre {number}")
        circle.propose(title=f"Encore {number}")
    cost(circle.support(proposal, "bea"))
