"""From a proposal to what each is owed: once, to the cent, in the ledger and in a letter."""

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.cooperative import actions as cooperative_actions
from essaim.commons.sharing import actions, queries
from essaim.commons.sharing.models import Allotment, Variant
from essaim.commons.sharing.rules import refusals
from essaim.commons.sharing.rules.books import Books
from essaim.commons.sharing.rules.plain import (
    plain_sharing,
    plain_wish,
    read_books,
    read_sharing,
    read_wish,
)
from essaim.commons.sharing.rules.surplus import Wish
from essaim.commons.sharing.tests import cooperatives as c
from essaim.commons.sharing.tests import votes
from essaim.commons.sharing.tests.test_surplus import WISHES
from essaim.commons.sharing.tests.years import shared
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Transfer
from essaim.core.messages.models import OutgoingEmail

DAY = date(2027, 5, 12)
DECIDED = datetime(2027, 5, 12, 20, tzinfo=UTC)
DECISION = "AG des comptes du 12 mai 2027, procès-verbal n°\u00a01, point 1"
NO_INTEREST = "is_paid = false"
# A society whose rules cap interest themselves, so that no rate of bonds is needed.
UK = {
    "form": ('form = "scic-sa"', 'form = "uk-society"'),
    "capital": ("nominal_cents = 2000", "nominal_cents = 2000\nshares_max = 100"),
    "interest": (NO_INTEREST, 'is_paid = true\nrate_max = "5"'),
}
SCOP = {"form": ('form = "scic-sa"', 'form = "scop-sa"')}


def ready(cents=100_000, **replaced):
    cooperative = c.build(**replaced)
    c.earn("fund:platform", cents)
    cooperative.close()
    return cooperative


def propose(cooperative, wish=None, title="Le minimum aux réserves", day=DAY):
    return actions.propose_variant(
        year=cooperative.year, title=title, wish=wish or Wish(), assembly_date=day,
        by=cooperative.world.board, now=c.AFTER,
    )  # fmt: skip


def adopt(variant, day=DAY, **more):
    """Have an assembly carry it, if none did, then do what it chose."""
    if not queries.is_carried(variant):
        votes.carry(variant, day=day)
    return actions.adopt_variant(variant=variant, now=DECIDED, **more)


@pytest.mark.django_db
def test_a_proposal_keeps_its_whole_computation_and_posts_nothing():
    cooperative = ready()
    count = Transfer.objects.count()

    variant = propose(cooperative)

    assert json.loads(json.dumps(variant.computation)) == variant.computation
    assert variant.computation["steps"][0]["rate"] == "3/20"
    assert variant.computation["facts"]["result_cents"] == 100_000
    assert Transfer.objects.count() == count
    assert not OutgoingEmail.objects.filter(subject__contains="2026").exists()


@pytest.mark.django_db
def test_an_adopted_proposal_fills_the_reserves_of_a_scic():
    cooperative = ready()

    variant = adopt(propose(cooperative))

    # The legal reserve stops at the capital, 400.00 €; all the rest is statutory.
    assert c.held("legal-reserve:essaim") == 15_000
    assert c.held("statutory-reserve:essaim") == 85_000
    assert c.held("result:essaim") == -100_000
    assert ledger.imbalances() == []
    assert (variant.decision, variant.adopted_at) == (DECISION, DECIDED)
    assert not Allotment.objects.exists()


@pytest.mark.django_db
def test_losses_of_before_are_made_up_in_the_ledger_too():
    cooperative = c.build()
    cooperative.bring_forward(losses=30_000)
    c.earn("fund:platform", 100_000)
    cooperative.close()

    adopt(propose(cooperative))

    assert c.held("losses-carried:essaim") == 0
    assert c.held("legal-reserve:essaim") + c.held("statutory-reserve:essaim") == 70_000


@pytest.mark.django_db
def test_interest_is_cut_between_associates_by_shares_and_days():
    cooperative = ready(**UK)

    variant = adopt(propose(cooperative, Wish(interest_rate=Fraction("4.99"))))

    cents = dict(Allotment.objects.values_list("associate__number", "cents"))
    # 1996 cents in 3610, 220 and 220 parts: 1779.19, 108.42, 108.42; the cent left goes to bea.
    # Amina: 10 shares from 5 January, 361 days; the two others: 5 shares from 18 November, 44 days.
    assert queries.share_days(cooperative.world.register.pk, 2026) == {
        associate.pk: days
        for associate, days in zip(
            cooperative.world.register.associates.order_by("number"), (3610, 220, 220), strict=True
        )
    }
    assert sum(cents.values()) == variant.people_cents == 1996
    assert cents == {1: 1779, 2: 109, 3: 108}
    assert c.held("interest:essaim") == 1996


