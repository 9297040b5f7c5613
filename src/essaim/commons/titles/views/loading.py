"""Finding the register or the title that a page is about, for those who may."""

from uuid import UUID

from django.http import Http404, HttpRequest

from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.views.loading import first, member_of, register
from essaim.commons.titles import policies
from essaim.commons.titles.models import Title

__all__ = ["keeps", "kept_register", "kept_title", "member_of", "seen_title"]


def kept_register(request: HttpRequest) -> Register:
    """The register, for those who keep its titles (2 queries)."""
    found = register()
    if not policies.may_keep_titles(member_of(request), found):
        raise Http404
    return found


def kept_title(request: HttpRequest, title_id: UUID) -> Title:
    """A title, for those who keep its register (3 queries)."""
    return first(kept_register(request).titles.filter(public_id=title_id))


def keeps(request: HttpRequest, title: Title) -> bool:
    """Whether the reader keeps the register of this title (1 query)."""
    return policies.may_keep_titles(member_of(request), title.register)


def seen_title(request: HttpRequest, title_id: UUID) -> Title:
    """A title, for whoever holds it or keeps its register (1 or 2 queries)."""
    rows = Title.objects.filter(public_id=title_id)
    found = first(rows.select_related("register__organisation", "holder", "end"))
    if not policies.may_see_title(member_of(request), found):
        raise Http404
    return found
