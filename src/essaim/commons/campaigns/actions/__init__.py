"""From a campaign that is proposed to what its carrier receives, and what an authority adds."""

from essaim.commons.campaigns.actions.closing import close_campaign, close_due
from essaim.commons.campaigns.actions.delivering import (
    announce_ready,
    correct_hand_over,
    hand_over,
    refund_undelivered,
    where,
)
from essaim.commons.campaigns.actions.giving import (
    contribute,
    contribute_shares,
    note_payment,
    note_payments,
    take_back,
)
from essaim.commons.campaigns.actions.pools import (
    ask_settlement,
    endow,
    forecast_heavy,
    open_pool,
    settle_asked,
    settle_pool,
)
from essaim.commons.campaigns.actions.proposing import (
    TitleTerms,
    edit_campaign,
    offer_pre_purchase,
    offer_title,
    open_campaign,
    propose_campaign,
)
from essaim.commons.campaigns.actions.reversing import (
    give_debt_up,
    note_dispute,
    note_disputes,
    record_debt_paid,
)

__all__ = [
    "TitleTerms",
    "announce_ready",
    "ask_settlement",
    "close_campaign",
    "close_due",
    "contribute",
    "contribute_shares",
    "correct_hand_over",
    "edit_campaign",
    "endow",
    "forecast_heavy",
    "give_debt_up",
    "hand_over",
    "note_dispute",
    "note_disputes",
    "note_payment",
    "note_payments",
    "offer_pre_purchase",
    "offer_title",
    "open_campaign",
    "open_pool",
    "propose_campaign",
    "record_debt_paid",
    "refund_undelivered",
    "settle_asked",
    "settle_pool",
    "take_back",
    "where",
]
