"""What each room holds about people, declared so that it can be shown, exported and erased."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonalDatum:
    """One kind of personal data held: where, why, how many days (None: as long as the account)."""

    model: str
    fields: tuple[str, ...]
    purpose: str
    kept_days: int | None
