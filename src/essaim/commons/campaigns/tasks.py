"""What campaigns do alone: payments are noted as soon as they come, campaigns end on their day.

Payments are heard of on commit; what was not heard (a crash between the two) the worker notes.
"""

from procrastinate.contrib.django import app

from essaim.commons.campaigns import actions
from essaim.core.agreements.events import AgreementMoved
from essaim.core.agreements.rules import State
from essaim.kernel import clock


def hear(moved: AgreementMoved) -> None:
    """Note that a contribution was paid, or that its bank took the money back."""
    if moved.to_state == State.ACCEPTED:
        actions.note_payment(agreement_id=moved.agreement_id, now=clock.now())
    elif moved.to_state == State.DISPUTED:
        actions.note_dispute(agreement_id=moved.agreement_id, now=clock.now())


@app.periodic(cron="*/5 * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="campaigns.keep_time", pass_context=False)  # type: ignore[untyped-decorator]
def keep_time(timestamp: int) -> None:
    del timestamp
    now = clock.now()
    actions.note_payments(now=now)
    actions.note_disputes(now=now)
    actions.close_due(now=now)
    actions.forecast_heavy(now=now)
    actions.settle_asked(now=now)


@app.task(pass_context=False)  # type: ignore[untyped-decorator]
def settle() -> None:
    """Pay the campaigns of pools for which it was asked; what a crash left, `keep_time` does."""
    actions.settle_asked(now=clock.now())
