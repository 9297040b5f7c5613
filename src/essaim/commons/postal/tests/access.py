"""Who may open the pages of the vote by post; the matrix reads it and tries every role."""

from datetime import timedelta

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.tests.world import NOW
from essaim.commons.postal import actions
from essaim.commons.statutes.rules.statutes import Assembly as Kind

ACCESS = {
    "by post": """
postal:agenda_pdf                    | buyer producer board
postal:form postal:form_pdf          | buyer board
postal:forms postal:reading          | board
""",
}
"""The buyer and the producer are associates; the form is the buyer's."""


def things(people):
    """Return what the addresses ask for, by name: one meeting to come, one form."""
    del people
    register = Register.objects.get()
    buyer = register.associates.get(number=1)
    assembly = assembly_actions.draft_assembly(
        register=register, kind=Kind.ORDINARY, title="Par la poste", place="Halle",
        meets_at=NOW + timedelta(days=30),
    )  # fmt: skip
    assembly_actions.propose_motion(assembly=assembly, title="Motion", text="Il est proposé…")
    assembly = assembly_actions.convene(assembly=assembly, now=NOW)
    form = actions.print_form(assembly=assembly, associate=buyer, now=NOW)
    one = {"assembly_id": assembly.public_id}
    return {
        "postal:agenda_pdf": one,
        "postal:forms": one,
        "postal:form": {**one, "number": buyer.number},
        "postal:form_pdf": {**one, "number": buyer.number},
        "postal:reading": {**one, "number": form.number},
    }
