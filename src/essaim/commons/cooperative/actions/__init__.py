"""What people do with the cooperative: adopt statutes, ask for shares, admit, move, leave."""

from essaim.commons.cooperative.actions.admitting import (
    admit,
    note_payment,
    note_payments,
    refuse_request,
)
from essaim.commons.cooperative.actions.asking import (
    ask_for_shares,
    call_waiting,
    withdraw_request,
)
from essaim.commons.cooperative.actions.certificates import keep_certificate
from essaim.commons.cooperative.actions.consenting import consent_to_notices
from essaim.commons.cooperative.actions.founding import adopt_statutes, open_register
from essaim.commons.cooperative.actions.leaving import (
    ask_to_leave,
    exclude,
    pay_instalment,
    settle_exit,
)
from essaim.commons.cooperative.actions.moving import (
    cancel_unpaid,
    reduce_for_losses,
    transfer_shares,
)

__all__ = [
    "admit",
    "adopt_statutes",
    "ask_for_shares",
    "ask_to_leave",
    "call_waiting",
    "cancel_unpaid",
    "consent_to_notices",
    "exclude",
    "keep_certificate",
    "note_payment",
    "note_payments",
    "open_register",
    "pay_instalment",
    "reduce_for_losses",
    "refuse_request",
    "settle_exit",
    "transfer_shares",
    "withdraw_request",
]
