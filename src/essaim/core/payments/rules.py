"""The states of a payment and what a provider may tell us. Pure."""

from enum import StrEnum

from essaim.kernel.errors import N_, BadInput, RuleBroken


class AlreadyPaid(RuleBroken):
    code = "payments.already-paid"
    sentence = N_("This order is already paid.")


class PaymentDeclined(RuleBroken):
    code = "payments.declined"
    sentence = N_(
        "The payment was declined. Nothing was taken; you can try again or choose another means."
    )


class PaymentUncertain(RuleBroken):
    code = "payments.uncertain"
    sentence = N_(
        "The payment service did not answer in time. We are checking with it; do not pay a"
        " second time."
    )


class ForgedWebhook(RuleBroken):
    code = "payments.forged-webhook"
    sentence = N_("The signature of this message is not valid.")
    status = 403


class BadWebhook(BadInput):
    code = "payments.bad-webhook"
    sentence = N_("This message of the payment service cannot be read.")


class RefundTooLarge(RuleBroken):
    code = "payments.refund-too-large"
    sentence = N_("At most {left_cents} can still be refunded.")


class NothingToPay(RuleBroken):
    code = "payments.nothing-to-pay"
    sentence = N_("There is nothing to pay out.")


class IntentState(StrEnum):
    WAITING = "waiting"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


def may_become(state: str, new_state: str) -> bool:
    """Whether a payment may change so: a late or repeated message never undoes a payment."""
    allowed = {
        IntentState.WAITING: {IntentState.PAID, IntentState.FAILED, IntentState.CANCELLED},
        # The provider may debit after having said no (its time-out, then its success).
        IntentState.FAILED: {IntentState.PAID},
        IntentState.CANCELLED: {IntentState.PAID},
        IntentState.PAID: set(),
    }
    return IntentState(new_state) in allowed[IntentState(state)]
