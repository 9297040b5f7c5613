"""Publishing, revising and withdrawing a listing; giving it a photo."""

import io
import warnings
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Final

from django.contrib.postgres.search import SearchVectorField
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Cast
from PIL import Image, ImageOps, UnidentifiedImageError

from essaim.core.catalogue.models import Listing, Photo, Word
from essaim.core.catalogue.rules import indexing, pictures
from essaim.core.catalogue.rules.needs import Need
from essaim.core.catalogue.rules.opening import Span
from essaim.core.members.models import Member, Organisation
from essaim.core.territories.models import Place, Territory
from essaim.kernel.errors import N_, BadInput, RuleBroken

TITLE_MAX: Final = 120
SUMMARY_MAX: Final = 2_000


class ListingWithdrawn(RuleBroken):
    """The listing is no longer published."""

    code = "catalogue.listing-withdrawn"
    sentence = N_("This listing was withdrawn on {withdrawn_at}.")


class ListingWithoutTitle(BadInput):
    """A listing needs a title that says something."""

    code = "catalogue.no-title"
    sentence = N_("Give the listing a title of at least one word.")


class ListingTooLong(BadInput):
    """The title or the summary is over the limit."""

    code = "catalogue.too-long"
    sentence = N_(
        "This text is too long: {title_max} characters for a title, {summary_max} for the rest."
    )


class PhotoEmpty(BadInput):
    """The file has no content."""

    code = "catalogue.photo-empty"
    sentence = N_("This file is empty. Choose the photo again.")


class PhotoTooHeavy(BadInput):
    """The file is over the limit."""

    code = "catalogue.photo-too-heavy"
    sentence = N_("This file is too heavy: a photo weighs at most {megabytes_max} MB.")


class PhotoTooLarge(BadInput):
    """The picture has too many pixels to be opened safely."""

    code = "catalogue.photo-too-large"
    sentence = N_("This picture is too large: at most {megapixels_max} million pixels.")


