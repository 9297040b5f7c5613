"""Packing lists: the same orders three ways, on a page, in a spreadsheet and on paper."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from essaim.trades.food_hub import actions, desk_queries, documents, packing
from essaim.trades.food_hub.models import OrderLine
from essaim.trades.food_hub.tests import cast as c
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cast = c.gather()
    c.order(cast.world, jar=3, tomme=2)
    c.order(cast.world, buyer=w.member("ana"), means="card", jar=1, case=1)
    c.close(cast.world)
    return cast


def address(cast, name, way):
    return reverse(f"food_hub:{name}", args=[cast.world.cycle.public_id, way])


def sheets(cast, way):
    lines = desk_queries.lines(order__cycle=cast.world.cycle)
    return packing.sheets(way, lines)


def read(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_by_person_each_order_is_whole_and_says_what_to_take(cast):
    ana, bachir = sheets(cast, "customer")

    assert (ana.title, bachir.title) == ("Ana", "Bachir")
    assert [(row.quantity, row.what) for row in bachir.rows] == [
        (2, "Tomme"),
        (3, "Miel de tilleul"),
    ]
    assert ana.total in {"Paid", "Payé"}
    assert "43,48\u00a0€" in bachir.total


def test_by_product_the_quantities_are_those_of_the_orders(cast):
    by_title = {(sheet.title, sheet.place): sheet for sheet in sheets(cast, "product")}

    jar = by_title["Miel de tilleul", "Bocal 500 g · Rucher du Ferrain"]
    assert jar.mark == "× 4"
    assert [(row.quantity, row.what) for row in jar.rows] == [(1, "Ana"), (3, "Bachir")]


def test_by_producer_a_pack_is_one_line(cast):
    dairy, farm = sheets(cast, "producer")

    assert [row.quantity for row in dairy.rows] == [2]
    assert [(row.quantity, row.detail) for row in farm.rows] == [
        (4, "Bocal 500 g"),
        (1, "Caisse de 6"),
    ]


def test_two_buyers_of_one_name_are_two_sheets(cast):
    type(cast.world.cycle).objects.update(state="open")
    c.order(
        cast.world, buyer=w.Member.objects.create_user("x@exemple.fr", display_name="Ana"), jar=1
    )

    assert [sheet.title for sheet in sheets(cast, "customer")] == ["Ana", "Ana", "Bachir"]


def test_what_is_missing_leaves_the_lists(cast):
    line = OrderLine.objects.get(
        order__agreement__receiver=cast.world.buyer, variant=cast.world.jar
    )
    actions.mark_missing(line=line, missing_count=3, now=w.AFTER)

    (jar,) = [sheet for sheet in sheets(cast, "product") if "Bocal" in sheet.place]

    assert jar.mark == "× 1"
    assert [row.what for row in jar.rows] == ["Ana"]


def sheet(rows_count):
    row = packing.SheetRow(1, "Miel", "le pot", "", is_to_weigh=False)
    return packing.Sheet("Ana", "A0-0001", "", "", "", (row,) * rows_count)


def test_a_screen_shows_a_hundred_rows_and_never_cuts_an_order():
    many = [sheet(rows) for rows in (46, 46, 1, 300, 2)]

    screens = packing.screens(many)

    assert [[len(one.rows) for one in screen] for screen in screens] == [[46, 46], [1], [300], [2]]
    assert packing.screens([]) == [[]]


@pytest.mark.parametrize("way", packing.WAYS)
def test_each_list_is_a_page_a_csv_and_a_pdf(cast, way):
    browser = cast.browser("worker")

    shown = browser.get(address(cast, "desk_packing", way))
    table = browser.get(address(cast, "desk_packing_csv", way))
    paper = browser.get(address(cast, "desk_packing_pdf", way))

    assert "Miel de tilleul" in shown.content.decode()
    assert table.content.startswith(b"\xef\xbb\xbf")
    assert paper.content.startswith(b"%PDF-")
    assert paper["Content-Type"] == "application/pdf"


def test_the_csv_sums_to_the_orders(cast):
    rows = read(cast.browser("worker").get(address(cast, "desk_packing_csv", "customer")).content)

    prices = [Decimal(list(row.values())[-1].replace(",", ".")) for row in rows]
    assert len(rows) == 4
    assert sum(prices) == Decimal("43.48") + Decimal("8.00") + Decimal("45.24")


@pytest.mark.parametrize("start", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_name_that_a_spreadsheet_would_run_is_disarmed(start):
    content = documents.csv_file([[start, 3, Decimal("-1.50"), None]])

    (row,) = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert row == [f"'{start}", "3", "-1,50", ""]


def test_unknown_lists_do_not_exist(cast):
    assert cast.browser("worker").get(address(cast, "desk_packing", "colour")).status_code == 404


def test_the_lists_count_the_same_queries_for_two_orders_and_for_six(
    cast, django_assert_max_num_queries
):
    browser = cast.browser("worker")
    with django_assert_max_num_queries(9) as few:
        browser.get(address(cast, "desk_packing", "customer"))
    type(cast.world.cycle).objects.update(state="open")
    for name in ("bo", "cy", "di", "el"):
        c.order(cast.world, buyer=w.member(name), jar=1, tomme=1)

    with django_assert_max_num_queries(len(few)):
        browser.get(address(cast, "desk_packing", "customer"))


def test_a_name_with_rare_letters_still_prints(cast):
    w.Member.objects.filter(pk=cast.world.buyer.pk).update(display_name="Łucja 🐝 Đặng #*_$")

    paper = cast.browser("worker").get(address(cast, "desk_packing_pdf", "customer") + "?each=page")

    assert paper.content.startswith(b"%PDF-")
