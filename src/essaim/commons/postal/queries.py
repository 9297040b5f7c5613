"""Reading forms: which votes they carry, where each of them stands."""

from typing import TYPE_CHECKING

from essaim.commons.assembly.models import GeneralAssembly, Motion
from essaim.commons.assembly.rules.elections import GRADE_MAX, PAPERS, Method
from essaim.commons.postal.models import Form
from essaim.commons.postal.rules import Sheet
from essaim.commons.urn.rules.choices import Paper

if TYPE_CHECKING:
    from django.db.models import QuerySet


def votes_by_post(assembly: GeneralAssembly) -> list[Motion]:
    """The motions and elections that a form carries: those voted by name (1 query).

    A form has a name on it: it carries no secret vote.
    """
    return _votes(assembly, is_secret=False)


def secret_votes(assembly: GeneralAssembly) -> list[Motion]:
    """The motions and elections that no form carries, since they are secret (1 query)."""
    return _votes(assembly, is_secret=True)


def _votes(assembly: GeneralAssembly, *, is_secret: bool) -> list[Motion]:
    rows = Motion.objects.filter(item__assembly=assembly, is_secret=is_secret)
    return list(rows.select_related("item").order_by("item__position"))


def sheet_of(motion: Motion) -> Sheet:
    """What a form asks about a motion or an election (0 queries)."""
    method = Method(motion.method)
    codes = tuple(option["code"] for option in motion.options)
    grade_max = GRADE_MAX if method is Method.MAJORITY_JUDGMENT else 0
    return Sheet(motion.item.position, Paper(PAPERS[method], codes, grade_max))


def forms_of(assembly: GeneralAssembly) -> "QuerySet[Form]":
    """The forms of an assembly by number, their associates loaded; lazy."""
    rows = Form.objects.filter(assembly=assembly)
    return rows.select_related("associate__member", "associate__organisation").order_by("number")
