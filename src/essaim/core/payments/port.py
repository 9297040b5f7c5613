"""What any payment provider must offer. The sandbox is the default; others are adapters."""

from dataclasses import dataclass
from typing import Protocol


class ProviderTimeout(Exception):
    """The provider did not answer: the payment may or may not have been taken."""


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What a provider says of a payment: paid, failed or waiting (the buyer must act at `url`).

    `amount_cents` is what it took, or would take: perhaps not what is asked any more.
    """

    reference: str
    state: str
    amount_cents: int
    url: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class ProviderMessage:
    """A webhook, checked: what happened to which payment."""

    event_id: str
    kind: str
    reference: str
    amount_cents: int


class Provider(Protocol):
    """A payment provider. Every call is idempotent for the same `key` or `reference`."""

    code: str

    def begin(self, *, key: str, amount_cents: int, return_url: str) -> ProviderAnswer:
        """Ask for a payment; raises ProviderTimeout."""

    def look_up(self, *, key: str) -> ProviderAnswer | None:
        """Tell the state of a payment asked under `key`, None when it never arrived."""

    def refund(self, *, reference: str, amount_cents: int, key: str) -> None:
        """Give money back, once per `key`; raises ProviderTimeout."""

    def read_webhook(self, *, body: bytes, signature: str) -> ProviderMessage:
        """Check and read a webhook; raises ForgedWebhook."""
