"""Putting ways to share a surplus to the vote, and doing what the assembly chose, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from essaim.commons.assembly import actions as assemblies
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.sharing import queries, wording
from essaim.commons.sharing.actions import books
from essaim.commons.sharing.actions.letters import write_letters
from essaim.commons.sharing.actions.years import lock
from essaim.commons.sharing.models import Allotment, Variant, VariantMotion, Year
from essaim.commons.sharing.rules.findings import findings
from essaim.commons.sharing.rules.plain import (
    plain_sharing,
    plain_wish,
    read_books,
    read_sharing,
    read_wish,
)
from essaim.commons.sharing.rules.refusals import (
    AlreadyPutToTheVote,
    AnotherOneCarried,
    ComputationChanged,
    NobodyToShareWith,
    NotCarried,
    NothingToShare,
    VariantUnlawful,
    YearAlreadyShared,
    YearNotClosed,
)
from essaim.commons.sharing.rules.surplus import TO_PEOPLE, Sharing, Use, Wish, share_out
from essaim.commons.statutes.rules.findings import Severity
from essaim.commons.statutes.rules.statutes import Statutes
from essaim.core.members.models import Member
from essaim.kernel.money import split_cents
from essaim.web.environment import euros

BATCH = 5000
Weights = Mapping[int, int | Fraction]
"""What counts for each member, by their key: wages, hours, what they paid."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Among whom the part of the work and the refunds are cut, in proportion."""

    workers: Weights
    users: Weights


NOBODY = Claims({}, {})


@transaction.atomic
def propose_variant(
    *, year: Year, title: str, wish: Wish, assembly_date: date, by: Member, now: datetime
) -> Variant:
    """Keep a way to share a closed year with its whole computation, to be put to the vote.

    Raises:
        YearNotClosed, NothingToShare, YearAlreadyShared: the year is not at that point.
        VariantUnlawful: the wish breaks the law or the statutes; `details` has the count.
        InterestCapUnknown, InterestHasNoCap: interest is asked and its cap is not known.
    """
    year = lock(year)
    _check_ready(year)
    facts, statutes = read_books(year.books or {}).facts(), _statutes(year, assembly_date)
    blocking = [
        one
        for one in findings(facts, statutes, wish, assembly_date)
        if one.severity is Severity.BLOCK
    ]
    if blocking:
        raise VariantUnlawful(count=len(blocking))
    sharing = share_out(facts, statutes, wish, assembly_date)
    return Variant.objects.create(
        year=year,
        title=title[:160],
        assembly_date=assembly_date,
        wish=plain_wish(wish),
        computation=plain_sharing(sharing),
        people_cents=sharing.cents(*TO_PEOPLE),
        proposed_at=now,
        proposed_by=by,
    )


@transaction.atomic
def put_to_the_vote(
    *, variant: Variant, assembly: GeneralAssembly, by: Member, now: datetime
) -> VariantMotion:
    """Write a proposal as a motion, yes or no, on the agenda of an assembly being prepared.

    Several proposals make several motions, voted in the order of the agenda: the first one that is
    carried is the decision. The motion says every line of the computation.

    Raises:
        YearNotClosed, NothingToShare, YearAlreadyShared: the year is not at that point.
        AlreadyPutToTheVote: it is on an agenda that was not voted on yet.
        ComputationChanged: the law or the statutes of the day of the assembly give other cents.
        WrongStep: the notice of this assembly was sent.
    """
    year = lock(variant.year)
    _check_ready(year)
    waiting = queries.waiting_motion(variant)
    if waiting is not None:
        raise AlreadyPutToTheVote(title=waiting.item.assembly.title)
    sharing = _recomputed(variant, year, timezone.localdate(assembly.meets_at))
    lines = [_("{name} earned {amount} in {year}.").format(
        name=year.register.organisation.name, year=year.civil_year,
        amount=euros(sharing.facts.result_cents),
    )]  # fmt: skip
    lines += [f"{row.sentence} {row.amount}" for row in wording.rows(sharing)]
    motion = assemblies.propose_motion(
        assembly=assembly, text="\n".join(lines),
        title=_("Share the surplus of {year}: {title}").format(
            year=year.civil_year, title=variant.title
        ),
    )  # fmt: skip
    return VariantMotion.objects.create(variant=variant, motion=motion, put_at=now, put_by=by)


