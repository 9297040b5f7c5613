"""The vote of a quarter: one ballot each, counted as anybody may count again, paid at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.sharing import actions, queries
from essaim.commons.sharing.models import FundBallot, FundSupport
from essaim.commons.sharing.rules import refusals
from essaim.commons.sharing.rules.fund_votes import Method, count
from essaim.commons.sharing.tests import cooperatives as c
from essaim.commons.sharing.tests.pages import page, send
from essaim.commons.sharing.tests.test_funds import opened, propose

ASKED = {"oven": 6_000, "trees": 4_000, "kiosk": 9_000}
BALLOTS = [("oven",), ("oven", "trees"), ("trees",), ()]


@pytest.fixture
def voting(cooperative):
    """A fund of 100.00 €, an oven of 60.00 € and trees of 40.00 €, the vote open."""
    c.earn("fund:commons", 10_000)
    quarter = opened(cooperative)
    propose(cooperative, quarter)
    propose(cooperative, quarter, "Haies", 4_000, payee=cooperative.world.town)
    return actions.open_vote(quarter=quarter, method=Method.EQUAL_SHARES, now=c.IN_2026)


def vote(quarter, member, *titles):
    chosen = quarter.projects.filter(title__in=titles).values_list("public_id", flat=True)
    return actions.vote(quarter=quarter, member=member, supported=list(chosen))


def close(cooperative, quarter):
    return actions.close_vote(quarter=quarter, by=cooperative.world.board, now=c.IN_2026)


def test_equal_shares_buy_what_supporters_can_pay_together():
    found = count(Method.EQUAL_SHARES, ASKED, BALLOTS, 10_000)

    assert found.grants == {"oven": 6_000, "trees": 4_000}
    assert found.supports == {"oven": 2, "trees": 2, "kiosk": 0}
    assert found.allocation.voter_budget >= 25


def test_the_most_votes_come_first_where_votes_alone_count():
    found = count(Method.GREEDY, ASKED, [("kiosk",), ("kiosk",), ("oven",)], 10_000)

    assert found.grants == {"kiosk": 9_000}


def test_in_quadratic_sharing_wide_support_draws_more_than_its_number():
    found = count(Method.QUADRATIC, ASKED, [("oven",)] * 3 + [("trees",)] * 2, 1_000)

    # (3√v)² − 3v against (2√v)² − 2v: six parts to two.
    assert found.grants == {"oven": 750, "trees": 250}


@pytest.mark.parametrize("method", Method)
def test_without_a_ballot_nothing_is_granted(method):
    assert count(method, ASKED, [], 10_000).grants == {}


@given(
    st.sampled_from(Method),
    st.lists(st.sets(st.sampled_from(sorted(ASKED))).map(sorted), max_size=12),
    st.integers(0, 30_000),
)
def test_grants_are_never_more_than_the_fund_nor_than_what_was_asked(method, ballots, budget):
    found = count(method, ASKED, ballots, budget)

    assert sum(found.grants.values()) <= budget
    assert all(0 <= cents <= ASKED[key] for key, cents in found.grants.items())
    assert all(found.supports[key] for key in found.grants)


@pytest.mark.django_db
def test_what_is_chosen_is_paid_at_the_close_and_the_decision_says_how(cooperative, voting):
    vote(voting, cooperative.world.amina, "Four à pain")
    vote(voting, cooperative.world.farmer, "Four à pain")

    paid = close(cooperative, voting)

    assert (paid.paid_cents, paid.after_cents, c.held("payable:ferme")) == (6_000, 4_000, 6_000)
    assert paid.decision == (
        "Vote des sociétaires, premier trimestre 2026\u00a0: 2 bulletins, par parts égales"
    )
    assert queries.reconciliation(paid).agrees
    assert close(cooperative, voting).paid_cents == 6_000
    assert c.held("fund:commons") == 4_000


@pytest.mark.django_db
def test_a_ballot_sent_twice_counts_once_and_the_last_one_counts(cooperative, voting):
    amina = cooperative.world.amina
    vote(voting, amina, "Four à pain")
    vote(voting, amina, "Four à pain")
    vote(voting, amina, "Haies")

    assert FundBallot.objects.count() == 1
    assert FundSupport.objects.get().project.title == "Haies"
    found = queries.count(voting, queries.projects(voting), 10_000)
    assert (found.ballots_count, sum(found.grants.values())) == (1, 4_000)


@pytest.mark.django_db
def test_only_associates_vote(cooperative, voting):
    with pytest.raises(refusals.OnlyAssociatesVote):
        vote(voting, cooperative.world.board, "Haies")

    assert not FundBallot.objects.exists()


@pytest.mark.django_db
def test_there_is_a_time_to_propose_and_a_time_to_vote(cooperative):
    quarter, amina = opened(cooperative), cooperative.world.amina
    with pytest.raises(refusals.NoProject):
        actions.open_vote(quarter=quarter, method=Method.GREEDY, now=c.IN_2026)
    with pytest.raises(refusals.FundVoteNotOpen):
        vote(quarter, amina)
    with pytest.raises(refusals.FundVoteNotOpen):
        close(cooperative, quarter)
    propose(cooperative, quarter)
    actions.open_vote(quarter=quarter, method=Method.GREEDY, now=c.IN_2026)

    with pytest.raises(refusals.FundVoteBegan):
        propose(cooperative, quarter, "Trop tard")
    with pytest.raises(refusals.FundVoteBegan):
        actions.open_vote(quarter=quarter, method=Method.QUADRATIC, now=c.IN_2026)
    close(cooperative, quarter)
    with pytest.raises(refusals.FundVoteNotOpen):
        vote(quarter, amina)
    with pytest.raises(refusals.QuarterPaid):
        actions.open_vote(quarter=quarter, method=Method.GREEDY, now=c.IN_2026)

    assert quarter.projects.count() == 1


@pytest.mark.django_db
def test_a_project_of_another_quarter_is_a_bug(cooperative, voting):
    elsewhere = propose(cooperative, opened(cooperative, 2))

    with pytest.raises(KeyError):
        actions.vote(
            quarter=voting, member=cooperative.world.amina, supported=[elsewhere.public_id]
        )


def late(ballot, _elsewhere):
    ballot.supports.all().delete()


def foreign(ballot, elsewhere):
    FundSupport.objects.create(ballot=ballot, project=elsewhere)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [late, foreign])
def test_the_database_keeps_ballots_and_without_its_guard_does_not(cooperative, voting, wrong):
    elsewhere = propose(cooperative, opened(cooperative, 2))
    ballot = vote(voting, cooperative.world.amina, "Haies")
    if wrong is late:
        close(cooperative, voting)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        wrong(ballot, elsewhere)
    assert refused.value.__cause__.diag.constraint_name == "sharing_ballot_while_voting"

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE sharing_fundsupport DISABLE TRIGGER sharing_ballot_while_voting"
            )
        wrong(ballot, elsewhere)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_taps_at_once_are_one_ballot_and_a_vote_beside_the_close_is_counted_or_refused(cooperative):
    c.earn("fund:commons", 10_000)
    quarter = opened(cooperative)
    propose(cooperative, quarter)
    actions.open_vote(quarter=quarter, method=Method.GREEDY, now=c.IN_2026)
    amina, bea = cooperative.world.amina, c.coop.Member.objects.get(display_name="Bea")
    vote(quarter, bea, "Four à pain")
    barrier = threading.Barrier(5)

    def act(turn):
        barrier.wait(timeout=20)
        try:
            if turn == 4:
                return close(cooperative, quarter).paid_cents
            return vote(quarter, amina, "Four à pain").pk
        except refusals.FundVoteNotOpen as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        told = list(pool.map(act, range(5)))

    assert told[4] == 6_000
    assert FundBallot.objects.filter(member=amina).count() <= 1
    quarter.refresh_from_db()
    counted = queries.count(quarter, queries.projects(quarter), quarter.before_cents)
    assert f"{counted.ballots_count} bulletin" in quarter.decision


@pytest.mark.django_db
def test_the_pages_lead_from_a_project_to_its_payment(client, cooperative):
    world = cooperative.world
    c.earn("fund:commons", 10_000)
    client.force_login(world.board)
    assert "Aucun trimestre" in page(client, "fund")
    send(client, "desk_fund", what="open", civil_year="2026", number="2")
    quarter = world.register.quarters.get()

    client.force_login(world.farmer)
    assert "Proposer un projet" in page(client, "quarter", 2026, 2)
    project = {"title": "Four", "text": "Pour tous", "amount": "60", "payee": str(world.farm.pk)}
    send(client, "propose_project", 2026, 2, **(project | {"amount": "0"}), status=422)
    send(client, "propose_project", 2026, 2, **project)

    client.force_login(world.board)
    chosen = {"what": "vote", "quarter": quarter.public_id}
    send(client, "desk_fund", **chosen, method="dice", status=422)
    send(client, "desk_fund", **chosen, method="equal-shares")

    text = page(client, "quarter", 2026, 2, member=world.amina)
    assert "par parts égales" in text
    send(client, "quarter", 2026, 2, supported=str(quarter.projects.get().public_id))
    assert "Vous avez voté" in page(client, "quarter", 2026, 2)

    client.force_login(world.board)
    assert "C’est définitif" in page(client, "desk_fund")
    send(client, "desk_fund", what="close", quarter=quarter.public_id)
    text = page(client, "quarter", 2026, 2, member=world.amina)
    assert "Au centime près" in text
    assert "40,00\u00a0€" in text
    assert "× 1" in text
    assert "Changer mon bulletin" not in text


@pytest.mark.django_db
def test_who_is_no_associate_reads_and_does_not_vote(client, cooperative, voting):
    newcomer = c.coop.person("zoe")

    text = page(client, "quarter", 2026, 1, member=newcomer)

    assert "Devenir sociétaire" in text
    project = str(voting.projects.first().public_id)
    refused = send(client, "quarter", 2026, 1, supported=project, status=422)
    assert "une personne, un bulletin" in refused
    page(client, "propose_project", 2026, 1, status=404)


@pytest.mark.django_db
def test_no_page_says_who_voted_what(client, cooperative, voting):
    vote(voting, cooperative.world.amina, "Haies")
    close(cooperative, voting)

    text = page(client, "quarter", 2026, 1, member=cooperative.world.farmer)

    ballots = text[text.index("Chaque bulletin") :]
    assert "Haies" in ballots
    assert "Amina" not in ballots.split("Projets")[0]
