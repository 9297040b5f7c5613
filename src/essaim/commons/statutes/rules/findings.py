"""What is unlawful or missing in statutes, and why: the validator that explains itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from essaim.commons.statutes.rules import law
from essaim.commons.statutes.rules.assemblies import lawful_notice
from essaim.commons.statutes.rules.statutes import (
    SCIC,
    SCOP,
    Assembly,
    Form,
    QuorumBasis,
    Role,
    Statutes,
)
from essaim.kernel.errors import N_


class Severity(StrEnum):
    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about the statutes; `source` is the text of law that says so, or ""."""

    severity: Severity
    code: str
    sentence: str
    source: str = ""
    details: dict[str, object] = field(default_factory=dict)


def findings(statutes: Statutes, day: date) -> list[Finding]:
    """Return what is wrong or left unsaid in statutes on a day, what blocks first."""
    found = [
        finding
        for check in (
            _categories, _colleges, _weights, _capital, _quorums, _proxies, _notices, _reserves,
            _interest, _leaving, _silences,
        )
        for finding in check(statutes, day)
    ]  # fmt: skip
    return sorted(found, key=lambda finding: finding.severity is Severity.WARN)


def composition(
    statutes: Statutes,
    *,
    associates_by_category: Mapping[str, int],
    shares_by_category: Mapping[str, int],
    day: date,
) -> list[Finding]:
    """Return what is wrong with the associates there are: a necessary category that empties."""
    found = []
    for roles in _necessary(statutes):
        living = sum(
            associates_by_category.get(category.code, 0)
            for category in statutes.categories
            if category.role in roles
        )
        if not living:
            found.append(
                _block(
                    "category-empty",
                    N_("Nobody is left in a category the law requires: {label}."),
                    _source(law.CATEGORIES_MIN, day),
                    label=_labels(statutes, roles),
                )
            )
    authorities = sum(
        shares
        for code, shares in shares_by_category.items()
        if statutes.category(code).role is Role.AUTHORITY
    )
    if statutes.form in SCIC and authorities > authorities_ceiling(statutes, day) * sum(
        shares_by_category.values()
    ):
        found.append(
            _block(
                "authorities-above-ceiling",
                N_("Local authorities own more of the capital than the law allows."),
                _source(law.AUTHORITIES_CAPITAL_MAX, day),
            )
        )
    return found


def authorities_ceiling(statutes: Statutes, day: date) -> Fraction:
    """Return the part of the capital local authorities may own: the statutes' if it is lower."""
    lawful = law.at(law.AUTHORITIES_CAPITAL_MAX, day)
    chosen = statutes.capital.authorities_max
    return lawful if chosen is None else min(lawful, chosen)


def _necessary(statutes: Statutes) -> list[frozenset[Role]]:
    if statutes.form in SCOP:
        return [frozenset({Role.EMPLOYEE})]
    if statutes.form not in SCIC:
        return []
    workers = Role.EMPLOYEE if statutes.has_employees else Role.PRODUCER
    return [frozenset({Role.BENEFICIARY}), frozenset({workers})]


def _labels(statutes: Statutes, roles: frozenset[Role]) -> str:
    return ", ".join(one.label for one in statutes.categories if one.role in roles)


def _categories(statutes: Statutes, day: date) -> Iterator[Finding]:
    source = _source(law.CATEGORIES_MIN, day)
    roles = {category.role for category in statutes.categories}
    minimum = int(law.at(law.CATEGORIES_MIN, day))
    if statutes.form in SCIC and len(statutes.categories) < minimum:
        yield _block(
            "too-few-categories",
            N_("A Scic gathers at least {minimum} categories of associates; here are {count}."),
            source,
            minimum=minimum,
            count=len(statutes.categories),
        )
    if statutes.form in SCIC and Role.BENEFICIARY not in roles:
        yield _block(
            "no-beneficiaries",
            N_(
                "A Scic must open a category to those who usually benefit from what it does:"
                " without them it would not serve a collective interest."
            ),
            source,
        )
    if statutes.form in SCIC and statutes.has_employees and Role.EMPLOYEE not in roles:
        yield _block(
            "no-employees",
            N_("A Scic that has employees must open a category to them."),
            source,
        )
    if statutes.form in SCIC and not statutes.has_employees and Role.PRODUCER not in roles:
        yield _block(
            "no-producers",
            N_(
                "A Scic without employees must open a category to those who produce what it offers."
            ),
            source,
        )
    if statutes.form in SCOP and Role.EMPLOYEE not in roles:
        yield _block("no-workers", N_("A Scop belongs to those who work in it."), law.LOI_1978)


