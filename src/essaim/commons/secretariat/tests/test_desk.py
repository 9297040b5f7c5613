"""The secretary's desk, from the draft to the minutes, and the keys of scrutineers."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from essaim.commons.assembly import actions
from essaim.commons.assembly.models import (
    Attendance,
    BylawChange,
    GeneralAssembly,
    Minutes,
    Motion,
    Notice,
)
from essaim.commons.assembly.rules.amending import Amended, AmendmentKind
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING
from essaim.commons.cooperative.queries import the_register
from essaim.commons.postal import actions as postal
from essaim.commons.secretariat import panels
from essaim.commons.secretariat.tests.pages import address, number, page, post
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import Poll, Scrutineer
from essaim.core.bylaws.rules import rule_book
from essaim.core.members.models import Assistance, Organisation
from essaim.core.members.rules import NO_ADDRESS
from essaim.kernel import clock
from essaim.web.models import AnsweredRequest

pytestmark = pytest.mark.django_db
DRAFT = {"title": "Ordinaire", "kind": "ordinary", "place": "Halle", "day": "2026-12-18",
         "time": "19:00"}  # fmt: skip


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DRAFTED)


@pytest.fixture
def evening(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MEETING)


@pytest.fixture
def rate():
    return next(article for article in rule_book() if article.unit == "bps")


def test_the_board_drafts_an_assembly_and_twice_the_same_form_is_one(client):
    hall = halls.build()
    client.force_login(hall.world.board)
    desk = reverse("secretariat:desk")
    assert "Préparer une assemblée" in client.get(desk).content.decode()

    answers = [client.post(desk, DRAFT | {"idempotency_key": "un"}) for _ in range(2)]
    wrong = client.post(desk, DRAFT | {"day": "demain"})

    drafted = GeneralAssembly.objects.get()
    assert {one["Location"] for one in answers} == {
        reverse("secretariat:assembly", args=[drafted.public_id])
    }
    assert (drafted.meets_at, drafted.convening) == (MEETING, 1)
    assert wrong.status_code == 422
    client.force_login(hall.member("amina"))
    assert client.get(desk).status_code == 404


def test_points_motions_and_elections_are_added_and_the_rule_is_told_in_its_unit(client, rate):
    hall = halls.build()
    hall.draft()
    assert "%" in page(client, hall, "desk_add", "motion", member=hall.world.board)

    post(client, hall, "desk_add", "point", title="Rapport")
    post(client, hall, "desk_add", "motion", title="Baisser", text="Il est proposé…",
         article=rate.key, value="0", effective_date="2026-12-19")  # fmt: skip
    post(client, hall, "desk_add", "motion", title="Remercier", text="Merci", is_secret="on")
    post(client, hall, "desk_add", "election", title="Conseil", names="Ada\nBob\n",
         method="approval", seats_count="1")  # fmt: skip

    assert list(hall.assembly.agenda.order_by("position").values_list("title", flat=True)) == [
        "Rapport", "Baisser", "Remercier", "Conseil",
    ]  # fmt: skip
    change = BylawChange.objects.get()
    assert (change.article_key, change.value) == (rate.key, 0)
    assert [one.is_secret for one in Motion.objects.order_by("pk")] == [False, True, False]
    assert "0\u202f%" in page(client, hall, "desk_assembly")
    page(client, hall, "desk_add", "party", status=404)


def test_a_value_out_of_bounds_is_refused_in_french_and_nothing_is_added(client, rate):
    hall = halls.build()
    hall.draft()
    motion = {"title": "Hausser", "text": "…", "article": rate.key}

    beyond = post(client, hall, "desk_add", "motion", status=422, **motion, value="99",
                  effective_date="2026-12-19")  # fmt: skip
    unsaid = post(client, hall, "desk_add", "motion", status=422, **motion)
    alone = post(client, hall, "desk_add", "election", status=422, title="Seul", names="Ada",
                 method="approval", seats_count="1")  # fmt: skip

    assert "valeurs de" in beyond.content.decode()
    assert "À préciser" in unsaid.content.decode()
    assert "candidat" in alone.content.decode()
    assert not hall.assembly.agenda.exists()


def test_convening_says_the_days_wanted_refuses_in_time_and_lists_the_letters(client):
    hall = halls.build()
    hall.draft(meets_at=DRAFTED + timedelta(days=10))
    hall.propose()
    assert "15 jours entiers" in page(client, hall, "desk_assembly", member=hall.world.board)
    refused = post(client, hall, "desk_assembly", status=422, what="convene")
    assert "jours entre la convocation" in refused.content.decode()
    assert not Notice.objects.exists()
    hall.draft()
    hall.propose()
    farm = Organisation.objects.get(slug="ferme")
    hall.world.join(hall.world.farmer, "producers", 5, organisation=farm, now=DRAFTED)

    post(client, hall, "desk_assembly", what="convene")

    shown = page(client, hall, "desk_assembly")
    assert "Une lettre à poster" in shown
    assert "Ferme du Lys" in shown
    assert "7 sociétaires sont convoqués" in shown


def test_the_presence_desk_ticks_arrivals_and_departures_once(client, evening):
    hall = halls.build()
    hall.draft()
    hall.propose()
    hall.convene()
    assert "Salle" in page(client, hall, "desk_presence", member=hall.world.board, q="ami")
    early = post(client, hall, "desk_assembly", status=422, what="open")
    assert "quorum" in early.content.decode()

    for _tap in range(2):
        post(client, hall, "desk_presence", room=number(hall, "amina"))
        post(client, hall, "desk_presence", remote=number(hall, "elie"))
        post(client, hall, "desk_presence", remote=number(hall, "bea"))
    for _tap in range(2):
        post(client, hall, "desk_presence", left=number(hall, "bea"))
    page(client, hall, "desk_presence", q="zzz")
    client.post(address(hall, "desk_presence"), {"room": "999"})
    post(client, hall, "desk_assembly", what="open")

    there = Attendance.objects.filter(left_at=None).order_by("associate__number")
    assert list(there.values_list("how", flat=True)) == ["room", "remote"]
    assert Attendance.objects.count() == 3
    hall.assembly.refresh_from_db()
    assert hall.assembly.state == "sitting"
    assert "Départ de Amina" in page(client, hall, "desk_presence")


def test_the_presence_desk_costs_the_same_however_many_there_are(
    client, evening, django_assert_num_queries
):
    hall, _ = halls.sitting("amina", "elie")
    client.force_login(hall.world.board)
    client.get(address(hall, "desk_presence"))
    with django_assert_num_queries(11):
        client.get(address(hall, "desk_presence"))
    hall.arrive("bea", "chloe", "david", "fanny")

    with django_assert_num_queries(11):
        client.get(address(hall, "desk_presence"))


def test_a_named_vote_is_opened_closed_and_the_meeting_ends_with_its_minutes(client, evening):
    hall, _motion = halls.sitting()
    assert "Ouvrir le vote" in page(client, hall, "desk_vote", 1, member=hall.world.board)
    post(client, hall, "desk_vote", 1, what="open")
    hall.vote(Motion.objects.get(), "amina", "yes")
    assert "1 vote exprimé" in page(client, hall, "desk_vote", 1)
    busy = post(client, hall, "desk_assembly", status=422, what="close")
    assert "vote" in busy.content.decode()

    post(client, hall, "desk_vote", 1, what="close")
    post(client, hall, "desk_assembly", what="close")

    assert Motion.objects.get().is_adopted
    assert "proclamé" in page(client, hall, "desk_vote", 1)
    assert Minutes.objects.get().number == 1
    post(client, hall, "desk_vote", 1, status=422, what="open")


def test_a_secret_vote_goes_from_its_scrutineers_to_its_result(client, evening):
    hall, _motion = halls.sitting(is_secret=True)
    board, names = hall.world.board, ("bea", "elie")
    numbers = " ".join(str(number(hall, name)) for name in names)
    unknown = post(client, hall, "desk_vote", 1, status=422, what="prepare", numbers="1 99",
                   threshold="2")  # fmt: skip
    assert "n’a ce numéro\u00a0: 99" in unknown.content.decode()
    post(client, hall, "desk_vote", 1, what="prepare", numbers=numbers, threshold="2")
    waiting = page(client, hall, "desk_vote", 1)
    assert "chaque scrutateur a sa clé" in waiting
    assert "Ouvrir le vote" not in waiting
    early = post(client, hall, "desk_vote", 1, status=422, what="open")
    assert "clé" in early.content.decode()

    keys = {}
    for name in names:
        assert "Ma clé de l’urne" in page(client, hall, "assembly", member=hall.member(name))
        assert "Montrer ma clé" in page(client, hall, "key", 1, member=hall.member(name))
        taken = post(client, hall, "key", 1, status=200, member=hall.member(name), what="take")
        assert "no-store" in taken["Cache-Control"]
        keys[name] = re.search(r"<code>([A-Z2-9-]+)</code>", taken.content.decode())[1]
        assert keys[name] not in page(client, hall, "key", 1)
    assert "déjà pris une clé" in page(client, hall, "key", 1)
    shown = page(client, hall, "desk_vote", 1, member=board)
    assert "très peu de votants" in shown
    unsaid = post(client, hall, "desk_vote", 1, status=422, what="open")
    assert "moins de cinq votants" in unsaid.content.decode()
    assert Poll.objects.get().state == "preparing"
    post(client, hall, "desk_vote", 1, what="open", knows_small="on")
    assert "Gardez votre papier" in page(client, hall, "key", 1, member=hall.member("bea"))
    hall.vote(Motion.objects.get(), "amina", "yes", paper=urn.draw_paper())
    post(client, hall, "desk_vote", 1, what="close")

    wrong = post(client, hall, "key", 1, status=422, member=hall.member("bea"), what="give",
                 code="AAAA")  # fmt: skip
    other = post(client, hall, "key", 1, status=422, member=hall.member("bea"), what="give",
                 code=keys["elie"])  # fmt: skip
    assert wrong.status_code == other.status_code
    for name in names:
        post(client, hall, "key", 1, member=hall.member(name), what="give", code=keys[name])
    assert "Brûlez votre papier" in page(client, hall, "key", 1)
    post(client, hall, "desk_vote", 1, what="declare")

    assert Motion.objects.get().is_adopted
    over = page(client, hall, "desk_vote", 1, member=board)
    assert "Scrutateurs" in over
    assert "a sa clé" not in over
    page(client, hall, "key", 1, member=hall.member("amina"), status=404)


def test_a_key_leaves_no_answer_kept(client, evening):
    hall, motion = halls.sitting(is_secret=True)
    keepers = [hall.member("bea"), hall.member("elie")]
    actions.open_vote(motion=motion, scrutineers=keepers, threshold=2, now=MEETING)

    post(client, hall, "key", 1, status=200, member=keepers[0], what="take", idempotency_key="un")

    assert Scrutineer.objects.filter(public_key__isnull=False).count() == 1
    assert not AnsweredRequest.objects.exists()


def test_an_urn_that_does_not_agree_with_the_roll_is_said_void_everywhere(client, evening):
    hall, motion = halls.sitting(is_secret=True)
    keepers = [hall.member("bea"), hall.member("elie")]
    actions.open_vote(motion=motion, scrutineers=keepers, threshold=2, now=MEETING)
    Poll.objects.update(state="spoilt")

    for name, args in (("assembly", ()), ("key", (1,))):
        assert "Ce vote est nul" in page(client, hall, name, *args, member=keepers[0])
    assert "Ce vote est nul" in page(client, hall, "desk_vote", 1, member=hall.world.board)


def test_the_desk_is_the_boards_alone(client, evening):
    hall, _ = halls.sitting()

    for name, args in (("desk_assembly", ()), ("desk_add", ("point",)), ("desk_presence", ()),
                       ("desk_vote", (1,))):  # fmt: skip
        page(client, hall, name, *args, member=hall.member("amina"), status=404)


def test_nobody_is_present_at_a_draft_nor_votes_on_it(client):
    hall = halls.build()
    hall.draft()
    hall.propose()

    for name, args in (("desk_presence", ()), ("desk_vote", (1,))):
        page(client, hall, name, *args, member=hall.world.board, status=302)
        post(client, hall, name, *args, what="prepare", numbers="1", room="1")

    assert not Attendance.objects.exists()
    assert not Poll.objects.exists()


def test_the_space_of_the_board_leads_to_its_desk():
    hall = halls.build()

    assert [row.url for row in panels.member_rows(hall.world.board, the_register())] == [
        "/assembly/desk/"
    ]
    assert panels.member_rows(hall.member("amina"), the_register()) == []


def test_amendments_are_voted_from_the_page_of_their_motion(client, evening):
    hall, motion = halls.sitting()
    said = Amended(0, AmendmentKind.STRIKE, 1)
    amendment = actions.table_amendment(
        motion=motion, said=said, associate=None, by=hall.world.board, now=MEETING
    )
    shown = page(client, hall, "desk_vote", 1, member=hall.world.board)
    assert "Amendement 1" in shown
    refused = post(client, hall, "desk_vote", 1, status=422, what="open")
    assert "passent avant la motion" in refused.content.decode()

    post(client, hall, "desk_vote_on_amendment", 1, 1, what="open")
    assert "Vote ouvert" in page(client, hall, "amendments", 1)
    hall.vote(amendment, "amina", "yes")
    post(client, hall, "desk_vote_on_amendment", 1, 1, what="close")

    done = page(client, hall, "desk_vote_on_amendment", 1, 1)
    assert "Adopté" in done
    assert "Revenir à la motion" in done
    post(client, hall, "desk_vote", 1, what="open")


def test_the_secretary_reads_the_text_then_the_result_and_goes_on_to_the_next_vote(client, evening):
    hall = halls.build()
    hall.draft()
    hall.propose("Baisser les frais")
    actions.add_item(assembly=hall.assembly, title="Comptes")
    actions.propose_election(
        assembly=hall.assembly, title="Élire le conseil", text="Un siège.",
        names=["Gaëlle", "Hugo"], method=Method.APPROVAL, is_secret=False,
    )  # fmt: skip
    hall.convene()
    hall.open(*halls.USERS, *halls.WORKERS)
    before = page(client, hall, "desk_vote", 1, member=hall.world.board)
    assert "Il est proposé…" in before
    assert "Aucun n’est proposé" in before
    post(client, hall, "desk_vote", 1, what="open")
    hall.vote(hall.assembly.agenda.get(position=1).motion, "amina", "no")
    assert "Rejetée" not in page(client, hall, "desk_vote", 1)

    post(client, hall, "desk_vote", 1, what="close")

    after = page(client, hall, "desk_vote", 1)
    for said in ("Rejetée", "Vote suivant\u00a0: Élire le conseil", address(hall, "desk_vote", 3)):
        assert said in after, said
    assert "Aucun n’est proposé" not in after
    assert "Hugo" in page(client, hall, "desk_vote", 3)
    post(client, hall, "desk_vote", 3, what="open")
    hall.vote(hall.assembly.agenda.get(position=3).motion, "amina", ["c2"])
    post(client, hall, "desk_vote", 3, what="close")
    last = page(client, hall, "desk_vote", 3)
    assert "Hugo" in last
    assert "Vote suivant" not in last


def test_the_last_day_of_amendments_comes_before_the_meeting(client):
    hall = halls.build()
    client.force_login(hall.world.board)
    desk = reverse("secretariat:desk")

    wrong = client.post(desk, DRAFT | {"amendments_date": "2026-12-18"})
    client.post(desk, DRAFT | {"amendments_date": "2026-12-16"})

    assert "avant" in wrong.content.decode()
    hall.assembly = GeneralAssembly.objects.get()
    until = hall.assembly.amendments_until
    assert timezone.localtime(until).isoformat() == "2026-12-17T00:00:00+01:00"
    assert 'value="2026-12-16"' in page(client, hall, "desk_change")


def test_closing_at_the_desk_puts_in_the_ballots_that_came_by_post(client, evening):
    hall = halls.build()
    hall.draft()
    hall.propose()
    hall.convene()
    form = postal.print_form(assembly=hall.assembly, associate=hall.people["chloe"], now=DRAFTED)
    for reader in (hall.world.board, hall.member("fanny")):
        postal.read_form(form=form, lines={"1": "no", "amended": "same"}, by=reader, now=DRAFTED)
    hall.open("amina", "bea", "elie")
    assert "Par formulaire postal" in page(client, hall, "desk_presence", member=hall.world.board)
    post(client, hall, "desk_vote", 1, what="open")
    post(client, hall, "desk_vote", 1, what="close")

    assert Motion.objects.get().outcome["heads"]["no"] == "1"


def test_the_desk_helps_whoever_has_no_account_and_nobody_else(client, evening):
    hall, motion = halls.sitting()
    amina, board = hall.member("amina"), hall.world.board
    post(client, hall, "desk_presence", help=number(hall, "amina"))
    assert "dans son espace" in page(client, hall, "desk_presence")
    assert not Assistance.objects.exists()
    amina.email = f"x@{NO_ADDRESS}"
    amina.save(update_fields=["email"])
    assert "Aider Amina à voter" in page(client, hall, "desk_presence")

    post(client, hall, "desk_presence", help=number(hall, "amina"))

    found = Assistance.objects.get()
    assert (found.helper, found.helped, found.scope) == (board, amina, "vote")
    assert found.expires_at == MEETING + timedelta(hours=12)
    actions.open_vote(motion=motion, now=MEETING)
    assert "Aider" in page(client, hall, "assembly", member=board)
