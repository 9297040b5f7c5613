"""What the ledger does alone: holds end, checkpoints are written, books are checked at night."""

import structlog
from procrastinate.contrib.django import app

from essaim.core.ledger import actions, queries
from essaim.kernel import clock

log = structlog.get_logger()


class LedgerUnsound(Exception):
    """The books do not add up: the job fails, so that `doctor` and the clerk see it."""


@app.periodic(cron="* * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="ledger.expire_holds", pass_context=False)  # type: ignore[untyped-decorator]
def end_holds(timestamp: int) -> None:
    del timestamp
    actions.expire_holds(now=clock.now())


@app.periodic(cron="*/10 * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="ledger.write_checkpoints", pass_context=False)  # type: ignore[untyped-decorator]
def fold_entries(timestamp: int) -> None:
    del timestamp
    actions.write_checkpoints()


@app.periodic(cron="20 3 * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="ledger.check_the_books", pass_context=False)  # type: ignore[untyped-decorator]
def check_the_books(timestamp: int) -> None:
    del timestamp
    if problems := queries.imbalances():
        log.error("ledger_unsound", problems=problems)
        raise LedgerUnsound(problems)
