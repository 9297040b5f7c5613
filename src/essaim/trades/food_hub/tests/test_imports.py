"""Products from a file: read as farmers write them, looked at first, all or nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from essaim.trades.food_hub import documents, imports
from essaim.trades.food_hub.models import Product, StockPool, Variant
from essaim.trades.food_hub.tests import cast as c

pytestmark = pytest.mark.django_db
HEADING = "produit;rayon;conditionnement;prix;poids;stock;unités de stock\n"


@pytest.fixture
def cast():
    return c.gather()


def address():
    return reverse("food_hub:desk_import", args=["dairy"])


def send(cast, content, name="produits.csv"):
    return cast.browser("producer").post(address(), {"file": SimpleUploadedFile(name, content)})


def confirm(cast, text):
    return cast.browser("producer").post(address(), {"text": text, "confirm": "yes"})


def sentences(text):
    return [(problem.line_number, problem.sentence) for problem in imports.read(text).problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_file_is_read_in_any_usual_encoding_and_separator(encoding, mark):
    text = 'produit;conditionnement;prix\nCrème fraîche;Pot de 20 cL;"2,50"\n'.replace(";", mark)

    report = imports.read(imports.decode(text.encode(encoding)))

    assert report.problems == []
    assert (report.rows[0].product, report.rows[0].price_cents) == ("Crème fraîche", 250)


@pytest.mark.parametrize(
    ("price", "cents"),
    [("6,90", 690), ("6.9", 690), ("6", 600), ("1 234,50", 123450), ("6,90 €", 690), ("0", 0)],
)
def test_prices_are_read_as_people_write_them(price, cents):
    assert imports.read(f"produit;conditionnement;prix\nA;B;{price}\n").rows[0].price_cents == cents


@pytest.mark.parametrize(
    "line",
    [
        "A;;B;-5;;;", "A;;B;six;;;", "A;;B;6,999;;;", ";;B;5;;;", "A;;;5;;;", "A;;B;5;2 L;;",
        "A;;B;5;;-3;", "A;;B;5;;2,5;", "A;;B;5;;;0", "A;;B;5", "A;;B;5;;;1;8",
        "A;;B;5;;99999999999;", f"{'A' * 121};;B;5;;;",
    ],
)  # fmt: skip
def test_a_wrong_line_is_told_by_its_number_and_nothing_is_imported(cast, line):
    before = Product.objects.count()

    answer = confirm(cast, HEADING + "Beurre;Crèmerie;Plaque;3;250 g;5;1\n" + line + "\n")

    assert answer.status_code == 422
    assert Product.objects.count() == before
    assert [number for number, _ in sentences(HEADING + line)] == [2]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"   \n", b"\x00\x01\x02PNG", b"PK\x03\x04\x00", b"nom inconnu;autre\n1;2\n",
        b'produit;conditionnement;prix\n"A;B;5\n', HEADING.encode(), b"\xff\xfe\xfd", b";;;\n",
    ],
)  # fmt: skip
def test_what_is_no_list_of_products_gets_a_sentence(cast, content):
    before = Product.objects.count()

    answer = send(cast, content)

    assert answer.status_code == 422
    assert 'class="notice danger"' in answer.content.decode()
    assert Product.objects.count() == before


def test_a_file_of_fifty_megabytes_is_refused_unread(cast):
    answer = send(cast, b"produit;conditionnement;prix\n" + b"A;B;5\n" * 8_800_000)

    assert answer.status_code == 422
    assert "512" in answer.content.decode()


def test_no_file_at_all_gets_a_sentence(cast):
    assert cast.browser("producer").post(address()).status_code == 422


def test_two_thousand_lines_at_most():
    text = HEADING + "".join(f"A{n};;B;5;;;\n" for n in range(2_002))

    assert imports.read(text).problems[0].line_number == 0


def test_the_first_look_changes_nothing_and_tells_each_line(cast):
    text = HEADING + "Beurre;Crèmerie;Plaque;3,20;250 g;5;1\nTomme;Fromages;Environ 400 g;9,00;;;\n"

    answer = send(cast, text.encode())

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "8,40 → 9" in page
    assert not Product.objects.filter(name="Beurre").exists()


def test_the_confirmed_file_adds_and_changes_all_its_lines(cast):
    text = (
        HEADING
        + "Beurre;Crèmerie;Plaque;3,20;250 g;12;1\nBeurre;Crèmerie;Carton de 6;18;1,5 kg;12;6\n"
        "Tomme;Fromages;Environ 400 g;9,00;;;\n"
    )

    answer = confirm(cast, text)

    beurre = Product.objects.get(producer=cast.world.dairy, name="Beurre")
    packs = list(
        beurre.variants.order_by("pk").values_list("label", "price_cents", "weight_g", "pool_units")
    )
    assert answer.url == reverse("food_hub:desk_products", args=["dairy"])
    assert packs == [("Plaque", 320, 250, 1), ("Carton de 6", 1800, 1500, 6)]
    assert StockPool.objects.get(pk=beurre.pk).on_hand_units == 12
    tomme = Variant.objects.get(pk=cast.world.tomme.pk)
    assert (tomme.price_cents, tomme.is_weighed, tomme.weight_g) == (900, True, 400)


def test_a_pack_twice_or_two_stocks_for_one_product_are_told():
    twice = HEADING + "A;;B;5;;;\nA;;B;6;;;\n"
    stocks = HEADING + "A;;B;5;;3;\nA;;C;6;;4;\n"

    assert [number for number, _ in sentences(twice)] == [3]
    assert [number for number, _ in sentences(stocks)] == [3]


def test_a_stock_smaller_than_what_baskets_keep_changes_nothing(cast):
    world = cast.world
    c.w.Membership.objects.create(
        member=cast.people["producer"], organisation=world.farm, role="manager"
    )
    world.put(world.jar, 10)

    answer = cast.browser("producer").post(
        reverse("food_hub:desk_import", args=["ruche"]),
        {
            "text": "produit;conditionnement;prix;stock\nMiel de tilleul;Bocal 500 g;7;3\n",
            "confirm": "1",
        },
    )

    world.jar.refresh_from_db()
    assert answer.status_code == 422
    assert world.jar.price_cents == 690
    assert StockPool.objects.get(pk=world.honey.pk).on_hand_units == 24


def test_what_is_exported_is_imported_again_without_a_change(cast):
    actions_before = list(Variant.objects.order_by("pk").values())

    exported = cast.browser("producer").get(reverse("food_hub:desk_export", args=["dairy"])).content
    report = imports.compare(cast.world.dairy, imports.read(imports.decode(exported)))
    confirm(cast, imports.decode(exported))

    assert [change.kind for change in report.changes] == ["same"]
    assert list(Variant.objects.order_by("pk").values()) == actions_before


def test_a_name_that_looks_like_a_formula_comes_back_as_it_was():
    content = documents.csv_file([["produit", "conditionnement", "prix"], ["=Pomme", "+1", "3"]])

    (row,) = imports.read(imports.decode(content)).rows

    assert (row.product, row.label) == ("=Pomme", "+1")
