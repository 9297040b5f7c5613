"""Settlement: who gets what, to the cent; each producer's statement agrees with the ledger."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from essaim.core.agreements.models import Share
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Account
from essaim.core.messages.models import OutgoingEmail
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions.telling import settle_and_tell
from essaim.trades.food_hub.models import Order, OrderLine
from essaim.trades.food_hub.statements import cycle_statement
from essaim.trades.food_hub.tests import cast as c
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """Three orders closed, one weighed, one with a jar missing, all handed over."""
    cast = c.gather()
    world = cast.world
    first = c.order(world, jar=3, tomme=2, means="card")
    c.order(world, buyer=w.member("ana"), jar=1, case=1)
    c.order(world, buyer=w.member("bo"), tomme=5)
    c.close(world)
    tomme = OrderLine.objects.get(order=first, variant=world.tomme)
    actions.record_weight(line=tomme, real_weight_g=763, now=w.AFTER)
    jar = OrderLine.objects.get(order=first, variant=world.jar)
    actions.mark_missing(line=jar, missing_count=1, now=w.AFTER)
    return cast


def hand_over_all(cast):
    for order in Order.objects.filter(cycle=cast.world.cycle):
        actions.hand_over(order=order, by=cast.world.manager, now=w.AFTER, is_paid_here=True)


def settle(cast):
    hand_over_all(cast)
    settle_and_tell(cycle=cast.world.cycle, by=cast.world.manager, now=w.AFTER)
    cast.world.cycle.refresh_from_db()


def address(cast, name, *args):
    return reverse(f"food_hub:{name}", args=[cast.world.cycle.public_id, *args])


def test_every_statement_is_what_the_ledger_posted(cast):
    settle(cast)

    total = 0
    for organisation in (cast.world.farm, cast.world.dairy, cast.world.hub.organisation):
        found = cycle_statement(cast.world.cycle, organisation)
        account = Account.objects.get(code=f"payable:{organisation.slug}")
        assert found.due_cents == found.posted_cents == ledger.balance(account)
        assert found.due_cents == found.goods_cents + sum(cents for _, cents in found.fees)
        assert found.due_cents == sum(part.amount_cents for part in found.orders)
        total += found.due_cents
    shares = Share.objects.filter(agreement__food_order__cycle=cast.world.cycle)
    funds = sum(share.amount_cents for share in shares if share.organisation_id is None)
    assert total + funds == sum(share.amount_cents for share in shares)


# Price and weight of twelve packs: read in another order, their fees would differ by one cent.
TWELVE_PACKS = [
    (137, 100), (879, 0), (604, 400), (540, 0), (550, 0), (289, 400), (505, 500), (724, 400),
    (88, 250), (67, 400), (631, 0), (107, 0),
]  # fmt: skip


def test_a_long_order_has_the_same_shares_when_placed_and_when_its_statement_is_drawn(cast):
    """Fractions of a cent travel from line to line: their order must not change after ten lines."""
    world = cast.world
    cycles = type(world.cycle).objects
    cycles.update(state="draft")
    world.cycle.refresh_from_db()
    actions.set_fee(
        cycle=world.cycle, code="tour", label="Tournée", kind="per_kilo", amount=12,
        role="coordinator", beneficiary=world.farm,
    )  # fmt: skip
    cycles.update(state="open")
    variants = [
        actions.add_variant(
            product=world.cheese, label=f"Part {number}", price_cents=price_cents, weight_g=weight_g
        )
        for number, (price_cents, weight_g) in enumerate(TWELVE_PACKS)
    ]
    actions.offer(cycle=world.cycle, variants=variants)
    order = c.order_of_variants(world, variants, buyer=w.member("zoe"))
    c.close(world)

    settle(cast)

    found = cycle_statement(world.cycle, world.hub.organisation)
    placed = Share.objects.filter(agreement=order.pk, organisation=world.hub.organisation)
    drawn = sum(p.amount_cents for p in found.orders if p.number == order.agreement.number)
    assert drawn == sum(share.amount_cents for share in placed)
    assert found.due_cents == found.posted_cents


def test_the_preview_sums_to_the_orders_and_names_what_prevents_settling(cast):
    browser = cast.browser("manager")

    before = browser.get(address(cast, "desk_settlement")).content.decode()
    assert 'class="button primary"' not in before
    assert before.count("/food/desk/orders/") == 3

    hand_over_all(cast)
    after = browser.get(address(cast, "desk_settlement")).content.decode()
    assert 'class="button primary"' in after


def test_settling_too_early_is_refused_and_nobody_is_told(cast):
    OutgoingEmail.objects.all().delete()

    answer = cast.browser("manager").post(address(cast, "desk_settlement"))

    assert answer.status_code == 409
    assert OutgoingEmail.objects.count() == 0


def test_settling_twice_posts_once_and_tells_each_producer_once(cast):
    OutgoingEmail.objects.all().delete()
    hand_over_all(cast)
    browser = cast.browser("manager")

    browser.post(address(cast, "desk_settlement"))
    browser.post(address(cast, "desk_settlement"))

    told = sorted(OutgoingEmail.objects.values_list("recipient", flat=True))
    assert told == ["dairy@exemple.fr", "halle@exemple.fr", "ruche@exemple.fr"]
    assert ledger.imbalances() == []


def test_a_producer_reads_its_statement_on_a_page_in_a_csv_and_on_paper(cast):
    settle(cast)
    browser = cast.browser("producer")
    due = cycle_statement(cast.world.cycle, cast.world.dairy).due_cents

    page = browser.get(address(cast, "desk_statement", "dairy"))
    table = browser.get(address(cast, "desk_statement_csv", "dairy"))
    paper = browser.get(address(cast, "desk_statement_pdf", "dairy"))

    assert f"{due // 100},{due % 100:02d}\u00a0€" in page.content.decode()
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    amounts = [Decimal(row[3].replace(",", ".")) for row in rows[1:]]
    assert sum(amounts[:-1]) == amounts[-1] == Decimal(due) / 100
    assert paper.content.startswith(b"%PDF-")


def test_a_producer_never_reads_the_statement_of_another(cast):
    settle(cast)
    browser = cast.browser("producer")

    for name in ("desk_statement", "desk_statement_csv", "desk_statement_pdf"):
        assert browser.get(address(cast, name, "ruche")).status_code == 404


def test_when_each_one_sells_for_itself_the_statement_says_its_taxes(cast):
    world = cast.world
    type(world.cycle).objects.update(state="open")
    world.hub.is_seller = False
    world.hub.save(update_fields=["is_seller"])
    c.order(world, buyer=w.member("cy"), jar=2)
    c.close(world)

    settle(cast)

    (tax,) = cycle_statement(world.cycle, world.farm).whole.taxes
    assert (tax.rate_bps, tax.gross_cents) == (550, 2 * 690)
    assert tax.base_cents + tax.tax_cents == tax.gross_cents


def test_the_statement_counts_the_same_queries_for_three_orders_and_for_six(
    cast, django_assert_max_num_queries
):
    hand_over_all(cast)
    browser = cast.browser("manager")
    with django_assert_max_num_queries(10) as few:
        browser.get(address(cast, "desk_statement", "dairy"))
    type(cast.world.cycle).objects.update(state="open")
    for name in ("di", "el", "fa"):
        c.order(cast.world, buyer=w.member(name), tomme=1)
    c.close(cast.world)
    hand_over_all(cast)

    with django_assert_max_num_queries(len(few)):
        browser.get(address(cast, "desk_statement", "dairy"))
