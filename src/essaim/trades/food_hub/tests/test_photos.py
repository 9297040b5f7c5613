"""The photo of a product: given at the desk, seen in the shop and in the catalogue."""

import io
import re

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from essaim.core.catalogue.models import Listing, Photo
from essaim.kernel import clock
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions.photos import give_photo, remove_photo
from essaim.trades.food_hub.tests import cast as c
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return c.gather()


def jpeg(colour="orange", width=900, height=600):
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG")
    file.seek(0)
    return file


def page(product):
    return reverse("food_hub:desk_product", args=[product.public_id])


def send(cast, content, who="producer", name="tomme.jpg", alt_text=""):
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return cast.browser(who).post(
        page(cast.world.cheese), {"part": "photo", "photo": file, "alt_text": alt_text}
    )


def photo_of(product):
    product.refresh_from_db()
    return product.photo


def shelf(world, client=None):
    address = reverse("food_hub:shop", args=[world.cycle.public_id])
    return (client or Client()).get(address).content.decode()


def bomb():
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    return file.getvalue()


def test_a_producer_gives_a_product_its_photo(cast):
    answer = send(cast, jpeg().read(), alt_text="Une tomme entamée")

    photo = photo_of(cast.world.cheese)
    desk = cast.browser("producer").get(page(cast.world.cheese)).content.decode()
    assert answer.url == page(cast.world.cheese)
    assert (photo.alt_text, photo.widths_px) == ("Une tomme entamée", (320, 640, 900))
    assert photo.file_name(320) in desk
    assert "Remplacer la photo" in desk


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Ce fichier est vide"),
        (b"\xff" * (50 * 1024 * 1024), "Ce fichier est trop lourd"),
        (b"Ce n'est pas une image", "pas lisible comme photo"),
        (bomb(), "trop grande"),
    ],
    ids=["0 byte", "50 MB", "not an image", "bomb"],
)
def test_a_bad_photo_gets_a_clear_sentence_and_changes_nothing(cast, content, said):
    send(cast, jpeg().read())
    before = photo_of(cast.world.cheese)

    answer = send(cast, content)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert photo_of(cast.world.cheese) == before
    assert Photo.objects.count() == 1
    assert default_storage.exists(before.file_name(320))


def test_a_page_that_was_only_opened_complains_of_nothing(cast):
    answer = cast.browser("producer").get(page(cast.world.cheese))

    assert answer.status_code == 200
    assert "error-summary" not in answer.content.decode()


def test_a_form_without_file_is_refused(cast):
    answer = cast.browser("producer").post(page(cast.world.cheese), {"part": "photo"})

    assert answer.status_code == 422
    assert photo_of(cast.world.cheese) is None


@pytest.mark.parametrize("who", ["other_producer", "other_manager", "buyer", "worker"])
def test_others_can_neither_give_nor_take_a_photo(cast, who):
    send(cast, jpeg().read())
    before = photo_of(cast.world.cheese)

    given = send(cast, jpeg("red").read(), who=who)
    taken = cast.browser(who).post(page(cast.world.cheese), {"part": "no-photo"})

    assert (given.status_code, taken.status_code) == (404, 404)
    assert photo_of(cast.world.cheese) == before


def test_a_replaced_photo_is_deleted_with_its_files(cast, django_capture_on_commit_callbacks):
    give_photo(product=cast.world.cheese, upload=jpeg(), alt_text="", now=w.NOW)
    former = photo_of(cast.world.cheese)

    with django_capture_on_commit_callbacks(execute=True):
        give_photo(product=cast.world.cheese, upload=jpeg("red"), alt_text="", now=w.NOW)

    now = photo_of(cast.world.cheese)
    assert now != former
    assert list(Photo.objects.all()) == [now]
    assert not default_storage.exists(former.file_name(320))
    assert default_storage.exists(now.file_name(320))


