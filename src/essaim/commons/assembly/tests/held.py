"""An assembly that is over: a rule adopted, a council elected in secret, minutes written."""

from dataclasses import dataclass

from essaim.commons.assembly import actions
from essaim.commons.assembly.actions import Change
from essaim.commons.assembly.models import Minutes
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING, NEXT_DAY, Hall
from essaim.commons.urn import actions as urn
from essaim.commons.urn.actions import Receipt
from essaim.core.bylaws.rules import rule_book


@dataclass
class Held:
    hall: Hall
    receipts: list[Receipt]
    minutes: Minutes


def held(method=Method.APPROVAL, choices=(["c1", "c3"], ["c1"], [])) -> Held:
    """Adopt a rule by name, elect in secret among three, close; the three who voted."""
    rate = next(article for article in rule_book() if article.unit == "bps")
    hall = halls.build()
    hall.draft()
    lower = hall.propose(changes=[Change(rate, rate.minimum, NEXT_DAY)])
    board = actions.propose_election(
        assembly=hall.assembly, title="Conseil", text="Élire", names=["Ada", "Bob", "Chloé"],
        method=method,
    )  # fmt: skip
    actions.add_item(assembly=hall.assembly, title="Questions diverses", text="Aucune.")
    hall.convene()
    question = actions.ask(
        assembly=hall.assembly, associate=hall.people["bea"], item=lower.item,
        text="Pourquoi baisser ?", now=DRAFTED,
    )  # fmt: skip
    actions.answer(question=question, text="Parce que.", by=hall.world.board, now=DRAFTED)
    hall.open("amina", "bea", "elie")
    hall.give("david", "amina")
    actions.open_vote(motion=lower, now=MEETING)
    hall.vote(lower, "amina", "yes")
    actions.close_vote(motion=lower, by=hall.world.board, now=MEETING)
    keepers = [hall.member("bea"), hall.member("elie")]
    poll = actions.open_vote(motion=board, scrutineers=keepers, threshold=2, now=MEETING)
    keys = {one: urn.take_key(poll=poll, member=one) for one in keepers}
    urn.open_poll(poll=poll, now=MEETING)
    receipts = [
        hall.vote(board, name, choice)
        for name, choice in zip(("amina", "bea", "elie"), choices, strict=True)
    ]
    actions.close_vote(motion=board, by=hall.world.board, now=MEETING)
    for one, key in keys.items():
        urn.give_key(poll=poll, member=one, code=key, now=MEETING)
    actions.declare(motion=board, by=hall.world.board, now=MEETING)
    minutes = actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)
    return Held(hall, receipts, minutes)
