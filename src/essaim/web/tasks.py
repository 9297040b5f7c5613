"""What this floor does alone: answers kept for retries are forgotten after a week."""

from datetime import timedelta

from procrastinate.contrib.django import app

from essaim.kernel import clock
from essaim.web.idempotency import forget_answers

KEPT_FOR = timedelta(days=7)


@app.periodic(cron="40 3 * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="web.forget_answers", pass_context=False)  # type: ignore[untyped-decorator]
def forget_old_answers(timestamp: int) -> None:
    del timestamp
    forget_answers(before=clock.now() - KEPT_FOR)
