"""The minutes on paper: every text of the PDF, written out; the template only places them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from essaim.commons.assembly.models import Minutes
from essaim.commons.minutes import wording
from essaim.commons.minutes.queries import Line
from essaim.commons.minutes.rules.signing import Means, Role
from essaim.core.documents.rendering import typeset
from essaim.kernel.errors import N_

TEMPLATE = Path(__file__).parent / "typst" / "minutes.typ"
ROLES = {
    Role.CHAIR: N_("Chair"),
    Role.SECRETARY: N_("Secretary"),
    Role.SCRUTINEER: N_("Scrutineer"),
}
MEANS = {
    Means.REAUTHENTICATED: N_("signed on line, password or second factor given again"),
    Means.TYPED: N_("signed on line, digest copied"),
    Means.PAPER: N_("signed on paper, scan kept"),
}


def printed(minutes: Minutes, lines: Iterable[Line], *, is_large: bool = False) -> bytes:
    """Return the PDF/A of these minutes and of their signatures so far; the same give the same.

    Args:
        is_large: letters of 18 points instead of 10, for those who see badly.
    """
    lines = list(lines)
    given = [line.signature.signed_at for line in lines if line.signature is not None]
    with override(settings.LANGUAGE_CODE):
        texts = sheet(minutes, lines)
    dated = max([minutes.issued_at, *given])
    return typeset(TEMPLATE, {**texts, "is_large": is_large}, issued_at=dated)


def sheet(minutes: Minutes, lines: Iterable[Line]) -> dict[str, Any]:
    """Return all texts of the paper, in the language in force."""
    content = minutes.content
    return {
        "language": settings.LANGUAGE_CODE,
        "title": _("Minutes No. {number}").format(number=minutes.number),
        "subject": content["title"],
        "kind": wording.kind(content),
        "cooperative": content["cooperative"],
        "initial": content["cooperative"][:1].upper(),
        "lines": wording.heading(content),
        "facts": wording.facts(content),
        "presence_title": _("Who was there"),
        "presence": [
            {**college, "label": _people(college["label"], college["count"])}
            for college in wording.presence(content)
        ],
        "quorum_title": _("Quorum at the opening"),
        "quorum": wording.quorum(content.get("quorum", {})),
        "quorum_columns": ["", _("Have a vote"), _("Came"), _("Represented")],
        "quorum_rows": wording.quorum_rows(content),
        "proxies_title": _("Proxies"),
        "proxies": wording.proxies(content),
        "points_title": _("What was said and decided"),
        "points": wording.points(content),
        "noticed_title": _("Text of the notice:"),
        "before_title": _("Before:"),
        "after_title": _("After:"),
        "files_title": _("Documents:"),
        "questions_title": _("Questions in writing"),
        "answer_title": _("Answer of the board"),
        "questions": wording.questions(content),
        "not_voted": _("Not put to the vote."),
        "changes_title": _("Rules changed if adopted"),
        "from": _("from {day}"),
        "turnout_columns": ["", _("Voted"), _("Have a vote")],
        "scrutineers_title": _("Scrutineers, who opened the urn:"),
        "ballots_title": _("SHA-256 of the published list of ballots:"),
        "named_title": _("Who voted what"),
        "signatures_title": _("Signatures"),
        "signatures": [signature_told(line) for line in lines],
        "to_sign": _("To be signed"),
        "digest_title": _("SHA-256 of these minutes:"),
        "digest": minutes.digest,
        "issued": _("Issued {moment} by {name}; never rewritten since.").format(
            moment=wording.when(minutes.issued_at), name=minutes.issued_by.display_name
        ),
        "page_of": _("Page {number} of {count}"),
    }


def signature_told(line: Line) -> dict[str, Any]:
    """A line at the foot: the quality, the name, how and when it was signed."""
    said = ""
    if line.signature is not None:
        said = _("{means}, {moment}, on the digest {digest}…").format(
            means=_(MEANS[Means(line.signature.means)]),
            moment=wording.when(line.signature.signed_at),
            digest=line.signature.digest[:8],
        )
    return {"role": _(ROLES[line.role]), "name": line.name, "said": said}


def _people(label: str, count: int) -> str:
    people = ngettext("{count} person", "{count} people", count).format(count=count)
    return _("{label}: {people}").format(label=label, people=people)
