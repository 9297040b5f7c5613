"""Reading forms: which motions they carry, where each of them stands."""

from typing import TYPE_CHECKING

from essaim.commons.assembly.models import GeneralAssembly, Motion
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.postal.models import Form

if TYPE_CHECKING:
    from django.db.models import QuerySet


def motions_by_post(assembly: GeneralAssembly) -> list[Motion]:
    """The motions that a form carries: for or against, and voted by name (1 query).

    A form has a name on it: it carries no secret vote.
    """
    rows = Motion.objects.filter(
        item__assembly=assembly, method=Method.MOTION.value, is_secret=False
    )
    return list(rows.select_related("item").order_by("item__position"))


def forms_of(assembly: GeneralAssembly) -> "QuerySet[Form]":
    """The forms of an assembly by number, their associates loaded; lazy."""
    rows = Form.objects.filter(assembly=assembly)
    return rows.select_related("associate__member", "associate__organisation").order_by("number")
