"""What a paper form says: how each vote is filled in, what may stand on a line, why one is void."""

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.assembly import wording
from essaim.commons.assembly.models import Motion
from essaim.commons.assembly.rules.elections import PAPERS, Method
from essaim.commons.postal.models import Form
from essaim.commons.postal.queries import sheet_of
from essaim.commons.postal.rules import TICKED, UNCLEAR, Sheet
from essaim.commons.urn.models import Poll
from essaim.commons.urn.rules.choices import BLANK, PaperKind
from essaim.kernel.errors import N_

HOW = {
    PaperKind.MOTION: N_("One cross. Without a cross it is a blank ballot."),
    PaperKind.APPROVAL: N_(
        "A cross beside each name you approve of, as many as you want. No cross at all is a blank"
        " ballot."
    ),
    PaperKind.RANKING: N_(
        "1 beside your first choice, then 2 and so on; two names may have the same number. A name"
        " without a number comes last; no number at all is a blank ballot."
    ),
    PaperKind.GRADES: N_(
        "One cross for each name. A name without a cross counts as to be rejected; no cross at all"
        " is a blank ballot."
    ),
}
NOTHING = {
    PaperKind.MOTION: N_("No cross"),
    PaperKind.APPROVAL: N_("No cross"),
    PaperKind.RANKING: N_("No number"),
    PaperKind.GRADES: N_("No cross"),
}
ILLEGIBLE = {
    PaperKind.MOTION: N_("Several crosses, or illegible"),
    PaperKind.APPROVAL: N_("Illegible"),
    PaperKind.RANKING: N_("Several numbers, another number, or illegible"),
    PaperKind.GRADES: N_("Several crosses, or illegible"),
}
VOID = {
    PaperKind.MOTION: N_("Void: several crosses, or none that can be read."),
    PaperKind.APPROVAL: N_("Void: what stands beside {names} cannot be read."),
    PaperKind.RANKING: N_("Void: no certain place for {names}."),
    PaperKind.GRADES: N_("Void: several mentions for {names}, or none that can be read."),
}


def title(motion: Motion) -> str:
    return f"{motion.item.position}. {motion.item.title}"


def names_of(motion: Motion) -> list[tuple[str, str]]:
    """Each line that a form has under a point, with the name it is about; a motion has its own."""
    lines = sheet_of(motion).lines
    if motion.method == Method.MOTION:
        return [(lines[0], title(motion))]
    return [(line, option["label"]) for line, option in zip(lines, motion.options, strict=True)]


def method_of(motion: Motion) -> str:
    """How an election is counted, and how many seats it fills."""
    seats = ngettext("%(num)s seat", "%(num)s seats", motion.seats_count)
    return f"{_(wording.METHODS[Method(motion.method)])}, {seats % {'num': motion.seats_count}}"


def marks_of(sheet: Sheet) -> list[tuple[str, str]]:
    """What may stand on a line, as whoever reads a form chooses it."""
    kind = sheet.paper.kind
    told = {BLANK: _(NOTHING[kind]), UNCLEAR: _(ILLEGIBLE[kind]), TICKED: _("A cross")}
    if kind is PaperKind.MOTION:
        told = {code: _(label) for code, label in wording.CHOICES.items()} | told
    if kind is PaperKind.GRADES:
        told |= {str(grade): _(label) for grade, label in enumerate(wording.GRADES)}
    return [(mark, told.get(mark, mark)) for mark in sheet.marks]


def read_on(form: Form, votes: list[Motion]) -> list[tuple[str, str]]:
    """What both readers read on a form, by title: the choice, or why this vote is void."""
    return [
        (title(one), void_of(form, one) or _choice(one, form.choices[str(one.item.position)]))
        for one in votes
        if str(one.item.position) in form.choices
    ]


def void_of(form: Form, motion: Motion) -> str:
    """Why a vote is void on a form; nothing when it is not."""
    unclear = form.spoilt.get(str(motion.item.position))
    if not unclear:
        return ""
    names = ", ".join(label for line, label in names_of(motion) if line in unclear)
    return _(VOID[PAPERS[Method(motion.method)]]).format(names=names)


def _choice(motion: Motion, choice: Any) -> str:
    paper = Poll(paper_kind=PAPERS[Method(motion.method)], options=motion.options)
    return wording.choice_words(paper, json.dumps(choice))
