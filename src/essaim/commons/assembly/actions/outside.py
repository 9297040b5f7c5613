"""A vote held elsewhere, whose ballots come back already opened: counted and declared here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from essaim.commons.assembly import queries
from essaim.commons.assembly.actions.convening import lock
from essaim.commons.assembly.actions.deciding import (
    _counting,
    _options,
    _put_in_force,
    _voters,
    lock_vote,
)
from essaim.commons.assembly.actions.sitting import check_quorum
from essaim.commons.assembly.models import GeneralAssembly, Motion
from essaim.commons.assembly.rules import counting, elections
from essaim.commons.assembly.rules.elections import GRADE_MAX, PAPERS, Election, Method
from essaim.commons.assembly.rules.refusals import MajorityUnsaid, VoteUnderWay
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.commons.urn import actions as urn
from essaim.commons.urn import queries as urn_queries
from essaim.commons.urn.models import Poll
from essaim.core.members.models import Member


@transaction.atomic
def declare_from_outside(
    *,
    motion: Motion,
    choices: Mapping[str, Sequence[Any]],
    digest: str,
    by: Member,
    now: datetime,
) -> Motion:
    """Count the choices that another urn published, by the same rules, and declare the result.

    Args:
        choices: by college, each as our own papers write it.
        digest: SHA-256 of what was published there; it stands in the minutes.

    Raises:
        WrongStep: the assembly is not sitting. NoQuorum: too few are there.
        VoteUnderWay: the motion was put to the vote here already.
        MajorityUnsaid: the statutes do not say what is needed.
    """
    assembly = lock(motion.item.assembly, GeneralAssembly.State.SITTING)
    motion = lock_vote(motion)
    if motion.poll_id is not None:
        raise VoteUnderWay
    check_quorum(assembly)
    motion.poll = _kept_poll(motion, assembly, digest, now)
    motion.is_adopted, motion.outcome = _count(motion, motion.poll, assembly, choices)
    motion.declared_at = now
    motion.save(update_fields=["poll", "is_adopted", "outcome", "declared_at"])
    if motion.is_adopted:
        _put_in_force(assembly, motion, by, now)
    return motion


def _kept_poll(motion: Motion, assembly: GeneralAssembly, digest: str, now: datetime) -> Poll:
    """Write the question and its roll as they were; no ballot of it ever lies in our urn."""
    statutes, method, kind = queries.statutes_of(assembly), Method(motion.method), assembly.kind
    if method is Method.MOTION and Kind(kind) not in statutes.majorities:
        raise MajorityUnsaid
    poll = urn.prepare_poll(
        question=motion.item.title,
        paper_kind=PAPERS[method],
        options=_options(motion),
        grade_max=GRADE_MAX if method is Method.MAJORITY_JUDGMENT else 0,
        counting=_counting(motion, statutes, Kind(kind)),
        colleges=[
            {"code": one.code, "label": one.label, "weight": str(one.weight)}
            for one in statutes.colleges
        ],
        secrecy=Poll.Secrecy.OUTSIDE,
        voters=_voters(assembly),
    )
    return urn.keep_outside_result(poll=poll, digest=digest, now=now)


def _count(
    motion: Motion,
    poll: Poll,
    assembly: GeneralAssembly,
    choices: Mapping[str, Sequence[Any]],
) -> tuple[bool, dict[str, Any]]:
    statutes = queries.statutes_of(assembly)
    pairs = [(college, choice) for college, said in choices.items() for choice in said]
    entitled = {code: sizes[1] for code, sizes in urn_queries.turnout(poll).items()}
    turnout = {code: [len(choices.get(code, ())), count] for code, count in entitled.items()}
    if motion.method == Method.MOTION:
        majority = statutes.majorities[Kind(assembly.kind)]
        decision = counting.decided(statutes, majority, counting.gathered(pairs, entitled))
        return decision.is_adopted, {**decision.outcome, "turnout": turnout}
    election = Election(
        method=Method(motion.method),
        options=tuple(option["code"] for option in motion.options),
        seats_count=motion.seats_count,
        seed=poll.digest,
    )
    weights = {college.code: college.weight for college in statutes.colleges}
    is_filled, outcome = elections.decided(election, pairs, weights)
    return is_filled, {**outcome, "turnout": turnout}