def test_a_photo_is_taken_away_and_taking_twice_changes_nothing(cast):
    send(cast, jpeg().read())

    first = cast.browser("producer").post(page(cast.world.cheese), {"part": "no-photo"})
    again = cast.browser("producer").post(page(cast.world.cheese), {"part": "no-photo"})

    assert (first.status_code, again.status_code) == (302, 302)
    assert photo_of(cast.world.cheese) is None
    assert not Photo.objects.exists()


def test_the_catalogue_shows_the_photo_given_before_or_after_publishing(cast):
    world = cast.world
    give_photo(product=world.honey, upload=jpeg(), alt_text="", now=w.NOW)
    actions.publish_cycle(cycle=world.cycle, now=w.NOW)
    world.cheese.refresh_from_db()
    give_photo(product=world.cheese, upload=jpeg("red"), alt_text="", now=w.NOW)
    actions.publish_cycle(cycle=world.cycle, now=w.NOW)

    shown = {row.title: row.photo_id for row in Listing.objects.all()}
    assert shown == {
        world.honey.name: photo_of(world.honey).pk,
        world.cheese.name: photo_of(world.cheese).pk,
    }

    remove_photo(product=world.honey)
    assert Listing.objects.get(title=world.honey.name).photo is None


def test_a_withdrawn_listing_does_not_keep_a_product_from_changing_its_photo(cast):
    world = cast.world
    actions.publish_cycle(cycle=world.cycle, now=w.NOW)
    Listing.objects.update(status="withdrawn", withdrawn_at=w.NOW)
    world.cheese.refresh_from_db()

    photo = give_photo(product=world.cheese, upload=jpeg(), alt_text="", now=w.NOW)

    assert photo_of(world.cheese) == photo


def test_the_shelf_shows_all_its_photos_by_one_request(cast, django_assert_max_num_queries):
    world = cast.world
    assert "<img" not in shelf(world)
    give_photo(product=world.honey, upload=jpeg(), alt_text="", now=w.NOW)
    give_photo(product=world.cheese, upload=jpeg(), alt_text="", now=w.NOW)

    with django_assert_max_num_queries(10):
        text = shelf(world)

    images = re.findall("<img[^>]*>", text)
    assert len(images) == 3  # the jar and the case of honey, the tomme
    assert len({re.search('src="([^"]*)"', image)[1] for image in images}) == 1
    for said in ('fetchpriority="low"', 'width="48"', 'height="48"', 'alt=""'):
        assert all(said in image for image in images)


def test_a_row_changed_by_htmx_keeps_its_photo(cast):
    world = cast.world
    give_photo(product=world.honey, upload=jpeg(), alt_text="", now=w.NOW)
    address = reverse("food_hub:fill", args=[world.cycle.public_id])
    offer = world.offer_of(world.jar)

    answer = cast.browser("buyer").post(address, {"add": offer.pk}, headers={"HX-Request": "true"})

    assert re.search(f'id="o{offer.pk}"[^>]*><img class="thumb', answer.content.decode())


def test_the_page_of_a_pack_shows_its_photo_with_words_for_it(cast):
    world = cast.world
    photo = give_photo(product=world.honey, upload=jpeg(), alt_text="Un pot <de> miel", now=w.NOW)
    address = reverse("food_hub:pack", args=[world.cycle.public_id, world.offer_of(world.jar).pk])

    text = Client().get(address).content.decode()

    assert 'alt="Un pot &lt;de&gt; miel"' in text
    assert f"{photo.public_id}-320.webp" in text
    assert 'width="900" height="600"' in text


def test_the_search_and_the_home_page_show_photos_by_one_request_each(cast, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.NOW)
    cache.clear()
    world = cast.world
    give_photo(product=world.honey, upload=jpeg(), alt_text="", now=w.NOW)
    give_photo(product=world.cheese, upload=jpeg(), alt_text="", now=w.NOW)
    actions.publish_cycle(cycle=world.cycle, now=w.NOW)

    for address in ("/", "/search/"):
        text = Client().get(address).content.decode()
        images = re.findall('<img class="thumb[^>]*>', text)
        assert len(images) == 2, address
        assert len({re.search('src="([^"]*)"', image)[1] for image in images}) == 1
