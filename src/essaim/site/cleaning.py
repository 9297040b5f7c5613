"""What an installation forgets by itself, because keeping it serves nobody."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from essaim.web.models import AnsweredRequest

ANSWERS_KEPT = timedelta(days=30)
SOURCES_KEPT_COUNT = 1


@transaction.atomic
def forget_answers(*, now: datetime) -> int:
    """Forget answers to writes that nobody will send again; return how many.

    A form left open for longer than this would be taken as new: thirty days is far beyond any
    retry, and the actions behind keep their own keys.
    """
    count, _ = AnsweredRequest.objects.filter(answered_at__lt=now - ANSWERS_KEPT).delete()
    return count


def forget_source_archives() -> int:
    """Keep only the newest archive of the source code; return how many files went."""
    files = sorted(settings.DATA_DIR.glob("essaim-*.tar.gz"), key=lambda f: f.stat().st_mtime)
    old = files[:-SOURCES_KEPT_COUNT]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
