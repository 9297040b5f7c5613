"""What the installation does alone at night: it forgets what keeping serves nobody."""

from importlib import import_module

from django.conf import settings
from procrastinate import JobContext, builtin_tasks
from procrastinate.contrib.django import app

from essaim.kernel import clock
from essaim.site import cleaning

JOBS_KEPT_H = 72


@app.periodic(cron="10 3 * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="site.forget", pass_context=False)  # type: ignore[untyped-decorator]
def forget(timestamp: int) -> None:
    del timestamp
    cleaning.forget_answers(now=clock.now())
    cleaning.forget_source_archives()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@app.periodic(cron="40 * * * *")  # type: ignore[untyped-decorator]
@app.task(queueing_lock="site.forget_jobs", pass_context=True)  # type: ignore[untyped-decorator]
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Forget jobs that succeeded days ago; failed ones stay until somebody has looked."""
    del timestamp
    await builtin_tasks.remove_old_jobs(context, max_hours=JOBS_KEPT_H)
