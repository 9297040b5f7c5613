"""What the statutes and the law say of meetings: quorum, majorities, proxies, days of notice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from essaim.commons.statutes.rules import law
from essaim.commons.statutes.rules.statutes import (
    SA,
    SARL,
    Abstention,
    Assembly,
    Form,
    Majority,
    MajorityBase,
    Quorum,
    QuorumBasis,
    Statutes,
)


@dataclass(frozen=True, slots=True)
class Present:
    """One college at a meeting: its associates, those lately active, those present or represented.

    Without colleges, the whole assembly is one of these.
    """

    associates_count: int
    present_count: int
    active_count: int = 0


def participation(statutes: Statutes, basis: QuorumBasis, rooms: Mapping[str, Present]) -> Fraction:
    """Return which part is there, from 0 to 1, by the basis of a quorum.

    Weighted by colleges, each college brings its weight times its own participation; the weight
    of a college without anybody is shared among the others, in proportion.

    Args:
        rooms: by college code; without colleges any single key.
    """
    if basis is QuorumBasis.COLLEGES:
        living = [college for college in statutes.colleges if rooms[college.code].associates_count]
        whole = sum((college.weight for college in living), Fraction())
        present = sum(
            (
                college.weight
                * Fraction(rooms[college.code].present_count, rooms[college.code].associates_count)
                for college in living
            ),
            Fraction(),
        )
        return present / whole if whole else Fraction()
    counted = [
        room.active_count if basis is QuorumBasis.ACTIVE else room.associates_count
        for room in rooms.values()
    ]
    there = sum(room.present_count for room in rooms.values())
    return min(Fraction(1), Fraction(there, sum(counted))) if sum(counted) else Fraction()


def quorum_needed(quorum: Quorum, *, convening: int) -> Fraction:
    """Return the part needed at the first (1) or a later convening; none said is none needed."""
    return (quorum.first if convening == 1 else quorum.second) or Fraction()


def is_carried(majority: Majority, *, yes: int, no: int, abstaining: int, entitled: int) -> bool:
    """Say whether votes of equal weight carry a motion; nobody voting carries nothing."""
    if majority.base is MajorityBase.ENTITLED:
        base = entitled
    else:
        base = yes + no + (abstaining if majority.abstentions is Abstention.AGAINST else 0)
    if base == 0:
        return False
    part = Fraction(yes, base)
    return part > majority.needed if majority.is_more_than else part >= majority.needed


def proxies_max(statutes: Statutes, *, associates_count: int, day: date) -> int:
    """Return how many votes an associate may carry besides their own.

    What the statutes say, else the law of Scop: one vote while associates are few, then a part of
    their number, rounded down.
    """
    said = statutes.proxies.extra_votes_max
    if said is not None:
        return said
    return lawful_proxies(associates_count=associates_count, day=day)


def lawful_proxies(*, associates_count: int, day: date) -> int:
    """Return the cap of the law of Scop, which others take as their default."""
    if associates_count < law.at(law.PROXY_FEW_ASSOCIATES, day):
        return int(law.at(law.PROXY_EXTRA_AMONG_FEW, day))
    return int(associates_count * law.at(law.PROXY_SHARE_MAX, day))


def lawful_notice(
    form: Form, assembly: Assembly, *, day: date, convening: int = 1
) -> law.Dated | None:
    """Return the days of notice the law wants, None where it leaves them to the statutes."""
    if form in SA:
        parameter = law.NOTICE_SA_FIRST if convening == 1 else law.NOTICE_SA_SECOND
    elif form in SARL and assembly is Assembly.EXTRAORDINARY:
        parameter = law.NOTICE_SARL_EXTRAORDINARY
    elif form in SARL:
        parameter = law.NOTICE_SARL_ORDINARY
    else:
        return None
    return law.dated_at(parameter, day)


def notice_days(
    statutes: Statutes, assembly: Assembly, *, day: date, convening: int = 1
) -> int | None:
    """Return the days between notice and meeting: the longer of statutes and law; None: unsaid."""
    said = {
        Assembly.ORDINARY: statutes.notice.ordinary_days,
        Assembly.EXTRAORDINARY: statutes.notice.extraordinary_days,
    }[assembly]
    if convening > 1 and statutes.notice.second_days is not None:
        said = statutes.notice.second_days
    lawful = lawful_notice(statutes.form, assembly, day=day, convening=convening)
    known = [days for days in (said, int(lawful.value) if lawful else None) if days is not None]
    return max(known, default=None)


def counts_for_notice(*, consented_on: date, meeting_day: date) -> bool:
    """Say whether a consent to electronic notices is old enough for a meeting."""
    ahead = int(law.at(law.ELECTRONIC_CONSENT_AHEAD, meeting_day))
    return consented_on <= meeting_day - timedelta(days=ahead)