@pytest.mark.django_db
def test_shares_that_left_earn_until_the_day_they_left():
    cooperative = c.build(**UK)
    amina = cooperative.world.register.associates.get(number=1)
    bea = cooperative.world.register.associates.get(number=2)
    cooperative_actions.transfer_shares(
        giver=amina, taker=bea, shares=4, reason="Don", by=cooperative.world.board,
        now=datetime(2026, 12, 22, 12, tzinfo=UTC),
    )  # fmt: skip

    held = queries.share_days(cooperative.world.register.pk, 2026)

    assert held[amina.pk] == 3610 - 4 * 10
    assert held[bea.pk] == 220 + 4 * 10
    assert queries.share_days(cooperative.world.register.pk, 2027)[amina.pk] == 6 * 365


@pytest.mark.django_db
def test_the_same_decision_twice_is_one(django_assert_max_num_queries):
    variant = propose(ready())
    adopt(variant)
    before = (Transfer.objects.count(), OutgoingEmail.objects.count())

    again = adopt(variant)

    assert again.adopted_at == DECIDED
    assert (Transfer.objects.count(), OutgoingEmail.objects.count()) == before


@pytest.mark.django_db
def test_a_year_is_shared_once_whatever_the_proposal():
    cooperative = ready()
    first, other = propose(cooperative), propose(cooperative, Wish(statutory_rate=Fraction(1)))
    adopt(first)
    before = (Transfer.objects.count(), OutgoingEmail.objects.count())

    with pytest.raises(refusals.YearAlreadyShared) as refusal:
        actions.adopt_variant(variant=other, now=DECIDED)
    assert refusal.value.details == {"civil_year": 2026, "decision": DECISION}
    with pytest.raises(refusals.YearAlreadyShared):
        propose(cooperative)

    assert (Transfer.objects.count(), OutgoingEmail.objects.count()) == before
    other.refresh_from_db()
    assert other.adopted_at is None


@pytest.mark.django_db
def test_a_year_still_open_or_without_surplus_has_nothing_to_propose():
    cooperative = c.build()
    with pytest.raises(refusals.YearNotClosed):
        propose(cooperative)

    cooperative.close()
    with pytest.raises(refusals.NothingToShare):
        propose(cooperative)

    assert not Variant.objects.exists()


@pytest.mark.django_db
def test_a_year_is_closed_only_when_the_one_before_is_shared():
    cooperative = ready()
    following = actions.open_year(register=cooperative.world.register, civil_year=2027, now=c.AFTER)
    much_later = c.AFTER + timedelta(days=365)

    with pytest.raises(refusals.EarlierYearNotShared) as refusal:
        actions.close_year(year=following, by=cooperative.world.board, now=much_later)

    assert refusal.value.details == {"civil_year": 2026}
    adopt(propose(cooperative))
    actions.close_year(year=following, by=cooperative.world.board, now=much_later)
    following.refresh_from_db()
    assert following.books["stocks"]["legal-reserve"] == 15_000


@pytest.mark.django_db
def test_a_year_before_a_closed_one_is_not_closed_any_more_and_nothing_is_brought_forward():
    cooperative = c.build()
    earlier = actions.open_year(register=cooperative.world.register, civil_year=2024, now=c.AFTER)
    actions.close_year(year=earlier, by=cooperative.world.board, now=c.AFTER)
    cooperative.close()
    oldest = actions.open_year(register=cooperative.world.register, civil_year=2023, now=c.AFTER)

    with pytest.raises(refusals.YearClosed):
        actions.close_year(year=oldest, by=cooperative.world.board, now=c.AFTER)
    with pytest.raises(refusals.YearClosed):
        cooperative.bring_forward(legal=100)

    assert c.held("legal-reserve:essaim") == 0


@pytest.mark.django_db
def test_a_wish_against_the_law_is_not_put_to_the_vote():
    with pytest.raises(refusals.VariantUnlawful) as refusal:
        propose(ready(), Wish(statutory_rate=Fraction(1, 10), refund_rate=Fraction(1)))

    assert refusal.value.details == {"count": 2}
    assert not Variant.objects.exists()


