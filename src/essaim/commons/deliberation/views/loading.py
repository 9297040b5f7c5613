"""Finding what a page is about, for associates and the board: to others it does not exist."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest

from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Associate, Register
from essaim.commons.cooperative.views.loading import first, member_of
from essaim.commons.deliberation import policies, queries
from essaim.commons.deliberation.models import Comment, Proposal, Round, Statement
from essaim.commons.deliberation.rules.refusals import NotAnAssociate
from essaim.core.members.models import Member
from essaim.core.members.policies import may_sit_on_board

__all__ = [
    "Here",
    "comment_of",
    "first",
    "here",
    "identifier",
    "member_of",
    "on_board",
    "own_proposal",
    "proposal_of",
    "reader",
    "round_of",
    "statement_of",
    "voice_of",
]


@dataclass(frozen=True, slots=True)
class Here:
    """Who reads the page, in which cooperative, and the associates they speak for."""

    member: Member
    register: Register
    voices: list[Associate]
    is_board: bool


def reader(request: HttpRequest) -> Here | None:
    """Who takes part, or watches as a board; None for others (1 to 3 queries)."""
    member, found = member_of(request), cooperative_queries.the_register()
    if found is None:
        return None
    voices = queries.voices_of(found, member)
    is_board = may_sit_on_board(member)
    if not policies.may_deliberate(voices, is_board=is_board):
        return None
    return Here(member, found, voices, is_board)


def here(request: HttpRequest) -> Here:
    """The same, and to others there is nothing here (1 to 3 queries)."""
    found = reader(request)
    if found is None:
        raise Http404
    return found


def on_board(request: HttpRequest) -> Here:
    """The board, who answers for the agenda (3 queries)."""
    found = here(request)
    if not found.is_board:
        raise Http404
    return found


def proposal_of(found: Here, proposal_id: UUID) -> Proposal:
    """A proposal of this cooperative (1 query)."""
    return first(queries.the_proposal(proposal_id).filter(register=found.register))


def own_proposal(request: HttpRequest, proposal_id: UUID) -> tuple[Here, Proposal]:
    """A proposal, for its author (5 queries)."""
    found = here(request)
    proposal = proposal_of(found, proposal_id)
    if not policies.may_write_proposal(found.member, proposal):
        raise Http404
    return found, proposal


def comment_of(found: Here, comment_id: UUID) -> Comment:
    """A message about a proposal of this cooperative (2 queries)."""
    rows = queries.the_comment(comment_id)
    return first(rows.filter(proposal__register=found.register))


def round_of(found: Here, round_id: UUID) -> Round:
    """A round of this cooperative: who was asked what is no secret among associates (1 query)."""
    return first(queries.rounds(found.register).filter(public_id=round_id))


def statement_of(found: Here, round_id: UUID, number: int) -> Statement:
    """What an associate says in a round (1 query)."""
    rows = Statement.objects.filter(
        round__public_id=round_id, round__register=found.register, associate__number=number,
        replaced_at=None,
    )  # fmt: skip
    return first(
        rows.select_related("round__register", "associate__member", "associate__organisation")
    )


def identifier(text: str) -> UUID:
    """Read an identifier that came with an address or a form; nothing has another shape."""
    try:
        return UUID(text)
    except ValueError as problem:
        raise Http404 from problem


def voice_of(request: HttpRequest, found: Here) -> Associate:
    """The associate in whose name something is sent: the one said, else the first.

    Raises:
        NotAnAssociate: the member is none, nor acts for the one said.
    """
    said = request.POST.get("number", "")
    for voice in found.voices:
        if not said or str(voice.number) == said:
            return voice
    raise NotAnAssociate
