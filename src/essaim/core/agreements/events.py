"""Facts about agreements that others may listen to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgreementMoved:
    """An agreement reached a new state."""

    agreement_id: int
    to_state: str
