"""What a hub does alone: baskets let go, unpaid orders expire, shelves reach the catalogue."""

from procrastinate.contrib.django import app

from essaim.kernel import clock
from essaim.trades.food_hub import actions


@app.periodic(cron="* * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="food_hub.release_expired", pass_context=False)  # type: ignore[untyped-decorator]
def let_baskets_go(timestamp: int) -> None:
    del timestamp
    actions.release_expired(now=clock.now())


@app.periodic(cron="* * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="food_hub.expire_unpaid", pass_context=False)  # type: ignore[untyped-decorator]
def expire_unpaid_orders(timestamp: int) -> None:
    del timestamp
    actions.expire_unpaid(now=clock.now())


@app.periodic(cron="* * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="food_hub.publish_due", pass_context=False)  # type: ignore[untyped-decorator]
def publish_shelves(timestamp: int) -> None:
    del timestamp
    actions.publish_due(now=clock.now())
