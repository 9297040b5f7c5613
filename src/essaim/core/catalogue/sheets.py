"""The small photos of a page, drawn together: one request, of bounded weight, whatever the page.

A shop shows fifty packs. Fifty pictures would be fifty requests, most of them sent at once even
when the page says to be lazy. So the page asks for one sheet of cells, one under the other, and
each row shows its own cell. The address of a sheet names its photos and is signed, so that only
the sheets that a page asked for are ever drawn; a photo never changes, so neither does its sheet.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from PIL import Image, ImageOps

from essaim.core.catalogue.models import Photo
from essaim.core.catalogue.rules import pictures

KEPT_S = 24 * 3600
PAPER = "#FDEDC3"
_SIGNER = Signer(salt="catalogue.sheet", sep="~")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a sheet is, and the row of each photo on it, from 0, by photo id."""

    address: str
    rows: Mapping[int, int]


def sheet_of(photo_ids: Iterable[int | None]) -> Sheet | None:
    """Return the sheet of the first photos of a page, None when it shows none (0 queries)."""
    shown = list(dict.fromkeys(photo_id for photo_id in photo_ids if photo_id is not None))
    shown = shown[: pictures.SHEET_PHOTOS_MAX]
    if not shown:
        return None
    code = _SIGNER.sign(".".join(map(str, shown)))
    address = reverse("catalogue:sheet", args=[code])
    return Sheet(address, {photo_id: row for row, photo_id in enumerate(shown)})


def photos_of(code: str) -> list[int] | None:
    """Return the photos that the code of a sheet names, None when we did not write it."""
    try:
        return [int(photo_id) for photo_id in _SIGNER.unsign(code).split(".")]
    except BadSignature:
        return None


def drawn(photo_ids: Sequence[int]) -> bytes:
    """Return a sheet as WebP, its cells one under the other (1 query; kept in memory a day).

    A photo deleted meanwhile leaves its cell empty. At most `pictures.SHEET_BYTES_MAX` bytes: the
    more there is to draw, the plainer it is drawn.
    """
    digest = hashlib.sha256(".".join(map(str, photo_ids)).encode()).hexdigest()
    kept: Any = cache.get_or_set(
        f"catalogue.sheet.{digest}", lambda: _webp(_picture(photo_ids)), KEPT_S
    )
    return bytes(kept)


def _picture(photo_ids: Sequence[int]) -> Image.Image:
    side = pictures.SHEET_CELL_PX
    sheet = Image.new("RGB", (side, side * len(photo_ids)), PAPER)
    photos = Photo.objects.in_bulk(photo_ids)
    for row, photo_id in enumerate(photo_ids):
        if photo_id in photos and (cell := _cell(photos[photo_id])):
            sheet.paste(cell, (0, row * side))
    return sheet


def _cell(photo: Photo) -> Image.Image | None:
    side = pictures.SHEET_CELL_PX
    try:
        with default_storage.open(photo.file_name(photo.widths_px[0])) as file:
            return ImageOps.fit(Image.open(file), (side, side), Image.Resampling.LANCZOS)
    except FileNotFoundError:
        return None


def _webp(sheet: Image.Image) -> bytes:
    content = b""
    for quality in pictures.SHEET_QUALITIES:
        file = io.BytesIO()
        sheet.save(file, "WEBP", quality=quality, method=4)
        content = file.getvalue()
        if len(content) <= pictures.SHEET_BYTES_MAX:
            break
    return content
