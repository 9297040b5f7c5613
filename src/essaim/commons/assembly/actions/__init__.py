"""What is done with a general assembly, in the order in which it happens."""

from essaim.commons.assembly.actions.agenda import (
    Change,
    add_item,
    move_item,
    propose_election,
    propose_motion,
    remove_item,
    revise_election,
    revise_item,
    revise_motion,
)
from essaim.commons.assembly.actions.amending import (
    propose_amendment,
    table_amendment,
    withdraw_amendment,
)
from essaim.commons.assembly.actions.annulling import annul_vote
from essaim.commons.assembly.actions.attending import arrive, give_proxy, leave, revoke_proxy
from essaim.commons.assembly.actions.convening import convene, draft_assembly, revise_draft
from essaim.commons.assembly.actions.deciding import (
    cast,
    cast_for,
    close_vote,
    declare,
    open_vote,
)
from essaim.commons.assembly.actions.reading import answer, ask, attach_file, remove_file
from essaim.commons.assembly.actions.sitting import close_meeting, open_meeting

__all__ = [
    "Change", "add_item", "annul_vote", "answer", "arrive", "ask", "attach_file", "cast",
    "cast_for", "close_meeting", "close_vote", "convene", "declare", "draft_assembly",
    "give_proxy", "leave", "move_item", "open_meeting", "open_vote", "propose_amendment",
    "propose_election", "propose_motion", "remove_file", "remove_item", "revise_draft",
    "revise_election", "revise_item", "revise_motion", "revoke_proxy", "table_amendment",
    "withdraw_amendment",
]  # fmt: skip