@transaction.atomic
def adopt_variant(*, variant: Variant, now: datetime, claims: Claims = NOBODY) -> Variant:
    """Do what the assembly chose: one balanced transfer, what each is owed, a letter to each.

    Adopted again, nothing changes and nothing is written.

    Raises:
        YearAlreadyShared: another variant came first.
        NotCarried: no assembly carried it, or the minutes are not written.
        AnotherOneCarried: the assembly did, after another one.
        ComputationChanged: the law or the statutes of the day of the assembly give other cents.
        NobodyToShareWith: a part goes to workers or users and `claims` names none.
    """
    year = lock(variant.year)
    variant = Variant.objects.get(pk=variant.pk)
    if variant.adopted_at is not None:
        return variant
    _check_ready(year)
    vote = _decision(variant, year)
    assembly = vote.motion.item.assembly
    sharing = _recomputed(variant, year, timezone.localdate(assembly.meets_at))
    allotments = _allotments(variant, sharing, claims)
    Allotment.objects.bulk_create(allotments, batch_size=BATCH)
    variant.transfer_id = _post(year, sharing, now)
    variant.adopted_at, variant.carried_by = now, vote
    variant.decision = wording.decision(vote.motion)[:200]
    variant.save(update_fields=["transfer", "adopted_at", "decision", "carried_by"])
    write_letters(variant=variant, sharing=sharing, allotments=allotments, year=year, now=now)
    return variant


def _decision(variant: Variant, year: Year) -> VariantMotion:
    """Return the vote that chose this variant: the first carried of the last assembly."""
    vote = queries.decision(year)
    if vote is None:
        raise NotCarried
    if vote.variant_id != variant.pk:
        if queries.is_carried(variant):
            raise AnotherOneCarried(title=vote.variant.title)
        raise NotCarried
    return vote


def _recomputed(variant: Variant, year: Year, day: date) -> Sharing:
    """Return the computation, that of the law and the statutes of this day too."""
    sharing = read_sharing(variant.computation)
    facts = read_books(year.books or {}).facts()
    if share_out(facts, _statutes(year, day), read_wish(variant.wish), day) != sharing:
        raise ComputationChanged
    return sharing


def _check_ready(year: Year) -> None:
    if year.closed_at is None:
        raise YearNotClosed(civil_year=year.civil_year)
    if read_books(year.books or {}).result_cents <= 0:
        raise NothingToShare(civil_year=year.civil_year)
    adopted = Variant.objects.filter(year=year, adopted_at__isnull=False).order_by().first()
    if adopted is not None:
        raise YearAlreadyShared(civil_year=year.civil_year, decision=adopted.decision)


def _statutes(year: Year, day: date) -> Statutes:
    noon = timezone.make_aware(datetime.combine(day, time(12)))
    return cooperative_queries.statutes_at(year.register, noon)


def _allotments(variant: Variant, sharing: Sharing, claims: Claims) -> list[Allotment]:
    year = variant.year
    held = queries.share_days(year.register_id, year.civil_year)
    return [
        *(
            Allotment(variant=variant, use=Use.INTEREST.value, associate_id=who, cents=cents)
            for who, cents in _cut(sharing.cents(Use.INTEREST), held)
        ),
        *(
            Allotment(variant=variant, use=use.value, member_id=who, cents=cents)
            for use, weights in ((Use.WORKERS, claims.workers), (Use.REFUND, claims.users))
            for who, cents in _cut(sharing.cents(use), weights)
        ),
    ]


def _cut(cents: int, weights: Weights) -> list[tuple[int, int]]:
    """Cut an amount by largest remainder; whoever gets no cent is left out."""
    if not cents:
        return []
    if not any(weights.values()):
        raise NobodyToShareWith(cents=cents)
    parts = split_cents(cents, list(weights.values()))
    return [(who, part) for who, part in zip(weights, parts, strict=True) if part]


def _post(year: Year, sharing: Sharing, now: datetime) -> UUID:
    legal_cents = sharing.cents(Use.LEGAL_RESERVE)
    return books.move(
        year.register.organisation,
        {
            "result": -max(0, sharing.facts.result_cents),
            "losses-carried": sharing.cents(Use.LOSSES),
            "legal-reserve": legal_cents,
            "statutory-reserve": sharing.reserves_cents - legal_cents,
            "workers": sharing.cents(Use.WORKERS),
            "interest": sharing.cents(Use.INTEREST),
            "refunds": sharing.cents(Use.REFUND),
        },
        # By year and not by variant: a year is never shared twice.
        key=f"surplus:{year.public_id}", kind="surplus-shared", reference=year.public_id,
        memo=str(year.civil_year), now=now,
    )  # fmt: skip
