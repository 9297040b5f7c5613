"""Who may open the pages of titles; the matrix reads it and tries every role."""

from essaim.commons.cooperative.models import Register
from essaim.commons.titles import actions
from essaim.commons.titles.tests.registers import SPRING
from essaim.kernel.identifiers import uuid7

ACCESS = {
    "public": """
titles:mine                                      | members
titles:title                                     | buyer clerk board
""",
    "desk": """
titles:desk titles:desk_csv titles:desk_interest titles:desk_repay | clerk board
""",
}
"""The title is the buyer's."""


def things(people):
    """Return what the addresses ask for, by name."""
    title = actions.issue_title(
        register=Register.objects.get(), holder=people["buyer"], label="Titre",
        nominal_cents=10_000, years=7, fixed_bps=200, variable_percent=40, source=uuid7(),
        now=SPRING,
    )  # fmt: skip
    one = {"title_id": title.public_id}
    return {"titles:title": one, "titles:desk_repay": one}
