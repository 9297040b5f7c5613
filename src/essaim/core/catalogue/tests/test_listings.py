"""Publishing, revising, withdrawing, and giving a photo."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import IntegrityError
from PIL import Image

from essaim.core.catalogue import actions, queries
from essaim.core.catalogue.models import Listing, Photo, Word
from essaim.core.catalogue.rules import pictures
from essaim.core.catalogue.tests.conftest import NOON
from essaim.core.members.models import Member
from essaim.core.territories import rules as ground


def picture(width=1600, height=900, kind="JPEG", mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, (width, height), "orange").save(file, kind, **options)
    file.seek(0)
    return file


def counts():
    return dict(Word.objects.filter(listing_count__gt=0).values_list("word", "listing_count"))


def test_words_in_use_are_counted_through_the_life_of_a_listing(advert, publish):
    listing = publish("Vélo rouge")
    publish("Vélo bleu")
    assert counts() == {"velo": 2, "rouge": 1, "bleu": 1}

    listing = actions.revise_listing(listing=listing, advert=advert("Trottinette rouge"))
    assert counts() == {"velo": 1, "rouge": 1, "bleu": 1, "trottinette": 1}

    actions.withdraw_listing(listing=listing, now=NOON)
    assert counts() == {"velo": 1, "bleu": 1}


def test_a_revised_listing_is_found_by_its_new_words_only(territory, advert, publish):
    listing = publish("Vélo rouge")

    actions.revise_listing(listing=listing, advert=advert("Trottinette"))

    assert queries.search(territory=territory, now=NOON, text="vélo").total_count == 0
    assert queries.search(territory=territory, now=NOON, text="trottinette").total_count == 1


def test_a_withdrawn_listing_is_neither_revised_nor_withdrawn_again(advert, publish):
    listing = actions.withdraw_listing(listing=publish(), now=NOON)

    with pytest.raises(actions.ListingWithdrawn) as refusal:
        actions.withdraw_listing(listing=listing, now=NOON + timedelta(days=1))
    with pytest.raises(actions.ListingWithdrawn):
        actions.revise_listing(listing=listing, advert=advert("Autre"))

    assert refusal.value.details == {"withdrawn_at": NOON}
    listing.refresh_from_db()
    assert (listing.title, listing.withdrawn_at) == ("Panier de légumes", NOON)


@pytest.mark.parametrize("title", ["", "   ", "… !"])
def test_a_title_without_a_word_is_refused_and_nothing_is_written(publish, title):
    with pytest.raises(actions.ListingWithoutTitle):
        publish(title, summary="Des mots")

    assert not Listing.objects.exists()
    assert not Word.objects.exists()


@pytest.mark.parametrize(("title", "summary"), [("a" * 121, ""), ("Pain", "b" * 2_001)])
def test_a_text_that_is_too_long_is_refused_and_nothing_is_written(publish, title, summary):
    with pytest.raises(actions.ListingTooLong):
        publish(title, summary=summary)

    assert not Listing.objects.exists()
    assert not Word.objects.exists()


def test_a_listing_at_a_home_keeps_only_its_cell(publish, place_at):
    home = place_at(50.6312, 3.0623, is_home=True)

    listing = publish(place=home)

    assert ground.Position(listing.lat, listing.lng) == home.shown_position != home.position


def test_the_database_wants_one_maker_and_no_more(maker, publish):
    ada = Member.objects.create_user("ada@example.org", display_name="Ada")
    listing = publish(member=ada)

    for makers in ({"provider": maker}, {"member": None}):
        with pytest.raises(IntegrityError), actions.transaction.atomic():
            Listing.objects.filter(pk=listing.pk).update(**makers)


@pytest.mark.parametrize(
    "changed",
    [
        {"lat": 95, "lng": 3},
        {"lat": 50, "lng": None},
        {"available_from": NOON, "available_until": NOON},
        {"status": "withdrawn"},
        {"withdrawn_at": NOON},
    ],
)
def test_the_database_refuses_what_makes_no_sense(publish, changed):
    listing = publish()

    with pytest.raises(IntegrityError), actions.transaction.atomic():
        Listing.objects.filter(pk=listing.pk).update(**changed)


def test_reindexing_gives_what_publishing_gave(territory, publish):
    publish("Vélo rouge", summary="Réparé")
    actions.withdraw_listing(listing=publish("Vélo bleu"), now=NOON)
    before = (counts(), list(Listing.objects.order_by("pk").values_list("search_vector")))
    Listing.objects.filter(status="published").update(search_vector="")
    Word.objects.all().delete()

    assert actions.reindex(batch_size=1) == 1

    assert (counts(), list(Listing.objects.order_by("pk").values_list("search_vector"))) == before


def test_a_photo_is_kept_at_three_widths_upright_and_silent(publish):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {1: "N", 2: (50.0, 37.0, 0.0)}  # where it was taken
    upload = picture(3000, 2000, exif=exif)

    photo = actions.attach_photo(listing=publish(), upload=upload, alt_text="Panier", now=NOON)

    assert (photo.width_px, photo.height_px) == (2000, 3000)
    assert photo.widths_px == (320, 640, 1280)
    for width in photo.widths_px:
        with default_storage.open(photo.file_name(width)) as file, Image.open(file) as kept:
            assert (kept.format, kept.width) == ("WEBP", width)
            assert kept.height == round(width * 1.5)
            assert not kept.getexif()
            assert "icc_profile" not in kept.info


def test_a_small_photo_is_not_blown_up():
    assert pictures.kept_widths(200) == (200,)
    assert pictures.kept_widths(500) == (320, 500)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("GIF", "P"), ("WEBP", "RGB"), ("JPEG", "CMYK"), ("PNG", "L")],
)
def test_usual_kinds_of_pictures_are_taken(db, kind, mode):
    if mode in {"P", "L", "CMYK"}:
        file = io.BytesIO()
        Image.new("RGB", (40, 30), "orange").convert(mode).save(file, kind)
        file.seek(0)
    else:
        file = picture(40, 30, kind, mode)

    photo = actions.keep_photo(upload=file, alt_text="", now=NOON)

    assert photo.widths_px == (40,)


def bomb():
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("upload", "refusal"),
    [
        (io.BytesIO, actions.PhotoEmpty),
        (lambda: io.BytesIO(b"\x00" * (pictures.BYTES_MAX + 1)), actions.PhotoTooHeavy),
        (lambda: io.BytesIO(b"<svg onload='alert(1)'/>"), actions.PhotoUnreadable),
        (lambda: io.BytesIO(b"\xff\xd8\xff\xe0 not a picture"), actions.PhotoUnreadable),
        (lambda: io.BytesIO(picture().read()[:2000]), actions.PhotoUnreadable),
        (lambda: picture(10_000, 6_000, "PNG"), actions.PhotoTooLarge),
        (bomb, actions.PhotoTooLarge),
    ],
)
def test_a_bad_photo_is_refused_and_nothing_is_kept(publish, upload, refusal):
    listing = publish()

    with pytest.raises(refusal):
        actions.attach_photo(listing=listing, upload=upload(), alt_text="", now=NOON)

    assert not Photo.objects.exists()
    listing.refresh_from_db()
    assert listing.photo is None
    assert not default_storage.exists("photos")


def test_a_storage_that_fails_leaves_neither_row_nor_file(publish, monkeypatch):
    saved = []
    save = FileSystemStorage.save

    def fail_at_the_second(storage, name, content):
        if saved:
            raise OSError(28, "No space left on device")
        saved.append(save(storage, name, content))
        return saved[0]

    monkeypatch.setattr(FileSystemStorage, "save", fail_at_the_second)

    with pytest.raises(OSError, match="No space"):
        actions.attach_photo(listing=publish(), upload=picture(), alt_text="", now=NOON)

    assert not Photo.objects.exists()
    assert not default_storage.exists(saved[0])


def test_the_database_refuses_a_photo_without_size(db):
    with pytest.raises(IntegrityError):
        Photo.objects.create(width_px=0, height_px=10, created_at=NOON)


def test_an_advert_can_be_said_again_in_other_words(advert, publish):
    listing = publish()

    again = actions.revise_listing(listing=listing, advert=replace(advert(), price_cents=1250))

    assert (again.pk, again.price_cents, again.published_at) == (listing.pk, 1250, NOON)
