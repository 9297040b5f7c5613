"""What is done with a general assembly, in the order in which it happens."""

from essaim.commons.assembly.actions.attending import arrive, give_proxy, leave, revoke_proxy
from essaim.commons.assembly.actions.convening import (
    Change,
    add_item,
    convene,
    draft_assembly,
    propose_election,
    propose_motion,
)
from essaim.commons.assembly.actions.deciding import cast, close_vote, declare, open_vote
from essaim.commons.assembly.actions.sitting import close_meeting, open_meeting

__all__ = [
    "Change",
    "add_item",
    "arrive",
    "cast",
    "close_meeting",
    "close_vote",
    "convene",
    "declare",
    "draft_assembly",
    "give_proxy",
    "leave",
    "open_meeting",
    "open_vote",
    "propose_election",
    "propose_motion",
    "revoke_proxy",
]
