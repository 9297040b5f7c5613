"""What a price is made of: the fees of a hub, the platform's terms, the lines of a basket."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

GOODS = "goods"
SOLIDARITY = "solidarity"
PLATFORM = "platform"
COMMONS = "commons"
RESERVED_CODES = frozenset({GOODS, SOLIDARITY, PLATFORM, COMMONS})


class FeeKind(StrEnum):
    """How a fee is counted; percentages apply to the price of the goods, never to a fee."""

    PERCENT = "percent"
    PER_ITEM = "per_item"
    PER_KILO = "per_kilo"
    FLAT_ORDER = "flat_order"


class Role(StrEnum):
    """In what capacity somebody receives a share of a price, in the order they are shown."""

    PRODUCER = "producer"
    COORDINATOR = "coordinator"
    HUB = "hub"
    PLATFORM = "platform"
    COMMONS = "commons"
    SOLIDARITY = "solidarity"


@dataclass(frozen=True, slots=True)
class FeeTerm:
    """One fee: who receives it, for what, and how much.

    Args:
        amount: basis points for a percentage, else cents (per item, per kilogram, per order).
        applies_to: keys of the producers whose goods bear it; None means all.
        tax_rate_bps: the fee's own tax rate, contained in its amount.
        inherits_tax: the fee follows the tax rate of the goods instead; never for a flat fee.

    Raises:
        ValueError: a negative number, no code, or a flat fee that inherits.
    """

    code: str
    label: str
    kind: FeeKind
    amount: int
    role: Role
    beneficiary: str
    applies_to: frozenset[str] | None = None
    tax_rate_bps: int = 0
    inherits_tax: bool = False

    def __post_init__(self) -> None:
        if self.amount < 0 or self.tax_rate_bps < 0:
            raise ValueError(f"negative fee or tax: {self}")
        if not self.code:
            raise ValueError(f"a fee needs a code: {self}")
        if self.inherits_tax and self.kind == FeeKind.FLAT_ORDER:
            raise ValueError(f"a flat fee has no goods to inherit a tax rate from: {self}")

    def applies(self, producer: str) -> bool:
        return self.applies_to is None or producer in self.applies_to


@dataclass(frozen=True, slots=True)
class PlatformTerms:
    """What members voted for the platform and the commons: percentages of the goods, as fees.

    Args:
        sold_by: the key of the one organisation that invoices everything (purchase and resale);
            None when each beneficiary invoices its own share.

    Raises:
        ValueError: a negative rate.
    """

    platform_bps: int = 0
    commons_bps: int = 0
    platform_key: str = PLATFORM
    commons_key: str = COMMONS
    solidarity_key: str = SOLIDARITY
    platform_tax_rate_bps: int = 2000
    commons_tax_rate_bps: int = 0
    sold_by: str | None = None

    def __post_init__(self) -> None:
        rates = (
            self.platform_bps,
            self.commons_bps,
            self.platform_tax_rate_bps,
            self.commons_tax_rate_bps,
        )
        if min(rates) < 0:
            raise ValueError(f"negative rate: {self}")


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line of a basket, before fees.

    Args:
        unit_price_cents: what the producer asks for one item, tax included.
        weight_g_per_item: nominal weight; 0 when fees per kilo and weighing do not concern it.
        billed_weight_g: weight of the whole line once weighed; None: billed as ordered.

    Raises:
        ValueError: no key, a negative number, or a weighed line without nominal weight.
    """

    line_key: str
    producer: str
    unit_price_cents: int
    quantity: int
    weight_g_per_item: int = 0
    tax_rate_bps: int = 0
    billed_weight_g: int | None = None

    def __post_init__(self) -> None:
        numbers = (
            self.unit_price_cents,
            self.quantity,
            self.weight_g_per_item,
            self.tax_rate_bps,
            self.billed_weight_g or 0,
        )
        if not self.line_key or min(numbers) < 0:
            raise ValueError(f"no key or a negative number: {self}")
        if self.billed_weight_g is not None and self.weight_g_per_item == 0:
            raise ValueError(f"weighed without a nominal weight: {self}")


@dataclass(frozen=True, slots=True)
class FeePlan:
    """The fees of a hub and platform in their working order: by code, whatever order they came."""

    proportional: tuple[FeeTerm, ...]
    per_item: tuple[FeeTerm, ...]
    flat: tuple[FeeTerm, ...]


def plan_fees(fees: Iterable[FeeTerm], terms: PlatformTerms) -> FeePlan:
    """Sort the fees by kind, adding the platform's and the commons' contributions as fees.

    Raises:
        ValueError: two fees have the same code, or one has a code of the house.
    """
    by_code = sorted(fees, key=lambda fee: fee.code)
    codes = {fee.code for fee in by_code}
    if len(codes) < len(by_code) or codes & RESERVED_CODES:
        raise ValueError(f"repeated or reserved fee codes: {[fee.code for fee in by_code]}")
    proportional = [fee for fee in by_code if fee.kind in {FeeKind.PERCENT, FeeKind.PER_KILO}]
    return FeePlan(
        proportional=(*proportional, *_contributions(terms)),
        per_item=tuple(fee for fee in by_code if fee.kind == FeeKind.PER_ITEM),
        flat=tuple(fee for fee in by_code if fee.kind == FeeKind.FLAT_ORDER),
    )


def _contributions(terms: PlatformTerms) -> list[FeeTerm]:
    """Return the platform's and the commons' percentages as fees like the others."""
    platform = FeeTerm(
        code=PLATFORM,
        label=PLATFORM,
        kind=FeeKind.PERCENT,
        amount=terms.platform_bps,
        role=Role.PLATFORM,
        beneficiary=terms.platform_key,
        tax_rate_bps=terms.platform_tax_rate_bps,
    )
    commons = FeeTerm(
        code=COMMONS,
        label=COMMONS,
        kind=FeeKind.PERCENT,
        amount=terms.commons_bps,
        role=Role.COMMONS,
        beneficiary=terms.commons_key,
        tax_rate_bps=terms.commons_tax_rate_bps,
    )
    return [fee for fee in (platform, commons) if fee.amount]
