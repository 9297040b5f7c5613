"""Asking for money, recording that it came, giving it back, paying it out."""

from essaim.core.payments.actions.asking import ask_payment, change_means, follow_price
from essaim.core.payments.actions.money import (
    NO_ANSWER,
    expected_payment,
    left_to_refund,
    provider_named,
)
from essaim.core.payments.actions.paying_out import pay_out, payable_code
from essaim.core.payments.actions.recording import (
    ask_after_silence,
    charge_back,
    receive_webhook,
    reconcile,
    record_failure,
    record_payment,
    record_silence,
)
from essaim.core.payments.actions.refunding import refund, send_refunds

__all__ = [
    "NO_ANSWER",
    "ask_after_silence",
    "ask_payment",
    "change_means",
    "charge_back",
    "expected_payment",
    "follow_price",
    "left_to_refund",
    "pay_out",
    "payable_code",
    "provider_named",
    "receive_webhook",
    "reconcile",
    "record_failure",
    "record_payment",
    "record_silence",
    "refund",
    "send_refunds",
]
