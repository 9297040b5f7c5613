"""Who may open the pages of consultations; the matrix reads it and tries every role."""

from datetime import timedelta

from essaim.commons.assembly.rules.elections import Method
from essaim.commons.consultation import actions
from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.tests.world import NOW

ACCESS = {
    "consultations": """
consultation:consultations consultation:consultation | buyer producer board
consultation:delegations                             | buyer producer board
consultation:delegate                                | buyer
consultation:desk consultation:ask                   | board
""",
}
"""The buyer and the producer are associates; the voice is the buyer's."""


def things(people):
    """Return what the addresses ask for, by name."""
    register = Register.objects.get()
    subject = actions.add_subject(register=register, label="Prix", now=NOW)
    asked = actions.open_consultation(
        subject=subject, question="Quel jour ?", text="", labels=["Samedi", "Dimanche"],
        method=Method.APPROVAL, closes_at=NOW + timedelta(days=60), by=people["board"], now=NOW,
    )  # fmt: skip
    number = register.associates.get(member=people["buyer"]).number
    return {
        "consultation:consultation": {"consultation_id": asked.public_id},
        "consultation:delegate": {"subject_id": subject.public_id, "number": number},
    }
