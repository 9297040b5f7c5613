"""Who may open the pages of the minutes; the matrix reads it and tries every role.

The meeting that is over is that of the assembly's own addresses.
"""

from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative.tests.world import NOW
from essaim.commons.minutes import actions
from essaim.commons.minutes.rules.signing import Role

ACCESS = {
    "minutes": """
minutes:register minutes:register_csv minutes:register_zip | buyer producer board
minutes:minutes minutes:paper minutes:large_print           | buyer producer board
minutes:file minutes:scan minutes:sign                      | buyer producer board
minutes:signatures                                          | board
""",
}


def things(people):
    """Return what the addresses ask for, by name."""
    held = GeneralAssembly.objects.get(state=GeneralAssembly.State.CLOSED)
    signed = actions.record_paper(
        minutes=held.minutes, signed=[(Role.CHAIR, "Alix")], content=b"%PDF-1.7", now=NOW,
        by=people["board"],
    )  # fmt: skip
    one = {"assembly_id": held.public_id}
    return {
        "minutes:minutes": one,
        "minutes:paper": one,
        "minutes:large_print": one,
        "minutes:file": one,
        "minutes:scan": {**one, "scan_id": signed[0].scan_id},
        "minutes:sign": {**one, "role": "secretary"},
        "minutes:signatures": one,
    }
