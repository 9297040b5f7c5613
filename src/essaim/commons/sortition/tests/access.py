"""Who may open the pages of draws; the matrix reads it and tries every role."""

from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.tests.world import NOW
from essaim.commons.sortition import actions

ACCESS = {
    "sortition": """
sortition:draws sortition:draw sortition:files | buyer producer board
sortition:prepare sortition:run                | board
""",
}


def things(people):
    """Return what the addresses ask for, by name."""
    draw = actions.prepare_draw(
        register=Register.objects.get(), title="Jury", seats_count=1, quotas=[], excluded=[],
        source="Loto", by=people["board"], now=NOW,
    )  # fmt: skip
    one = {"draw_id": draw.public_id}
    return {"sortition:draw": one, "sortition:run": one, "sortition:files": one}
