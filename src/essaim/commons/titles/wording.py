"""Titles as people read them: where one stands."""

from django.utils.translation import gettext as _

from essaim.commons.titles.models import TitleEnd


def state(end: TitleEnd | None) -> str:
    if end is None:
        return _("going on")
    return _("paid back") if end.kind == TitleEnd.Kind.REPAID else _("cancelled")
