"""What consultations do alone: those whose time is over are counted."""

from procrastinate.contrib.django import app

from essaim.commons.consultation import actions
from essaim.kernel import clock


@app.periodic(cron="*/5 * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="consultation.count_due", pass_context=False)  # type: ignore[untyped-decorator]
def count_due(timestamp: int) -> None:
    del timestamp
    actions.count_due(now=clock.now())
