"""What deliberation does alone: proposals expire, debates are told of once a day."""

from procrastinate.contrib.django import app

from essaim.commons.deliberation import actions
from essaim.kernel import clock


@app.periodic(cron="5 * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="deliberation.expire", pass_context=False)  # type: ignore[untyped-decorator]
def expire(timestamp: int) -> None:
    del timestamp
    now = clock.now()
    actions.conclude_silent(now=now)
    actions.expire_due(now=now)


@app.periodic(cron="0 17 * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="deliberation.send_digests", pass_context=False)  # type: ignore[untyped-decorator]
def send_digests(timestamp: int) -> None:
    del timestamp
    actions.send_digests(now=clock.now())
