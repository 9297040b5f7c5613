"""Giving money back, and learning that a provider took it back."""

from datetime import datetime

from django.db import transaction

from essaim.core.payments import sandbox
from essaim.core.payments.actions.money import left_to_refund, lock, post_money, provider_named
from essaim.core.payments.models import PaymentIntent, Refund
from essaim.core.payments.port import ProviderTimeout
from essaim.core.payments.rules import RefundTooLarge


@transaction.atomic
def refund(
    *, intent: PaymentIntent, amount_cents: int, reason: str, key: str, now: datetime
) -> Refund:
    """Give back part of a payment, once per `key`; the provider is told by the worker.

    Raises:
        RefundTooLarge: more than what is left of it; `details` has `left_cents`.
    """
    intent, agreement = lock(intent)
    known = Refund.objects.filter(key=key).order_by().first()
    if known is not None:
        return known
    done_at = None if intent.provider == sandbox.CODE else now
    row = take_off(intent, amount_cents, reason=reason, key=key, now=now, done_at=done_at)
    post_money(agreement, intent, -amount_cents, key=f"refund:{key}", kind="refund", now=now)
    return row


def send_refunds(*, now: datetime, limit: int = 20) -> int:
    """Tell the provider about refunds it does not know yet; return how many (worker).

    One transaction each: a provider that stays silent keeps one waiting, not the others.
    """
    waiting = Refund.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(_send_refund(pk, now) for pk in list(waiting[:limit]))


def take_off(
    intent: PaymentIntent,
    amount_cents: int,
    *,
    reason: str,
    key: str,
    now: datetime,
    done_at: datetime | None,
) -> Refund:
    left = left_to_refund(intent)
    if not 0 < amount_cents <= left:
        raise RefundTooLarge(left_cents=left)
    intent.refunded_cents += amount_cents
    intent.save(update_fields=["refunded_cents"])
    return Refund.objects.create(
        intent=intent, key=key, amount_cents=amount_cents, reason=reason[:200], asked_at=now,
        done_at=done_at,
    )  # fmt: skip


@transaction.atomic
def _send_refund(refund_id: int, now: datetime) -> bool:
    row = (
        Refund.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=refund_id, done_at=None)
        .select_related("intent")
        .order_by()
        .first()
    )
    if row is None:
        return False
    try:
        provider_named(row.intent.provider).refund(
            reference=row.intent.provider_reference,
            amount_cents=row.amount_cents,
            key=str(row.public_id),
        )
    except ProviderTimeout:
        return False
    row.done_at = now
    row.save(update_fields=["done_at"])
    return True
