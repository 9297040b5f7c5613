"""The photo of a product: one at most, the same on the shelf, on its page and in the catalogue."""

from datetime import datetime
from typing import IO

from django.db import transaction

from essaim.core.catalogue import actions as catalogue_actions
from essaim.core.catalogue.models import Listing, Photo
from essaim.trades.food_hub.models import Product


@transaction.atomic
def give_photo(*, product: Product, upload: IO[bytes], alt_text: str, now: datetime) -> Photo:
    """Give a product its photo, in place of the one it had, whose files are deleted.

    Raises:
        PhotoEmpty, PhotoTooHeavy, PhotoTooLarge, PhotoUnreadable: as `keep_photo`; the former
            photo stays.
    """
    photo = catalogue_actions.keep_photo(upload=upload, alt_text=alt_text, now=now)
    _replace(product, photo)
    return photo


@transaction.atomic
def remove_photo(*, product: Product) -> None:
    """Take away the photo of a product and delete its files; one without photo stays as it is."""
    _replace(product, None)


def _replace(product: Product, photo: Photo | None) -> None:
    # The row lock makes two photos sent at once queue up: the first is deleted, none is lost.
    kept = Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    former = kept.photo
    kept.photo = product.photo = photo
    kept.save(update_fields=["photo"])
    listing = kept.listing
    if listing is not None and listing.status == Listing.Status.PUBLISHED:
        catalogue_actions.show_photo(listing=listing, photo=photo)
    if former is not None:
        catalogue_actions.forget_photo(photo=former)