@pytest.mark.django_db
def test_statutes_changed_before_the_vote_are_seen_and_nothing_is_posted():
    cooperative = ready()
    variant = propose(cooperative)
    text = cooperative.world.register.statutes.get().text
    cooperative_actions.adopt_statutes(
        register=cooperative.world.register,
        text=text.replace('statutory_rate = "50 %"', 'statutory_rate = "60 %"'),
        effective_at=c.AFTER + timedelta(days=1), adopted_by="AGE", by=None, now=c.AFTER,
    )  # fmt: skip

    with pytest.raises(refusals.ComputationChanged):
        adopt(variant)

    assert c.held("legal-reserve:essaim") == 0
    variant.refresh_from_db()
    assert variant.adopted_at is None


@pytest.mark.django_db
def test_a_scop_pays_those_who_work_there_and_refuses_to_do_so_without_their_names():
    cooperative = ready(**SCOP)
    worker, other = cooperative.world.board, c.coop.person("fanny")
    variant = propose(cooperative)

    with pytest.raises(refusals.NobodyToShareWith) as refusal:
        adopt(variant)
    assert refusal.value.details == {"cents": 25_000}
    assert not Allotment.objects.exists()

    adopt(variant, claims=actions.Claims(workers={worker.pk: 2, other.pk: 1}, users={}))

    owed = dict(Allotment.objects.filter(use="workers").values_list("member", "cents"))
    assert owed == {worker.pk: 16_667, other.pk: 8_333}
    assert c.held("workers:essaim") == 25_000
    letter = OutgoingEmail.objects.get(recipient="fanny@exemple.fr", subject__contains="2026")
    assert "83,33\u00a0€" in letter.body


@pytest.mark.django_db
def test_users_are_given_back_where_the_form_allows_it():
    cooperative = ready(**UK)
    amina = cooperative.world.amina

    adopt(
        propose(cooperative, Wish(refund_rate=Fraction(1, 2))),
        claims=actions.Claims(workers={}, users={amina.pk: 70, cooperative.world.farmer.pk: 0}),
    )

    assert dict(Allotment.objects.values_list("member", "cents")) == {amina.pk: 25_000}
    assert c.held("refunds:essaim") == 25_000


@pytest.mark.django_db
def test_every_associate_reads_in_french_what_was_shared_and_what_they_receive():
    cooperative = ready(**UK)

    adopt(propose(cooperative, Wish(interest_rate=Fraction("4.99"))))

    letters = OutgoingEmail.objects.filter(subject__contains="2026", written_at=DECIDED)
    bodies = dict(letters.values_list("recipient", "body"))
    assert set(bodies) == {"amina@exemple.fr", "bea@exemple.fr", "luc@exemple.fr"}
    assert "Intérêt de vos parts\u00a0: 17,79\u00a0€." in bodies["amina@exemple.fr"]
    assert "Intérêt de vos parts\u00a0: 1,09\u00a0€." in bodies["bea@exemple.fr"]
    assert "1\u202f000,00\u00a0€ en 2026" in bodies["bea@exemple.fr"]
    assert DECISION in bodies["bea@exemple.fr"]


@pytest.mark.django_db
def test_who_is_owed_nothing_is_told_so():
    adopt(propose(ready()))

    letter = OutgoingEmail.objects.get(recipient="bea@exemple.fr", written_at=DECIDED)
    assert "Rien ne vous en est versé" in letter.body


@pytest.mark.django_db
def test_adopting_takes_as_many_queries_for_many_associates_as_for_few(
    django_assert_max_num_queries,
):
    cooperative = c.build(**UK)
    for number in range(12):
        cooperative.world.join(c.coop.person(f"p{number}"), shares=1, now=c.coop.LATER)
    c.earn("fund:platform", 100_000)
    cooperative.close()
    variant = propose(cooperative, Wish(interest_rate=Fraction(4)))
    votes.carry(variant, day=DAY)

    with django_assert_max_num_queries(40):
        adopt(variant)

    assert Allotment.objects.count() == 15


@given(WISHES)
def test_a_wish_written_and_read_is_the_same(wish):
    assert read_wish(json.loads(json.dumps(plain_wish(wish)))) == wish


def test_a_computation_and_books_written_and_read_are_the_same():
    found = shared(legal_reserve_cents=11_999_900, reserves_cents=11_999_900)

    assert read_sharing(json.loads(json.dumps(plain_sharing(found)))) == found
    assert read_books({"earned": {"fees": -3}, "lines": {"charge": 4}}) == Books(
        {"fees": -3}, {"charge": 4}
    )


@given(st.lists(st.integers(0, 10**6), min_size=1).filter(any), st.integers(1, 10**7))
def test_what_is_cut_between_people_adds_up(weights, cents):
    from essaim.commons.sharing.actions.variants import _cut

    parts = _cut(cents, dict(enumerate(weights)))

    assert sum(part for _who, part in parts) == cents
    assert min(part for _who, part in parts) > 0
