"""Who may open the pages of assemblies; the matrix reads it and tries every role."""

from datetime import timedelta

from essaim.commons.assembly import actions
from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.tests.world import NOW
from essaim.commons.statutes.rules.statutes import Assembly as Kind

ACCESS = {
    "following": """
assembly:assemblies                                 | members
assembly:assembly                                   | buyer producer board
assembly:proxy assembly:vote                        | buyer
""",
}
"""The buyer and the producer are associates; the vote and the proxy are the buyer's."""


def things(people):
    """Return what the addresses ask for, by name: a meeting under way, a named vote open."""
    del people
    register = Register.objects.get()
    buyer = register.associates.get(number=1)
    assembly = actions.draft_assembly(
        register=register, kind=Kind.ORDINARY, title="Assemblée", place="Halle",
        meets_at=NOW + timedelta(days=30),
    )  # fmt: skip
    motion = actions.propose_motion(assembly=assembly, title="Motion", text="Il est proposé…")
    assembly = actions.convene(assembly=assembly, now=NOW)
    actions.arrive(assembly=assembly, associate=buyer, how="room", now=NOW)
    assembly = actions.open_meeting(assembly=assembly, now=NOW)
    actions.open_vote(motion=motion, now=NOW)
    one = {"assembly_id": assembly.public_id}
    return {
        "assembly:assembly": one,
        "assembly:proxy": {**one, "number": buyer.number},
        "assembly:vote": {**one, "position": 1, "number": buyer.number},
    }
