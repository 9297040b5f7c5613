"""What a variant asks against the law or the statutes: each in a sentence, with its source."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from essaim.commons.sharing.rules.surplus import (
    DISINTERESTED,
    REFUNDING,
    Facts,
    Use,
    Wish,
    interest_cap,
    lowest_statutory_rate,
    lowest_workers_rate,
    share_out,
)
from essaim.commons.statutes.rules import law
from essaim.commons.statutes.rules.findings import Finding, Severity
from essaim.commons.statutes.rules.statutes import SCIC, SCOP, Statutes
from essaim.kernel.errors import N_

MILLIONTHS = 10**6


def percents(part: Fraction) -> str:
    """Write a part to the last decimal, as a rate is voted: 38025/1000000 → « 3,8025 % »."""
    if (part * MILLIONTHS).denominator != 1:
        return f"{part.numerator}/{part.denominator}"
    whole, rest = divmod(int(part * MILLIONTHS), 10_000)
    digits = f",{rest:04d}".rstrip("0") if rest else ""
    return f"{whole}{digits}\u202f%"


def findings(facts: Facts, statutes: Statutes, wish: Wish, day: date) -> list[Finding]:
    """Return what cannot be put to the vote as it is asked (it blocks) or is cut (it warns).

    Raises:
        InterestCapUnknown, InterestHasNoCap: interest is asked and its cap is not known.
    """
    return [
        *_reserves(statutes, wish, day),
        *_workers(statutes, wish, day),
        *_interest(facts, statutes, wish, day),
        *_refund(statutes, wish),
    ]


def _reserves(statutes: Statutes, wish: Wish, day: date) -> Iterator[Finding]:
    lowest = lowest_statutory_rate(statutes, day)
    if wish.statutory_rate is not None and wish.statutory_rate < lowest:
        yield _block(
            "reserve-too-low",
            N_(
                "{asked} of what is left after the legal reserve would join the reserves; {lowest}"
                " at least must."
            ),
            law.dated_at(law.STATUTORY_RESERVE_MIN, day).source if statutes.form in SCIC else "",
            asked=percents(wish.statutory_rate),
            lowest=percents(lowest),
        )


def _workers(statutes: Statutes, wish: Wish, day: date) -> Iterator[Finding]:
    lowest = lowest_workers_rate(statutes, day)
    if statutes.form not in SCOP:
        if wish.workers_rate:
            yield _block(
                "no-workers-share", N_("Only a Scop gives a part of its surplus to its workers.")
            )
    elif wish.workers_rate is not None and wish.workers_rate < lowest:
        yield _block(
            "workers-share-too-low",
            N_("{asked} of the surplus would go to those who work here; {lowest} at least must."),
            law.dated_at(law.WORKERS_SHARE_MIN, day).source,
            asked=percents(wish.workers_rate),
            lowest=percents(lowest),
        )


def _interest(facts: Facts, statutes: Statutes, wish: Wish, day: date) -> Iterator[Finding]:
    if not wish.interest_rate:
        return
    if not statutes.interest.is_paid or statutes.form in DISINTERESTED:
        yield _block("no-interest", N_("The statutes pay no interest on shares."))
        return
    cap = interest_cap(statutes, day)
    if wish.interest_rate > cap:
        yield _block(
            "interest-above-cap",
            N_("Shares would earn {asked}; {cap} at most may be voted this year."),
            law.dated_at(law.INTEREST_MARGIN, day).source if statutes.form in SCIC | SCOP else "",
            asked=percents(wish.interest_rate / 100),
            cap=percents(cap / 100),
        )
        return
    given_cents = share_out(facts, statutes, wish, day).cents(Use.INTEREST)
    if given_cents < int(facts.capital_cents * wish.interest_rate / 100):
        yield Finding(
            Severity.WARN,
            "interest-cut",
            N_("Too little is left for all the interest asked: it is cut."),
        )


def _refund(statutes: Statutes, wish: Wish) -> Iterator[Finding]:
    if wish.refund_rate and statutes.form not in REFUNDING:
        source = f"{law.LOI_1947}, art. 19 nonies" if statutes.form in SCIC else ""
        yield _block(
            "no-refund",
            N_("This form of cooperative gives nothing back in proportion to what was paid."),
            source,
        )


def _block(code: str, sentence: str, source: str = "", **details: object) -> Finding:
    return Finding(Severity.BLOCK, code, sentence, source, details)
