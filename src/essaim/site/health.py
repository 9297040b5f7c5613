"""`/sante`: whether this installation can write, works off its queue, and was backed up."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from essaim.core.messages import queries as message_queries
from essaim.kernel import clock
from essaim.web.access import public

ANSWER_AGE_MAX_S = 5
"""Asked more often than this, the answer is the one before: anybody may ask."""
QUEUE_AGE_MAX_S = 600

# A message in the write-ahead log: the smallest write that a full or read-only disk refuses.
WRITE = "SELECT pg_logical_emit_message(true, 'essaim', 'health')"
OLDEST_JOB = """
SELECT extract(epoch FROM %s - min(coalesce(job.scheduled_at, event.at)))
  FROM procrastinate_jobs AS job
  JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'
 WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= %s)
"""


@public
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when all is well, 503 when the database refuses to write or work piles up."""
    del request
    body: dict[str, Any] | None = cache.get("health")
    if body is None:
        body = _look(clock.now())
        cache.set("health", body, ANSWER_AGE_MAX_S)
    return JsonResponse(body, status=200 if body["is_well"] else 503)


def _look(now: datetime) -> dict[str, Any]:
    body: dict[str, Any] = {
        "is_well": True,
        "version": settings.VERSION,
        "checked_at": now.isoformat(),
        "database": "writes",
        "oldest_job_age_s": 0,
        "oldest_email_age_s": 0,
        "last_backup_at": _last_backup(),
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(WRITE)
            cursor.execute(OLDEST_JOB, [now, now])
            body["oldest_job_age_s"] = max(0, round(cursor.fetchone()[0] or 0))
        if settings.SMTP_HOST:
            body["oldest_email_age_s"] = message_queries.oldest_waiting_age_s(now)
    except DatabaseError:
        body |= {"is_well": False, "database": "refuses"}
    late = max(body["oldest_job_age_s"], body["oldest_email_age_s"])
    body["is_well"] = body["is_well"] and late <= QUEUE_AGE_MAX_S
    return body


def _last_backup() -> str | None:
    files = list((settings.DATA_DIR / "backups").glob("*"))
    if not files:
        return None
    newest = max(file.stat().st_mtime for file in files)
    return datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds")
