"""What is printed: the form for voting by post, the agenda with its motions; in large print too."""

from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from essaim.commons.assembly import queries as assembly_queries
from essaim.commons.assembly import wording
from essaim.commons.assembly.models import GeneralAssembly, Motion
from essaim.commons.assembly.rules.amending import paragraphs
from essaim.commons.assembly.rules.elections import PAPERS, Method
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.postal.models import Form
from essaim.commons.postal.queries import secret_votes, votes_by_post
from essaim.commons.postal.wording import HOW, method_of, title
from essaim.commons.urn.rules.choices import MOTION_CHOICES, PaperKind
from essaim.core.documents.rendering import typeset
from essaim.web.environment import moment

FOLDER = Path(__file__).parent / "typst"


def form_pdf(form: Form, *, is_large: bool) -> bytes:
    """The form of an associate, ready to be filled in and signed (2 queries)."""
    assembly = form.assembly
    until = moment(assembly.meets_at)
    votes = votes_by_post(assembly)
    has_motions = any(one.method == Method.MOTION for one in votes)
    data = _head(assembly, is_large=is_large) | {
        "kind": _("Form for voting by post"),
        "number": _("Form No. {number}").format(number=form.number),
        "voter": _("{name}, associate No. {number}").format(
            name=holder_name(form.associate), number=form.associate.number
        ),
        "lead": _(
            "Do as each point says. What cannot be read makes the vote on that point void, and no"
            " other."
        ),
        "points": [_asked(one) for one in votes],
        "choices": [_(wording.CHOICES[code]) for code in MOTION_CHOICES],
        "mentions": [_(grade) for grade in reversed(wording.GRADES)],
        "amended": _("If the text of a motion is amended in session:") if has_motions else "",
        "amended_choices": [_("I abstain"), _("my choice holds")],
        "notes": [
            _("To be received before the meeting opens: {moment}.").format(moment=until),
            _("Two people read this form, each alone; your choices are kept under your name."),
            *_left_out(assembly),
            _("If you come after all, you vote in person and this form falls."),
        ],
        "signature": _("Day and signature"),
    }
    return typeset(FOLDER / "paper.typ", data, issued_at=form.printed_at)


def agenda_pdf(assembly: GeneralAssembly, *, is_large: bool) -> bytes:
    """The agenda and the text of the motions, as everybody may read them (4 queries)."""
    agenda = assembly_queries.agenda(assembly)
    at = assembly.record_at or assembly.meets_at
    changes = wording.changes_of(agenda, at=at)
    points = []
    for item in agenda:
        motion = getattr(item, "motion", None)
        point = _point(item.position, item.title, motion.final_text if motion else item.text)
        if motion is not None:
            point["lines"] += [f"– {option['label']}" for option in motion.options]
            point["lines"] += [
                _("{title}: {today} today, {proposed} proposed").format(
                    title=one.title, today=one.today, proposed=one.proposed
                )
                for one in changes[motion.pk]
            ]
            point["tag"] = _("Secret ballot") if motion.is_secret else _("Named ballot")
            if motion.method != Method.MOTION:
                point["tag"] += f" – {method_of(motion)}"
        points.append(point)
    data = _head(assembly, is_large=is_large) | {
        "kind": _("Agenda"), "number": "", "voter": "", "lead": "", "points": points,
        "choices": [], "mentions": [], "amended": "", "amended_choices": [], "notes": [],
        "signature": "",
    }  # fmt: skip
    return typeset(FOLDER / "paper.typ", data, issued_at=at)


def _head(assembly: GeneralAssembly, *, is_large: bool) -> dict[str, Any]:
    return {
        "language": get_language() or "fr",
        "is_large": is_large,
        "cooperative": assembly.register.organisation.name,
        "title": assembly.title,
        "when": moment(assembly.meets_at),
        "place": assembly.place,
        "page_of": _("Page {number} of {count}"),
    }


def _point(position: int, title: str, text: str) -> dict[str, Any]:
    return {
        "title": f"{position}. {title}", "lines": paragraphs(text), "tag": "",
        "how": "", "paper": "", "names": [],
    }  # fmt: skip


def _asked(motion: Motion) -> dict[str, Any]:
    """A point to be filled in: crosses for a motion, a line for each name of an election."""
    kind = PAPERS[Method(motion.method)]
    return _point(motion.item.position, motion.item.title, motion.text) | {
        "tag": "" if kind is PaperKind.MOTION else method_of(motion),
        "how": _(HOW[kind]),
        "paper": kind.value,
        "names": [option["label"] for option in motion.options],
    }


def _left_out(assembly: GeneralAssembly) -> list[str]:
    """Say which votes are not on the form, since it carries a name."""
    titles = [title(motion) for motion in secret_votes(assembly)]
    if not titles:
        return []
    told = _("Secret, and so not on this form: {titles}. Come, or give your vote to somebody.")
    return [told.format(titles=", ".join(titles))]
