"""Giving out photos. An address always shows the same photo, so browsers keep it for good."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from essaim.core.catalogue import sheets
from essaim.web.access import public

FOREVER = "public, max-age=31536000, immutable"


@public
@require_safe
def photo(request: HttpRequest, photo_id: UUID, width_px: int) -> HttpResponse:
    """One width of a photo: the address is made of a UUID and a number, never of a path."""
    del request
    try:
        with default_storage.open(f"photos/{photo_id}-{width_px}.webp") as file:
            return _picture(file.read())
    except FileNotFoundError as error:
        raise Http404 from error


@public
@require_safe
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The small photos of a page on one sheet; only sheets that a page of ours asked for."""
    del request
    photo_ids = sheets.photos_of(code)
    if photo_ids is None:
        raise Http404
    return _picture(sheets.drawn(photo_ids))


def _picture(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="image/webp", headers={"Cache-Control": FOREVER})