class PhotoUnreadable(BadInput):
    """The file is no picture that we can read."""

    code = "catalogue.photo-unreadable"
    sentence = N_("This file cannot be read as a photo. Use JPEG, PNG, WebP or GIF.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """What a listing says. Exactly one of `provider` and `member` makes it.

    Args:
        path: where the trade shows it, from the root of the site.
        place: where it is; of a home only the cell is kept.
        price_cents: what it costs, in euro cents; None when there is no price to show.
        open_week: from `rules.opening.week_of`; None when hours mean nothing for it.
    """

    territory: Territory
    trade: str
    need: Need
    kind: str
    title: str
    path: str
    summary: str = ""
    provider: Organisation | None = None
    member: Member | None = None
    is_request: bool = False
    place: Place | None = None
    price_cents: int | None = None
    price_label: str = ""
    open_week: tuple[Span, ...] | None = None
    available_from: datetime | None = None
    available_until: datetime | None = None
    photo: Photo | None = field(default=None)


@transaction.atomic
def publish_listing(*, advert: Advert, now: datetime) -> Listing:
    """Put a new listing in the catalogue, findable at once.

    Raises:
        ListingWithoutTitle: the title holds no word.
        ListingTooLong: `details` has `title_max` and `summary_max`, in characters.
    """
    listing = Listing(status=Listing.Status.PUBLISHED, published_at=now)
    _write(listing, advert)
    listing.save(force_insert=True)
    _count_words(advert.title, advert.summary, step=1)
    return listing


@transaction.atomic
def revise_listing(*, listing: Listing, advert: Advert) -> Listing:
    """Say something else in a published listing; it keeps its date of publication.

    Raises:
        ListingWithdrawn: `details` has `withdrawn_at`.
        ListingWithoutTitle: the title holds no word.
        ListingTooLong: `details` has `title_max` and `summary_max`, in characters.
    """
    listing = _published(listing)
    _count_words(listing.title, listing.summary, step=-1)
    _write(listing, advert)
    listing.save(update_fields=[*ADVERT_FIELDS, "search_vector", "lat", "lng"])
    _count_words(advert.title, advert.summary, step=1)
    return listing


@transaction.atomic
def withdraw_listing(*, listing: Listing, now: datetime) -> Listing:
    """Take a listing out of the catalogue. It is kept, for the deals that name it.

    Raises:
        ListingWithdrawn: it already was; `details` has `withdrawn_at`.
    """
    listing = _published(listing)
    listing.status = Listing.Status.WITHDRAWN
    listing.withdrawn_at = now
    listing.save(update_fields=["status", "withdrawn_at"])
    _count_words(listing.title, listing.summary, step=-1)
    return listing


@transaction.atomic
def attach_photo(*, listing: Listing, upload: IO[bytes], alt_text: str, now: datetime) -> Photo:
    """Give a published listing its photo, in place of the one it had.

    Raises:
        ListingWithdrawn, and all that `keep_photo` raises.
    """
    photo = keep_photo(upload=upload, alt_text=alt_text, now=now)
    show_photo(listing=listing, photo=photo)
    return photo


@transaction.atomic
def show_photo(*, listing: Listing, photo: Photo | None) -> Listing:
    """Show a photo that is already kept on a published listing; None shows none.

    Raises:
        ListingWithdrawn: `details` has `withdrawn_at`.
    """
    listing = _published(listing)
    listing.photo = photo
    listing.save(update_fields=["photo"])
    return listing


@transaction.atomic
def keep_photo(*, upload: IO[bytes], alt_text: str, now: datetime) -> Photo:
    """Keep a picture as WebP at up to three widths, upright and without metadata.

    Args:
        upload: JPEG, PNG, WebP or GIF (its first image); at most `pictures.BYTES_MAX` are read.

    Raises:
        PhotoEmpty, PhotoTooHeavy, PhotoTooLarge, PhotoUnreadable: nothing was written.
    """
    picture = _opened(_read(upload))
    photo = Photo.objects.create(
        alt_text=alt_text, width_px=picture.width, height_px=picture.height, created_at=now
    )
    written: list[str] = []
    try:
        for width_px in photo.widths_px:
            name = photo.file_name(width_px)
            written.append(default_storage.save(name, ContentFile(_webp(picture, width_px))))
    except Exception:
        for name in written:  # the row is rolled back, the files would stay
            default_storage.delete(name)
        raise
    return photo


@transaction.atomic
def forget_photo(*, photo: Photo) -> None:
    """Delete a photo, its files too once the transaction stands; listings show none instead."""
    names = [photo.file_name(width_px) for width_px in photo.widths_px]
    photo.delete()

    def delete_files() -> None:
        for name in names:
            default_storage.delete(name)

    transaction.on_commit(delete_files)


@transaction.atomic
def reindex(*, batch_size: int = 2_000) -> int:
    """Make every search vector and the vocabulary again, after a change of word lists.

    Returns:
        How many listings are in the catalogue.
    """
    counts: Counter[str] = Counter()
    batch: list[Listing] = []
    listings = Listing.objects.filter(status=Listing.Status.PUBLISHED).only("title", "summary")
    total = 0
    for listing in listings.order_by("pk").iterator(batch_size):
        listing.search_vector = _vector(listing.title, listing.summary)
        counts.update(indexing.vocabulary(listing.title, listing.summary))
        batch.append(listing)
        total += 1
        if len(batch) >= batch_size:
            Listing.objects.bulk_update(batch, ["search_vector"])
            batch.clear()
    Listing.objects.bulk_update(batch, ["search_vector"])
    Word.objects.all().delete()
    Word.objects.bulk_create(
        Word(word=word, token=indexing.stored_token(word), listing_count=count)
        for word, count in sorted(counts.items())
    )
    return total


ADVERT_FIELDS: Final = (
    *("territory", "trade", "need", "kind", "title", "path", "summary", "provider", "member"),
    *("is_request", "place", "price_cents", "price_label", "open_week", "available_from"),
    *("available_until", "photo"),
)


def _write(listing: Listing, advert: Advert) -> None:
    if not indexing.vocabulary(advert.title, ""):
        raise ListingWithoutTitle
    if len(advert.title) > TITLE_MAX or len(advert.summary) > SUMMARY_MAX:
        raise ListingTooLong(title_max=TITLE_MAX, summary_max=SUMMARY_MAX)
    for name in ADVERT_FIELDS:
        setattr(listing, name, getattr(advert, name))
    listing.lat = advert.place.shown_lat if advert.place else None
    listing.lng = advert.place.shown_lng if advert.place else None
    listing.search_vector = _vector(advert.title, advert.summary)


def _vector(title: str, summary: str) -> Cast:
    return Cast(Value(indexing.vector(title, summary)), SearchVectorField())


def _published(listing: Listing) -> Listing:
    # The row lock makes two revisions queue up, so that words are counted once.
    listing = Listing.objects.select_for_update(of=("self",)).get(pk=listing.pk)
    if listing.withdrawn_at is not None:
        raise ListingWithdrawn(withdrawn_at=listing.withdrawn_at)
    return listing


def _count_words(title: str, summary: str, *, step: int) -> None:
    """Add `step` to the count of each word, in their order: two listings never wait in a ring."""
    words = sorted(indexing.vocabulary(title, summary))
    with connection.cursor() as cursor:
        if step > 0:
            cursor.execute(
                "INSERT INTO catalogue_word AS w (word, token, listing_count)"
                " SELECT word, token, 1 FROM unnest(%s::text[], %s::text[]) AS t (word, token)"
                " ON CONFLICT (word) DO UPDATE SET listing_count = w.listing_count + 1",
                [words, [indexing.stored_token(word) for word in words]],
            )
        else:
            cursor.execute(
                "WITH locked AS (SELECT word FROM catalogue_word WHERE word = ANY(%s)"
                " ORDER BY word FOR UPDATE)"
                " UPDATE catalogue_word AS w SET listing_count = greatest(0, w.listing_count - 1)"
                " FROM locked WHERE w.word = locked.word",
                [words],
            )


def _read(upload: IO[bytes]) -> bytes:
    content = upload.read(pictures.BYTES_MAX + 1)
    if not content:
        raise PhotoEmpty
    if len(content) > pictures.BYTES_MAX:
        raise PhotoTooHeavy(megabytes_max=pictures.BYTES_MAX // 1024 // 1024)
    return content


def _opened(content: bytes) -> Image.Image:
    """Return the picture upright, in three colours, its pixels counted before they are unpacked."""
    too_large = PhotoTooLarge(megapixels_max=pictures.PIXELS_MAX // 1_000_000)
    try:
        with warnings.catch_warnings():
            # Pillow warns from 89 million pixels on; our own limit is lower and refuses.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(content), formats=pictures.FORMATS)
        if picture.width * picture.height > pictures.PIXELS_MAX:
            raise too_large
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    except Image.DecompressionBombError as error:
        raise too_large from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PhotoUnreadable from error
    return _on_white(upright)


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture without transparency nor palette; metadata stays behind."""
    seen = picture.convert("RGBA")
    page = Image.new("RGB", seen.size, "white")
    page.paste(seen, mask=seen.getchannel("A"))
    return page


def _webp(picture: Image.Image, width_px: int) -> bytes:
    height_px = pictures.kept_height(picture.width, picture.height, width_px)
    file = io.BytesIO()
    resized = picture.resize((width_px, height_px), Image.Resampling.LANCZOS)
    resized.save(file, "WEBP", quality=pictures.WEBP_QUALITY, method=4)
    return file.getvalue()