def _colleges(statutes: Statutes, day: date) -> Iterator[Finding]:
    if not statutes.colleges:
        return
    minimum = int(law.at(law.COLLEGES_MIN, day))
    if statutes.form in SCIC and len(statutes.colleges) < minimum:
        yield _block(
            "too-few-colleges",
            N_("Colleges are optional; when there are some, there are at least {minimum}."),
            _source(law.COLLEGES_MIN, day),
            minimum=minimum,
        )
    for category in statutes.categories:
        if not statutes.colleges_open_to(category.code):
            yield _block(
                "category-without-college",
                N_("“{label}” belongs to no college: these associates could not vote."),
                "",
                label=category.label,
            )


def _weights(statutes: Statutes, day: date) -> Iterator[Finding]:
    if not statutes.colleges:
        return
    lowest, highest = law.at(law.COLLEGE_WEIGHT_MIN, day), law.at(law.COLLEGE_WEIGHT_MAX, day)
    source = _source(law.COLLEGE_WEIGHT_MAX, day)
    total = sum((college.weight for college in statutes.colleges), Fraction())
    if total != 1:
        yield _block(
            "weights-do-not-sum",
            N_("The weights of the colleges add up to {total} instead of {whole}."),
            source,
            total=percents(total),
            whole=percents(Fraction(1)),
        )
    for college in statutes.colleges if statutes.form in SCIC else ():
        if not lowest <= college.weight <= highest:
            yield _block(
                "weight-out-of-bounds",
                N_(
                    "“{label}” weighs {weight}: a college weighs from {lowest} to {highest}, so"
                    " that none decides alone and none counts for nothing."
                ),
                source,
                label=college.label,
                weight=percents(college.weight),
                lowest=percents(lowest),
                highest=percents(highest),
            )


def _capital(statutes: Statutes, day: date) -> Iterator[Finding]:
    capital = statutes.capital
    if statutes.form is Form.ASSOCIATION:
        if capital.nominal_cents is not None:
            yield _block(
                "association-without-capital",
                N_("An association has no shares: it receives fees and contributions."),
                "loi du 1er juillet 1901",
            )
        return
    if not capital.nominal_cents:
        yield _block(
            "no-nominal-value",
            N_("The statutes do not say what a share is worth: no share can be issued."),
        )
    ceiling = law.at(law.AUTHORITIES_CAPITAL_MAX, day)
    chosen = capital.authorities_max
    if statutes.form in SCIC and chosen is not None and chosen > ceiling:
        yield _block(
            "authorities-ceiling-too-high",
            N_("Local authorities may own {ceiling} of the capital at most, together."),
            _source(law.AUTHORITIES_CAPITAL_MAX, day),
            ceiling=percents(ceiling),
        )
    most = law.at(law.UK_WITHDRAWABLE_MAX, day)
    nominal, shares = capital.nominal_cents or 0, capital.shares_max
    if statutes.form is Form.UK_SOCIETY and (shares is None or shares * nominal > most):
        yield _block(
            "withdrawable-too-much",
            N_("One person may hold £{pounds} of withdrawable shares at most."),
            _source(law.UK_WITHDRAWABLE_MAX, day),
            pounds=int(most) // 100,
        )


def _quorums(statutes: Statutes, day: date) -> Iterator[Finding]:
    del day
    for quorum in statutes.quorums.values():
        if quorum.basis is QuorumBasis.COLLEGES and not statutes.colleges:
            yield _block(
                "quorum-without-colleges",
                N_("A quorum is counted by colleges, and the statutes have none."),
            )
        if quorum.second is not None and quorum.second > (quorum.first or 0):
            yield _warn(
                "second-quorum-higher",
                N_("The quorum of the second convening is higher than that of the first."),
            )


def _proxies(statutes: Statutes, day: date) -> Iterator[Finding]:
    few = int(law.at(law.PROXY_EXTRA_AMONG_FEW, day))
    said = statutes.proxies.extra_votes_max
    make = _block if statutes.form in SCOP else _warn
    if said is not None and said > few:
        yield make(
            "many-proxies",
            N_(
                "One person may carry {count} votes besides their own. The law of Scop allows"
                " {few} while associates are fewer than {threshold}, then {part} of them."
            ),
            _source(law.PROXY_SHARE_MAX, day),
            count=said,
            few=few,
            threshold=int(law.at(law.PROXY_FEW_ASSOCIATES, day)),
            part=percents(law.at(law.PROXY_SHARE_MAX, day)),
        )
    if not statutes.proxies.holder_is_associate:
        yield make(
            "proxy-to-a-stranger",
            N_("A vote may be given to somebody who is no associate."),
            law.LOI_1978,
        )


