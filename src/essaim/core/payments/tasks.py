"""What payments do alone: refunds reach the provider, lost answers are asked for again."""

from procrastinate.contrib.django import app

from essaim.core.payments import actions
from essaim.kernel import clock


@app.periodic(cron="* * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="payments.send_refunds", pass_context=False)  # type: ignore[untyped-decorator]
def tell_refunds(timestamp: int) -> None:
    del timestamp
    actions.send_refunds(now=clock.now())


@app.periodic(cron="* * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="payments.ask_after_silence", pass_context=False)  # type: ignore[untyped-decorator]
def ask_again(timestamp: int) -> None:
    del timestamp
    actions.ask_after_silence(now=clock.now())
