"""What an installation does alone, and what it forgets."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django import app

from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.site import cleaning
from essaim.web.models import AnsweredRequest

EXPECTED = {
    "essaim.core.messages.tasks.deliver_outbox",
    "essaim.core.ledger.tasks.end_holds",
    "essaim.core.ledger.tasks.fold_entries",
    "essaim.core.payments.tasks.tell_refunds",
    "essaim.site.tasks.forget",
    "essaim.site.tasks.forget_jobs",
}


def test_every_background_work_is_found_by_the_worker():
    periodic = {name for name, _ in app.periodic_registry.periodic_tasks}

    assert periodic >= EXPECTED


def test_no_background_work_waits_twice_in_the_queue():
    tasks = [task.task for task in app.periodic_registry.periodic_tasks.values()]

    assert [task.name for task in tasks if not task.queueing_lock] == []
    locks = [task.queueing_lock for task in tasks]
    assert len(locks) == len(set(locks))


@pytest.mark.django_db
def test_answers_are_kept_thirty_days():
    now = clock.now()
    member = Member.objects.create_user("a@exemple.fr")
    for days in (29, 31):
        AnsweredRequest.objects.create(
            scope=f"member:{member.pk}", key=str(days), body_digest=b"", status=200, body=b"",
            answered_at=now - timedelta(days=days),
        )  # fmt: skip

    assert cleaning.forget_answers(now=now) == 1

    assert [row.key for row in AnsweredRequest.objects.all()] == ["29"]


def test_only_the_newest_source_archive_stays(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    for name in ("essaim-1-1.tar.gz", "essaim-1-2.tar.gz", "autre.tar.gz"):
        (tmp_path / name).write_bytes(b"")

    assert cleaning.forget_source_archives() == 1

    assert len(list(tmp_path.iterdir())) == 2
