"""What the cooperative does alone: payments of shares are noted as soon as they come.

They are heard of on commit; what was not heard (a crash between the two) is noted by the worker.
"""

from procrastinate.contrib.django import app

from essaim.commons.cooperative import actions
from essaim.core.agreements.events import AgreementMoved
from essaim.core.agreements.rules import State
from essaim.kernel import clock


def hear(moved: AgreementMoved) -> None:
    """Note the payment of shares when their agreement is accepted."""
    if moved.to_state == State.ACCEPTED:
        actions.note_payment(agreement_id=moved.agreement_id, now=clock.now())


@app.periodic(cron="*/5 * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="cooperative.note_payments", pass_context=False)  # type: ignore[untyped-decorator]
def note_payments(timestamp: int) -> None:
    del timestamp
    actions.note_payments(now=clock.now())
