"""What pages and the API say of a result: the line « why here », and the files of its photo."""

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.catalogue.queries import Found
from essaim.core.catalogue.rules import pictures
from essaim.core.catalogue.rules.ranking import Reason, WordMatch
from essaim.web.environment import language


def why_here(reasons: tuple[Reason, ...]) -> str:
    """Return the line « why here » of a result: each reason and its points."""
    return _(" · ").join(
        _("%(reason)s (%(points)s)") % {"reason": _words_of(reason), "points": _points(reason)}
        for reason in reasons
        if round(reason.points) > 0
    )


def photo_files(found: Found) -> list[tuple[str, int]]:
    """Return the address and the width in pixels of each size of a photo, the smallest first."""
    if found.photo_id is None or found.photo_width_px is None:
        return []
    return [
        (default_storage.url(f"photos/{found.photo_id}-{width}.webp"), width)
        for width in pictures.kept_widths(found.photo_width_px)
    ]


def _points(reason: Reason) -> str:
    points = round(reason.points)
    return ngettext("%(points)d point", "%(points)d points", points) % {"points": points}


def _words_of(reason: Reason) -> str:
    if reason.words is not None:
        return {
            WordMatch.IN_TITLE: _("your words are in the title"),
            WordMatch.IN_TEXT: _("your words are in the description"),
            WordMatch.SAME_MEANING: _("a word of the same meaning"),
            WordMatch.NOT_ASKED: "",
        }[reason.words]
    if reason.distance_m is not None:
        return _("%(distance)s away") % {"distance": _distance(reason.distance_m)}
    days = reason.age_days or 0
    if days == 0:
        return _("published today")
    return ngettext("published %(days)d day ago", "published %(days)d days ago", days) % {
        "days": days
    }


def _distance(distance_m: int) -> str:
    if distance_m < 1000:
        return f"{distance_m // 100 * 100}\u00a0m"
    kilometres = f"{distance_m / 1000:.1f}".removesuffix(".0")
    return f"{kilometres.replace('.', ',') if language() == 'fr' else kilometres}\u00a0km"
