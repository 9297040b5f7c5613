"""Background delivery of the outbox."""

from procrastinate.contrib.django import app

from essaim.core.messages import actions
from essaim.kernel import clock


@app.periodic(cron="* * * * * */10")  # type: ignore[untyped-decorator]  # the sixth field: seconds
@app.task(queueing_lock="messages.deliver", pass_context=False)  # type: ignore[untyped-decorator]
def deliver_outbox(timestamp: int) -> None:
    del timestamp
    actions.send_waiting(now=clock.now())
