"""Who takes part in deliberations, and who answers for their course."""

from collections.abc import Sequence

from essaim.commons.cooperative.models import Associate
from essaim.commons.deliberation.models import Comment, Proposal, Round
from essaim.commons.deliberation.queries import voices_of
from essaim.core.members.models import Member


def may_deliberate(voices: Sequence[Associate], *, is_board: bool) -> bool:
    """Whoever is, or acts for, an associate of today, and the board (0 queries)."""
    return bool(voices) or is_board


def may_write_proposal(member: Member, proposal: Proposal) -> bool:
    """Its author, or who manages the organisation that is its author (1 query)."""
    return proposal.author_id in {one.pk for one in voices_of(proposal.register, member)}


def may_change_comment(member: Member, comment: Comment) -> bool:
    """Whoever wrote it, while it is not masked (0 queries)."""
    return comment.written_by_id == member.pk and not comment.is_masked


def may_lead_round(member: Member, asking: Round, voices: Sequence[Associate]) -> bool:
    """Who leads it, and whose decision it is (0 queries)."""
    return asking.facilitator_id == member.pk or asking.author_id in {one.pk for one in voices}
