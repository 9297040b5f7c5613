"""Giving out photos: one at a time, or the small ones of a page on one sheet."""

import io
from random import Random

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from essaim.core.catalogue import actions, sheets
from essaim.core.catalogue.models import Photo
from essaim.core.catalogue.rules import pictures
from essaim.core.catalogue.tests.conftest import NOON

pytestmark = pytest.mark.django_db
SIDE = pictures.SHEET_CELL_PX


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    cache.clear()


def upload(colour="orange", width=400, height=300):
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG")
    file.seek(0)
    return file


def kept(colour="orange"):
    return actions.keep_photo(upload=upload(colour), alt_text="", now=NOON)


def noise(seed):
    """A picture that compresses badly, worse than any photo of apples."""
    file = io.BytesIO()
    Image.frombytes("RGB", (96, 96), Random(seed).randbytes(96 * 96 * 3)).save(file, "PNG")
    file.seek(0)
    return file


def near(pixel, colour):
    return all(abs(a - b) < 24 for a, b in zip(pixel, colour, strict=True))


def test_a_photo_is_given_out_to_be_kept_for_good():
    photo = kept()

    answer = Client().get(photo.sources[0][0])

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" not in answer.get("Vary", "")
    assert Image.open(io.BytesIO(answer.content)).size == (320, 240)


@pytest.mark.parametrize(
    "address",
    [
        "/media/",
        "/media/photos/",
        "/media/photos/sheets/",
        "/media/photos/../secret_key",
        "/media/photos/..%2f..%2fsecret_key",
        "/media/photos/%2e%2e/secret_key",
        "/media/photos/00000000-0000-0000-0000-000000000000-320.webp",
        "/media/photos/00000000-0000-0000-0000-000000000000-99999999999999999999.webp",
        "/media/secret.txt",
        "/media/photos/secret.txt",
    ],
)
def test_nothing_but_photos_is_given_out_and_no_list_of_them(settings, address):
    kept()
    default_storage.save("secret.txt", io.BytesIO(b"secret"))
    default_storage.save("photos/secret.txt", io.BytesIO(b"secret"))
    (settings.MEDIA_ROOT.parent / "secret_key").write_text("secret")

    answer = Client().get(address)

    assert answer.status_code == 404
    assert b"secret" not in answer.content.replace(b"secret_key", b"").replace(b"secret.txt", b"")


def test_a_photo_is_only_read():
    assert Client().post(kept().sources[0][0]).status_code == 405


def test_a_sheet_shows_each_photo_in_its_row_and_once():
    red, blue = kept("red"), kept("blue")

    sheet = sheets.sheet_of([blue.pk, None, red.pk, blue.pk])
    answer = Client().get(sheet.address)

    assert sheet.rows == {blue.pk: 0, red.pk: 1}
    picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert picture.size == (SIDE, 2 * SIDE)
    assert near(picture.getpixel((SIDE // 2, SIDE // 2)), (0, 0, 255))
    assert near(picture.getpixel((SIDE // 2, SIDE + SIDE // 2)), (255, 0, 0))
    assert "immutable" in answer["Cache-Control"]


def test_a_page_without_photo_asks_for_no_sheet():
    assert sheets.sheet_of([None, None]) is None


def test_the_same_photos_have_the_same_sheet():
    red, blue = kept("red"), kept("blue")

    assert sheets.sheet_of([red.pk, blue.pk]) == sheets.sheet_of([red.pk, None, blue.pk])
    assert sheets.sheet_of([red.pk]).address != sheets.sheet_of([blue.pk]).address


def test_a_sheet_that_no_page_asked_for_is_not_drawn():
    address = sheets.sheet_of([kept().pk]).address
    number = str(Photo.objects.get().pk)

    assert Client().get(address.replace(f"/{number}~", f"/{number}.{number}~")).status_code == 404
    assert Client().get("/media/photos/sheets/1.2.3.webp").status_code == 404


def test_a_deleted_photo_leaves_its_cell_empty(django_capture_on_commit_callbacks):
    red, blue = kept("red"), kept("blue")
    sheet = sheets.sheet_of([red.pk, blue.pk])
    with django_capture_on_commit_callbacks(execute=True):
        actions.forget_photo(photo=red)

    picture = Image.open(io.BytesIO(Client().get(sheet.address).content)).convert("RGB")

    assert near(picture.getpixel((SIDE // 2, SIDE // 2)), (253, 237, 195))
    assert near(picture.getpixel((SIDE // 2, SIDE + SIDE // 2)), (0, 0, 255))


def test_a_sheet_of_fifty_never_weighs_more_than_a_page_may_spend():
    ids = [
        actions.keep_photo(upload=noise(seed), alt_text="", now=NOON).pk
        for seed in range(pictures.SHEET_PHOTOS_MAX + 1)
    ]

    sheet = sheets.sheet_of(ids)

    assert len(sheet.rows) == pictures.SHEET_PHOTOS_MAX
    assert len(Client().get(sheet.address).content) <= pictures.SHEET_BYTES_MAX


def test_a_sheet_is_drawn_once_for_everybody(django_assert_num_queries):
    sheet = sheets.sheet_of([kept().pk])
    Client().get(sheet.address)

    with django_assert_num_queries(0):
        Client().get(sheet.address)


def test_a_forgotten_photo_leaves_no_file_and_its_listing_shows_none(
    publish, django_capture_on_commit_callbacks
):
    listing = publish()
    photo = actions.attach_photo(listing=listing, upload=upload(), alt_text="", now=NOON)
    names = [photo.file_name(width) for width in photo.widths_px]

    with django_capture_on_commit_callbacks(execute=True):
        actions.forget_photo(photo=photo)

    assert [default_storage.exists(name) for name in names] == [False, False]
    listing.refresh_from_db()
    assert listing.photo is None


def test_the_files_stay_when_the_transaction_does_not_stand():
    photo = kept()

    actions.forget_photo(photo=photo)  # the test's own transaction is never committed

    assert default_storage.exists(photo.file_name(320))
