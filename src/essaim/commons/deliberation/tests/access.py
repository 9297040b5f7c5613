"""Who may open the pages of deliberation; the matrix reads it and tries every role."""

from datetime import timedelta

from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.tests.world import NOW
from essaim.commons.deliberation import actions
from essaim.commons.deliberation.rules.rounds import Kind

ACCESS = {
    "proposals": """
deliberation:proposals                              | members
deliberation:proposal deliberation:version          | buyer producer board
deliberation:propose                                | buyer producer
deliberation:edit                                   | buyer
deliberation:comment deliberation:follow            | buyer producer board
deliberation:say                                    | buyer producer
deliberation:desk                                   | board
""",
    "rounds": """
deliberation:rounds deliberation:round deliberation:statement | buyer producer board
deliberation:open_round                                       | buyer producer
""",
}
"""The buyer and the producer are associates; the proposal is the buyer's."""


def things(people):
    """Return what the addresses ask for, by name."""
    register = Register.objects.get()
    buyer = register.associates.get(number=1)
    proposal = actions.open_proposal(
        register=register, author=buyer, by=people["buyer"], title="Ouvrir le samedi",
        text="Un.\n\nDeux.", now=NOW,
    )  # fmt: skip
    comment = actions.comment(
        proposal=proposal, associate=buyer, by=people["buyer"], text="Un message.", now=NOW
    )
    asking = actions.open_round(
        register=register, kind=Kind.CONSENT, author=buyer, facilitator=people["buyer"],
        title="Acheter un four", text="Un four.", closes_at=NOW + timedelta(days=60), now=NOW,
    )  # fmt: skip
    actions.speak(
        asking=asking, associate=buyer, by=people["buyer"], stance="consent", reason="", now=NOW
    )
    one = {"proposal_id": proposal.public_id}
    return {
        "deliberation:proposal": one,
        "deliberation:edit": one,
        "deliberation:say": one,
        "deliberation:follow": one,
        "deliberation:comment": {"comment_id": comment.public_id},
        "deliberation:round": {"round_id": asking.public_id},
        "deliberation:statement": {"round_id": asking.public_id, "number": buyer.number},
        "deliberation:version": {**one, "number": 1},
    }