def _notices(statutes: Statutes, day: date) -> Iterator[Finding]:
    said = (
        (Assembly.ORDINARY, 1, statutes.notice.ordinary_days),
        (Assembly.EXTRAORDINARY, 1, statutes.notice.extraordinary_days),
        (Assembly.ORDINARY, 2, statutes.notice.second_days),
    )
    for assembly, convening, days in said:
        lawful = lawful_notice(statutes.form, assembly, day=day, convening=convening)
        if days is not None and lawful is not None and days < lawful.value:
            yield _block(
                "notice-too-short",
                N_("Associates are told {days} days ahead; the law wants {lawful} at least."),
                lawful.source,
                days=days,
                lawful=int(lawful.value),
            )


def _reserves(statutes: Statutes, day: date) -> Iterator[Finding]:
    rate, lowest = statutes.reserves.statutory_rate, law.at(law.STATUTORY_RESERVE_MIN, day)
    if statutes.form in SCIC and rate is not None and rate < lowest:
        yield _block(
            "reserve-too-low",
            N_(
                "{rate} of the surplus goes to the statutory reserve after the legal one; the law"
                " wants {lowest} at least: what was earned together stays together."
            ),
            _source(law.STATUTORY_RESERVE_MIN, day),
            rate=percents(rate),
            lowest=percents(lowest),
        )


def _interest(statutes: Statutes, day: date) -> Iterator[Finding]:
    rate = statutes.interest.rate_max
    if not statutes.interest.is_paid or rate is None or statutes.form is Form.UK_SOCIETY:
        return
    source = law.dated_at(law.INTEREST_MARGIN, day).source
    try:
        cap = law.interest_cap(day)
    except law.NotKnown:
        yield _warn(
            "interest-cap-not-known",
            N_("The cap on interest is not known for an assembly held in {year}."),
            source,
            year=day.year,
        )
        return
    if rate > cap:
        yield _warn(
            "interest-above-cap",
            N_("Shares may earn {rate}; an assembly of this day could vote {cap} at most."),
            source,
            rate=percents(rate / 100),
            cap=percents(cap / 100),
        )


def _leaving(statutes: Statutes, day: date) -> Iterator[Finding]:
    years, usual = statutes.leaving.years, int(law.at(law.EXIT_YEARS_USUAL, day))
    if years is not None and years > usual:
        yield _warn(
            "slow-refund",
            N_("Shares are paid back over {years} years; {usual} at most is the custom."),
            _source(law.EXIT_YEARS_USUAL, day),
            years=years,
            usual=usual,
        )


def _silences(statutes: Statutes, day: date) -> Iterator[Finding]:
    del day
    has_shares = statutes.form is not Form.ASSOCIATION
    asked = (
        (not statutes.quorums, N_("The statutes say nothing of the quorum.")),
        (not statutes.majorities, N_("The statutes say nothing of majorities.")),
        (
            has_shares and any(one.minimum_shares is None for one in statutes.categories),
            N_("The statutes do not say how many shares each category subscribes."),
        ),
        (
            has_shares and statutes.leaving.years is None,
            N_("The statutes do not say when those who leave are paid back."),
        ),
        (
            statutes.form in SCIC | SCOP and statutes.reserves.statutory_rate is None,
            N_("The statutes do not say what part of the surplus goes to reserves."),
        ),
        (
            statutes.form in SCIC | SCOP and statutes.reserves.stop is None,
            N_(
                "The statutes do not say when the legal reserve is full; the texts differ, so that"
                " it must be chosen."
            ),
        ),
    )
    for is_silent, sentence in asked:
        if is_silent:
            yield _warn("silent", sentence)


def percents(part: Fraction) -> str:
    """Write a part as people say it: 2/5 → « 40 % », 2/3 → « 2/3 »."""
    if (part * 10_000).denominator != 1:
        return f"{part.numerator}/{part.denominator}"
    hundredths = int(part * 10_000)
    whole, rest = divmod(hundredths, 100)
    digits = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{digits}\u202f%"


def _source(parameter: law.Parameter, day: date) -> str:
    return law.dated_at(parameter, day).source


def _block(code: str, sentence: str, source: str = "", **details: object) -> Finding:
    return Finding(Severity.BLOCK, code, sentence, source, details)


def _warn(code: str, sentence: str, source: str = "", **details: object) -> Finding:
    return Finding(Severity.WARN, code, sentence, source, details)
