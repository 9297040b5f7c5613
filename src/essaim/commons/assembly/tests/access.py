"""Who may open the pages of assemblies; the matrix reads it and tries every role."""

from datetime import timedelta
from io import BytesIO

from essaim.commons.assembly import actions
from essaim.commons.assembly.models import Amendment
from essaim.commons.assembly.rules.amending import Amended, AmendmentKind
from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.tests.world import NOW
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.commons.urn import actions as urn
from essaim.core.members.actions import allow_assistance
from essaim.core.members.models import Assistance

MEETING = NOW + timedelta(days=30)

ACCESS = {
    "following": """
assembly:assemblies                                 | members
assembly:assembly assembly:minutes                  | buyer producer board
assembly:weights                                    | buyer producer board
assembly:questions assembly:file assembly:amendments | buyer producer board
assembly:ballots assembly:ballots_csv assembly:recount | buyer producer board
assembly:proxy assembly:vote assembly:vote_on_amendment | buyer
assembly:help_to_vote assembly:help_with_amendment  | board
""",
    "keys": """
assembly:key                                        | buyer board
""",
}
"""The buyer and the producer are associates; the vote and the proxy are the buyer's, whom the board
helps to vote."""


def things(people):
    """Return what the addresses ask for, by name: one meeting under way, one that is over."""
    register = Register.objects.get()
    buyer = register.associates.get(number=1)
    voting, motion = sitting(register, buyer, is_secret=False)
    actions.open_vote(motion=motion, now=NOW)
    allow_assistance(
        helper=people["board"], helped=people["buyer"], scope=Assistance.Scope.VOTE,
        expires_at=NOW + timedelta(days=366), consent_note="en personne", now=NOW,
    )  # fmt: skip
    held = _held(register, buyer, people)
    one, over = {"assembly_id": voting.public_id}, {"assembly_id": held.public_id}
    amendment = {**one, "position": 2, "amendment": 1, "number": buyer.number}
    return {
        "assembly:assembly": one,
        "assembly:proxy": {**one, "number": buyer.number},
        "assembly:vote": {**one, "position": 1, "number": buyer.number},
        "assembly:questions": one,
        "assembly:help_to_vote": {**one, "position": 1, "number": buyer.number},
        "assembly:amendments": {**one, "position": 1},
        "assembly:vote_on_amendment": amendment,
        "assembly:help_with_amendment": amendment,
        "assembly:file": {**one, "file_id": _paper(motion).public_id},
        "assembly:key": {**over, "position": 1},
        "assembly:minutes": over,
        "assembly:ballots": {**over, "position": 1},
        "assembly:ballots_csv": {**over, "position": 1},
        "assembly:recount": {**over, "position": 1},
    }


def _paper(motion):
    return actions.attach_file(
        item=motion.item, title="Comptes", upload=BytesIO(b"%PDF-1.7"), now=NOW
    )


def sitting(register, buyer, *, is_secret):
    assembly = actions.draft_assembly(
        register=register, kind=Kind.ORDINARY, title="Assemblée", place="Halle",
        meets_at=MEETING,
    )  # fmt: skip
    motion = actions.propose_motion(
        assembly=assembly, title="Motion", text="Il est proposé…", is_secret=is_secret
    )
    other = actions.propose_motion(assembly=assembly, title="Autre", text="Un seul paragraphe.")
    assembly = actions.convene(assembly=assembly, now=NOW)
    actions.arrive(assembly=assembly, associate=buyer, how="room", now=MEETING)
    assembly = actions.open_meeting(assembly=assembly, now=MEETING)
    amendment = actions.table_amendment(
        motion=other, said=Amended(0, AmendmentKind.STRIKE, 1), associate=buyer,
        by=buyer.member, now=MEETING,
    )  # fmt: skip
    actions.open_vote(motion=amendment, now=MEETING)
    return assembly, motion


def _held(register, buyer, people):
    assembly, motion = sitting(register, buyer, is_secret=True)
    keepers = [people["buyer"], people["board"]]
    poll = actions.open_vote(motion=motion, scrutineers=keepers, threshold=2, now=NOW)
    keys = {keeper: urn.take_key(poll=poll, member=keeper) for keeper in keepers}
    urn.open_poll(poll=poll, now=NOW)
    actions.cast(motion=motion, associate=buyer, choice="yes", by=people["buyer"], now=NOW)
    actions.close_vote(motion=motion, by=people["board"], now=NOW)
    for keeper, key in keys.items():
        urn.give_key(poll=poll, member=keeper, code=key, now=NOW)
    actions.declare(motion=motion, by=people["board"], now=NOW)
    (amendment,) = Amendment.objects.filter(motion__item__assembly=assembly)
    actions.close_vote(motion=amendment, by=people["board"], now=NOW)
    actions.close_meeting(assembly=assembly, by=people["board"], now=NOW)
    return assembly
