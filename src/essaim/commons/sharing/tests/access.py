"""Who may open the pages of sharing; the matrix reads it and tries every role."""

from datetime import date

from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.tests.world import NOW
from essaim.commons.sharing import actions
from essaim.commons.sharing.rules.books import Kind

ACCESS = {
    "members": """
sharing:sharing sharing:year                        | members
sharing:fund sharing:quarter                        | members
sharing:propose_project                             | buyer producer
""",
    "desk": """
sharing:desk sharing:desk_year sharing:desk_fund    | clerk board
sharing:desk_propose                                | board
""",
}


def things(people):
    """Return what the addresses ask for, by name: a year that is closed."""
    year = actions.open_year(register=Register.objects.get(), civil_year=2025, now=NOW)
    actions.write_line(
        year=year, kind=Kind.INCOME, label="Don", cents=10_000, line_date=date(2025, 6, 1),
        by=people["clerk"], now=NOW,
    )  # fmt: skip
    actions.close_year(year=year, by=people["clerk"], now=NOW)
    register = Register.objects.get()
    actions.open_quarter(register=register, civil_year=2026, number=4, now=NOW)
    one, quarter = {"civil_year": 2025}, {"civil_year": 2026, "number": 4}
    return {
        "sharing:year": {**one},
        "sharing:desk_year": {**one},
        "sharing:quarter": {**quarter},
        "sharing:propose_project": {**quarter},
        "sharing:desk_propose": {**one},
    }
