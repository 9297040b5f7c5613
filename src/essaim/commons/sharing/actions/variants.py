"""Putting ways to share a surplus to the vote, and doing what the assembly chose, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.sharing import queries
from essaim.commons.sharing.actions import books
from essaim.commons.sharing.actions.letters import write_letters
from essaim.commons.sharing.actions.years import lock
from essaim.commons.sharing.models import Allotment, Variant, Year
from essaim.commons.sharing.rules.findings import findings
from essaim.commons.sharing.rules.plain import (
    plain_sharing,
    plain_wish,
    read_books,
    read_sharing,
    read_wish,
)
from essaim.commons.sharing.rules.refusals import (
    ComputationChanged,
    NobodyToShareWith,
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
def adopt_variant(
    *,
    variant: Variant,
    decision: str,
    decided_on: date,
    now: datetime,
    claims: Claims = NOBODY,
) -> Variant:
    """Do what the assembly chose: one balanced transfer, what each is owed, a letter to each.

    The same decision twice is one: the second call changes and writes nothing.

    Args:
        decision: as members will read it, with its assembly.

    Raises:
        YearAlreadyShared: another variant or another decision came first.
        ComputationChanged: the law or the statutes of that day give other cents.
        NobodyToShareWith: a part goes to workers or users and `claims` names none.
    """
    year = lock(variant.year)
    variant = Variant.objects.get(pk=variant.pk)
    if variant.adopted_at is not None and variant.decision == decision[:200]:
        return variant
    _check_ready(year)
    sharing = read_sharing(variant.computation)
    facts = read_books(year.books or {}).facts()
    wish, statutes = read_wish(variant.wish), _statutes(year, decided_on)
    if share_out(facts, statutes, wish, decided_on) != sharing:
        raise ComputationChanged
    allotments = _allotments(variant, sharing, claims)
    Allotment.objects.bulk_create(allotments, batch_size=BATCH)
    variant.transfer_id = _post(year, sharing, now)
    variant.adopted_at, variant.decision = now, decision[:200]
    variant.save(update_fields=["transfer", "adopted_at", "decision"])
    write_letters(variant=variant, sharing=sharing, allotments=allotments, year=year, now=now)
    return variant


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
