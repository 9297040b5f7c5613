"""Who may open the pages of the cooperative; the matrix reads it and tries every role."""

from essaim.commons.cooperative import actions
from essaim.commons.cooperative.models import ShareRequest
from essaim.commons.cooperative.tests.world import NOW, OPENING
from essaim.commons.statutes.models_of_statutes import text
from essaim.core.members.models import Organisation
from essaim.core.payments.actions import record_payment
from essaim.core.payments.models import PaymentIntent
from essaim.core.territories.models import Territory

ACCESS = {
    "joining": """
cooperative:cooperative                             | everybody
cooperative:join cooperative:my_shares              | members
cooperative:request cooperative:consent             | buyer
cooperative:leave                                   | buyer
cooperative:certificate                             | buyer board
""",
    "desk": """
cooperative:desk cooperative:desk_request           | board
cooperative:desk_register cooperative:desk_register_csv cooperative:desk_associate | board
cooperative:desk_exits cooperative:desk_exit cooperative:desk_statutes             | board
""",
}
"""The shares, their certificate and the request under way are the buyer's."""


def things(people):
    """Return what the addresses ask for, by name."""
    register = actions.open_register(
        organisation=Organisation.objects.get(slug="essaim"), territory=Territory.objects.get(),
        now=OPENING,
    )  # fmt: skip
    actions.adopt_statutes(
        register=register, text=text("territory"), effective_at=OPENING, adopted_by="Origine",
        by=people["board"], now=OPENING,
    )  # fmt: skip
    buyer, other = _associate(register, people["buyer"]), _associate(register, people["producer"])
    asked = _ask(register, people["buyer"])
    leaving = actions.ask_to_leave(associate=other, reason="", by=people["producer"], now=NOW)
    associate = {"associate_id": buyer.public_id}
    return {
        "cooperative:request": {"request_id": asked.public_id},
        "cooperative:desk_request": {"request_id": asked.public_id},
        "cooperative:consent": {**associate},
        "cooperative:leave": {**associate},
        "cooperative:desk_associate": {**associate},
        "cooperative:certificate": {"movement_id": buyer.movements_in.get().public_id},
        "cooperative:desk_exit": {"exit_id": leaving.public_id},
    }


def _associate(register, member):
    asked = _ask(register, member)
    record_payment(intent=PaymentIntent.objects.get(agreement=asked.agreement), now=NOW)
    actions.note_payment(agreement_id=asked.agreement_id, now=NOW)
    asked = ShareRequest.objects.get(pk=asked.pk)
    return actions.admit(request=asked, by=None, now=NOW).to_associate


def _ask(register, member):
    return actions.ask_for_shares(
        register=register, member=member, category_code="users", shares=2, means="card", now=NOW
    )
