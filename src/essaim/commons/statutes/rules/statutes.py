"""Statutes as frozen data: what a cooperative chose, and nothing of what the law says.

None means that the statutes do not say, or that what they say is not known. Fractions are exact.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Form(StrEnum):
    SCIC_SA = "scic-sa"
    SCIC_SARL = "scic-sarl"
    SCIC_SAS = "scic-sas"
    SCOP_SA = "scop-sa"
    SCOP_SARL = "scop-sarl"
    SCOP_SAS = "scop-sas"
    ASSOCIATION = "association"
    UK_SOCIETY = "uk-society"


SCIC = frozenset({Form.SCIC_SA, Form.SCIC_SARL, Form.SCIC_SAS})
SCOP = frozenset({Form.SCOP_SA, Form.SCOP_SARL, Form.SCOP_SAS})
SA = frozenset({Form.SCIC_SA, Form.SCOP_SA})
SARL = frozenset({Form.SCIC_SARL, Form.SCOP_SARL})


class Role(StrEnum):
    """What the law sees in a category of associates, whatever its name."""

    BENEFICIARY = "beneficiary"
    EMPLOYEE = "employee"
    PRODUCER = "producer"
    VOLUNTEER = "volunteer"
    AUTHORITY = "authority"
    SUPPORTER = "supporter"


class Admission(StrEnum):
    """What makes somebody an associate: the payment of their shares, or the board after it."""

    PAYMENT = "payment"
    BOARD = "board"


class Assembly(StrEnum):
    ORDINARY = "ordinary"
    EXTRAORDINARY = "extraordinary"


class QuorumBasis(StrEnum):
    """Who is counted: every associate, each college by its weight, or those lately active."""

    HEADS = "heads"
    COLLEGES = "colleges"
    ACTIVE = "active"


class MajorityBase(StrEnum):
    VOTERS = "voters"
    ENTITLED = "entitled"


class Abstention(StrEnum):
    """How an abstention counts: as if absent, or as a vote against."""

    IGNORED = "ignored"
    AGAINST = "against"


class ReserveStop(StrEnum):
    """When the legal reserve is full. The texts differ, so the statutes choose."""

    LEGAL_RESERVE_REACHES_CAPITAL = "legal-reserve-reaches-capital"
    ALL_RESERVES_REACH_CAPITAL = "all-reserves-reach-capital"
    HIGHEST_CAPITAL_EVER = "highest-capital-ever"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Category:
    """Associates who stand in the same relation to the cooperative."""

    code: str
    label: str
    role: Role
    minimum_shares: int | None = None
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class College:
    """Associates whose votes are counted together, then carried over with a weight."""

    code: str
    label: str
    weight: Fraction
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quorum:
    """What part must be there, at the first convening and at the second (zero: no quorum)."""

    basis: QuorumBasis
    first: Fraction | None = None
    second: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Majority:
    """The part of the base that must say yes: at least it, or more than it."""

    needed: Fraction
    is_more_than: bool = False
    base: MajorityBase = MajorityBase.VOTERS
    abstentions: Abstention = Abstention.IGNORED


@dataclass(frozen=True, slots=True)
class Proxies:
    """How many votes one may carry besides one's own; None: as the law of Scop says."""

    extra_votes_max: int | None = None
    holder_is_associate: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """Days between the notice and the meeting; None: as the law says for the form."""

    ordinary_days: int | None = None
    extraordinary_days: int | None = None
    second_days: int | None = None


@dataclass(frozen=True, slots=True)
class Capital:
    """Shares. Amounts are cents; ceilings are on the capital subscribed and on one associate."""

    nominal_cents: int | None = None
    admission: Admission = Admission.BOARD
    ceiling_cents: int | None = None
    shares_max: int | None = None
    authorities_max: Fraction | None = None
    """Below the ceiling of the law; None: that of the law."""


@dataclass(frozen=True, slots=True)
class Reserves:
    statutory_rate: Fraction | None = None
    """Part of what is left after the legal reserve."""
    stop: ReserveStop | None = None


@dataclass(frozen=True, slots=True)
class Interest:
    """`rate_max` in per cent; None: up to what the law allows that year."""

    is_paid: bool = False
    rate_max: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """How shares are paid back: over how many years, reserves bearing losses first or not."""

    years: int | None = None
    reserves_bear_losses_first: bool = False
    readmission_after_months: int | None = None
    """None: nothing is said; whoever left may ask again at once."""


@dataclass(frozen=True, slots=True)
class Statutes:
    """One version of the statutes, whole."""

    name: str
    form: Form
    purpose: str = ""
    categories: tuple[Category, ...] = ()
    colleges: tuple[College, ...] = ()
    """None of them: one person, one vote."""
    has_employees: bool = True
    capital: Capital = field(default_factory=Capital)
    quorums: dict[Assembly, Quorum] = field(default_factory=dict)
    majorities: dict[Assembly, Majority] = field(default_factory=dict)
    proxies: Proxies = field(default_factory=Proxies)
    notice: Notice = field(default_factory=Notice)
    reserves: Reserves = field(default_factory=Reserves)
    interest: Interest = field(default_factory=Interest)
    leaving: Leaving = field(default_factory=Leaving)

    def category(self, code: str) -> Category:
        """Return the category of this code; KeyError when there is none."""
        return {category.code: category for category in self.categories}[code]

    def colleges_open_to(self, category_code: str) -> tuple[College, ...]:
        """Return the colleges where an associate of this category may vote."""
        return tuple(college for college in self.colleges if category_code in college.categories)
