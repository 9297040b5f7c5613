"""A vote that comes to nothing: it is annulled, said so, and may be held again."""

from datetime import datetime

from django.db import transaction

from essaim.commons.assembly import news
from essaim.commons.assembly.actions.convening import lock
from essaim.commons.assembly.actions.deciding import One, lock_vote, question_of
from essaim.commons.assembly.models import AnnulledVote, GeneralAssembly
from essaim.commons.assembly.rules.refusals import NoVoteToAnnul
from essaim.commons.urn import actions as urn
from essaim.core.members.models import Member


@transaction.atomic
def annul_vote(*, motion: One, reason: str, by: Member, now: datetime) -> AnnulledVote:
    """Annul a vote that was not declared: keys were lost, or the question was not the right one.

    Nothing of it is counted; the minutes say why, and the motion may be put to the vote again.

    Raises:
        WrongStep: the assembly is not sitting.
        NoVoteToAnnul: it was not put to the vote, or its result is declared.
        PollCounted: the ballots are known, the result is declared as it is.
    """
    assembly = lock(motion.item.assembly, GeneralAssembly.State.SITTING)
    motion = lock_vote(motion)
    if motion.poll is None or motion.declared_at is not None:
        raise NoVoteToAnnul
    annulled = AnnulledVote.objects.create(
        item=motion.item, question=question_of(motion), reason=reason, annulled_at=now,
        annulled_by=by, poll=urn.annul_poll(poll=motion.poll, now=now),
    )  # fmt: skip
    motion.poll = None
    motion.save(update_fields=["poll"])
    news.tell(assembly.pk)
    return annulled
