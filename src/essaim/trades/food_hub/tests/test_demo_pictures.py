"""The pictures of the demo: each product has its own, light, given as a member gives a photo."""

import re

import pytest
from PIL import Image

from essaim.core.members.models import Organisation
from essaim.trades.food_hub import build_pictures, demo
from essaim.trades.food_hub.demo_shelf import FARMS, PICTURES, SHELF
from essaim.trades.food_hub.models import Product
from essaim.trades.food_hub.tests import world as w

FILE_BYTES_MAX = 15 * 1024
SET_BYTES_MAX = 600 * 1024
FOLDER = build_pictures.FOLDER
FAMILIES = {name: family for _farm, family, name, *_rest in SHELF}
FILES = sorted(FOLDER.glob("*.webp"))


def test_pictures_are_given_to_products_of_the_shelf_and_one_picture_to_one_product():
    assert set(PICTURES) <= set(FAMILIES)
    assert len(set(PICTURES.values())) == len(PICTURES)


def test_every_picture_is_shipped_and_nothing_else():
    assert [file.stem for file in FILES] == sorted(PICTURES.values())


def test_the_plate_holds_one_drawing_a_picture_and_a_paper_for_its_family():
    drawings = (FOLDER / "drawings.svg").read_text("utf-8")

    assert sorted(re.findall(r'<symbol id="([^"]+)"', drawings)) == sorted(PICTURES.values())
    assert {FAMILIES[name] for name in PICTURES} <= set(build_pictures.PAPERS)


def test_drawings_use_parts_that_exist_and_nothing_from_elsewhere():
    drawings = (FOLDER / "drawings.svg").read_text("utf-8")

    addresses = re.findall(r'href="([^"]*)"', drawings) + re.findall(r"url\(([^)]*)\)", drawings)
    parts = {f"#{part}" for part in re.findall(r'\bid="([^"]+)"', drawings)}
    assert set(addresses) - parts == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_picture_is_small_and_carries_no_metadata(file):
    with Image.open(file) as picture:
        assert picture.format == "WEBP"
        assert picture.size == (build_pictures.WIDTH_PX, build_pictures.HEIGHT_PX)
        assert not {"exif", "icc_profile", "xmp"} & picture.info.keys()
    assert file.stat().st_size <= FILE_BYTES_MAX


def test_the_whole_set_is_light():
    assert sum(file.stat().st_size for file in FILES) <= SET_BYTES_MAX


@pytest.mark.django_db
def test_the_products_of_the_demo_have_their_photo(monkeypatch):
    shelf = [*SHELF[:2], ("ferme-du-ferrain", "Légumes", "Topinambours", "weight", 9, "", [])]
    monkeypatch.setattr(demo, "SHELF", shelf)
    farms = {slug: Organisation.objects.create(slug=slug, name=name) for slug, name, *_ in FARMS}

    demo._shelf(farms, now=w.NOW)

    photos = {product.name: product.photo for product in Product.objects.all()}
    assert photos["Carottes des sables"].alt_text == "Carottes des sables (dessin)"
    assert photos["Pommes de terre Charlotte"].widths_px == (320, 600)
    assert photos["Topinambours"] is None
