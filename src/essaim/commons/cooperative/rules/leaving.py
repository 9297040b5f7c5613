"""What somebody who leaves is paid back, and when."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from essaim.kernel.money import split_cents


@dataclass(frozen=True, slots=True)
class Refund:
    """The nominal value of shares, the losses they bear, what is paid back: cents that add up."""

    nominal_cents: int
    loss_cents: int

    @property
    def refund_cents(self) -> int:
        return self.nominal_cents - self.loss_cents


@dataclass(frozen=True, slots=True)
class Due:
    due_date: date
    amount_cents: int


def refund_of(
    *,
    shares: int,
    capital_shares: int,
    nominal_cents: int,
    losses_cents: int,
    reserves_cents: int,
    reserves_bear_losses_first: bool,
) -> Refund:
    """Return what shares are worth on the day somebody leaves: nominal less their part of losses.

    The losses are those on the last balance sheet that members approved. When the statutes say so,
    reserves bear them first. The part is rounded up to the cent, so that those who stay never bear
    a cent of it; nobody owes more than their shares.

    Raises:
        ValueError: an amount is negative, or more shares leave than there are (a bug).
    """
    if not 0 < shares <= capital_shares or min(nominal_cents, losses_cents, reserves_cents) < 0:
        raise ValueError(f"{shares=} {capital_shares=} {losses_cents=} {reserves_cents=}")
    borne = max(0, losses_cents - reserves_cents) if reserves_bear_losses_first else losses_cents
    nominal = shares * nominal_cents
    part = -(-borne * shares // capital_shares)
    return Refund(nominal_cents=nominal, loss_cents=min(nominal, part))


def schedule(*, refund_cents: int, years: int, left_on: date) -> list[Due]:
    """Cut a refund in one part a year, the first one a year after leaving; parts sum to it.

    Zero years means at once. Parts of nothing are left out.
    """
    if refund_cents < 0 or years < 0:
        raise ValueError(f"{refund_cents=} {years=}")
    if years == 0:
        dues = [Due(left_on, refund_cents)]
    else:
        parts = split_cents(refund_cents, [1] * years)
        dues = [Due(later(left_on, year + 1), part) for year, part in enumerate(parts)]
    return [due for due in dues if due.amount_cents]


def later(day: date, years: int) -> date:
    """Return the same day some years later; the 29 February becomes the 28."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_later(day: date, months: int) -> date:
    """Return the day some months later, the last of the month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
