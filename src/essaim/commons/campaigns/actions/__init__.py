"""From a campaign that is proposed to what its carrier receives, and what an authority adds."""

from essaim.commons.campaigns.actions.closing import close_campaign, close_due
from essaim.commons.campaigns.actions.giving import (
    contribute,
    contribute_shares,
    note_dispute,
    note_payment,
    note_payments,
    take_back,
)
from essaim.commons.campaigns.actions.pools import endow, forecast_heavy, open_pool, settle_pool
from essaim.commons.campaigns.actions.proposing import (
    TitleTerms,
    offer_pre_purchase,
    offer_title,
    open_campaign,
    propose_campaign,
)

__all__ = [
    "TitleTerms",
    "close_campaign",
    "close_due",
    "contribute",
    "contribute_shares",
    "endow",
    "forecast_heavy",
    "note_dispute",
    "note_payment",
    "note_payments",
    "offer_pre_purchase",
    "offer_title",
    "open_campaign",
    "open_pool",
    "propose_campaign",
    "settle_pool",
    "take_back",
]
