"""Other weights for the colleges, tried on what was voted."""

import pytest
from django.urls import reverse

from essaim.commons.assembly import actions
from essaim.commons.assembly.rules import counting
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.tests import world as coop

pytestmark = pytest.mark.django_db
HERE = reverse("assembly:weights")


@pytest.fixture
def voted():
    """Users say no by three to one, the two workers say yes: the weights decide."""
    hall, motion = halls.sitting()
    actions.open_vote(motion=motion, now=MEETING)
    votes = zip((*halls.USERS, *halls.WORKERS), "nnnyyy", strict=True)
    for name, choice in votes:
        hall.vote(motion, name, {"y": "yes", "n": "no"}[choice])
    motion = actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)
    statutes = cooperative_queries.statutes_at(hall.world.register, MEETING)
    return hall, motion, statutes


def typed(statutes, **changed):
    codes = [college.code for college in statutes.colleges]
    weights = {college.code: float(college.weight * 100) for college in statutes.colleges}
    assert set(changed) <= set(codes)
    return {code: str(weights[code]).replace(".", ",") for code in codes} | changed


def read(client, hall, name="amina", status=200, **query):
    client.force_login(hall.member(name))
    response = client.get(HERE, query)
    assert response.status_code == status
    return response.content.decode()


def test_the_same_weights_decide_the_same(voted):
    _, motion, statutes = voted

    again = counting.decided_again(motion.outcome, motion.poll.counting, statutes)

    assert again.outcome == motion.outcome
    assert again.is_adopted == motion.is_adopted


def test_the_page_says_which_decisions_would_have_been_others(client, voted):
    hall, motion, statutes = voted
    users, workers = (hall.people[name].college.code for name in ("bea", "elie"))
    others = [one.code for one in statutes.colleges if one.code not in {users, workers}]
    filled = dict(zip(others, split(40, len(others)), strict=True))

    for_users = read(client, hall, **typed(statutes, **{users: "50", workers: "10"}, **filled))
    for_workers = read(client, hall, **typed(statutes, **{users: "10", workers: "50"}, **filled))

    other = for_users if motion.is_adopted else for_workers
    same = for_workers if motion.is_adopted else for_users
    assert "1 décision aurait été autre." in other
    assert "Aucune décision n’aurait été autre." in same


def split(whole, parts):
    """Cut a whole number in integers, as text."""
    each, more = divmod(whole, parts)
    return [str(each + (rank < more)) for rank in range(parts)]


def test_a_vote_of_other_colleges_is_not_compared(voted):
    _, motion, statutes = voted
    motion.outcome["colleges"][0]["code"] = "gone"

    assert counting.decided_again(motion.outcome, motion.poll.counting, statutes) is None


def test_weights_that_make_no_whole_are_refused_and_decide_nothing(client, voted):
    hall, _, statutes = voted
    code = statutes.colleges[0].code

    page = read(client, hall, status=422, **typed(statutes, **{code: "99"}))

    assert "Les poids font" in page
    assert "aurait été autre" not in page


def test_what_the_law_says_of_the_weights_is_told(client, voted):
    hall, _, statutes = voted
    codes = [one.code for one in statutes.colleges]
    weights = dict(zip(codes, ["60", *split(40, len(codes) - 1)], strict=True))

    page = read(client, hall, **weights)

    assert "pèse 60\u202f%" in page


@pytest.mark.usefixtures("voted")
def test_it_is_for_associates(client):
    client.force_login(coop.person("passant"))

    assert client.get(HERE).status_code == 404


def test_three_queries_more_votes_or_not(client, voted, django_assert_max_num_queries):
    hall, _, _ = voted
    client.force_login(hall.member("amina"))

    with django_assert_max_num_queries(9):
        client.get(HERE)
