"""What the urn does alone: after a count, the files of the database forget the time before."""

from procrastinate.contrib.django import app

from essaim.commons.urn import actions
from essaim.kernel import clock


@app.periodic(cron="*/5 * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="urn.sweep", pass_context=False)  # type: ignore[untyped-decorator]
def sweep(timestamp: int) -> None:
    del timestamp
    actions.sweep_counted(now=clock.now())
