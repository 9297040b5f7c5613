"""Open pages hear that something changed: the real process, the real database."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import pytest
from django.conf import settings
from django.core import signing
from django.db import connection
from psycopg.conninfo import make_conninfo

from essaim.site import supervisor
from essaim.web import live

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


@contextmanager
def live_process():
    """The process as `essaim run` starts it, on the database of the tests."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    database = make_conninfo(settings.DATABASE_URL, dbname=connection.settings_dict["NAME"])
    process = subprocess.Popen(
        supervisor.live("127.0.0.1", port).command,
        env=os.environ | {"DATABASE_URL": database, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        wait_until(lambda: status(port, "/live/") == 200)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_until(is_true, seconds=30):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.05)


@contextmanager
def asked(port, path):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=15)) as asking:
        asking.request("GET", path)
        with asking.getresponse() as answer:
            yield answer


def status(port, path):
    try:
        with asked(port, path) as answer:
            return answer.status
    except OSError:
        return None


def path_of(topic):
    return "/live/" + live.address_of(topic).rpartition("/live/")[2]


def watching():
    """How many connections hear the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE application_name = 'essaim live' AND datname = current_database()"
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_page_hears_its_topic_and_no_other():
    with live_process() as port, asked(port, path_of("order:1")) as page:
        live.announce("order:2")
        live.announce("order:1")
        first = page.readline(), page.readline()
        headers = dict(page.getheaders())

    assert first == (b"data: changed\n", b"\n")
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["access-control-allow-origin"] == settings.BASE_URL


def test_changes_close_together_are_told_once():
    with live_process() as port, asked(port, path_of("order:1")) as page:
        for _ in range(5):
            live.announce("order:1")
        page.readline(), page.readline()
        time.sleep(1)
        live.announce("order:1")
        told = [page.readline(), page.readline()]

    assert told == [b"data: changed\n", b"\n"]


def test_after_the_database_went_everybody_is_told_to_look_again():
    with live_process() as port, asked(port, path_of("order:1")) as page:
        (pid,) = watching()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        wait_until(lambda: watching() not in ([], [pid]))

        assert page.readline() == b"data: changed\n"


def test_forged_old_and_unknown_addresses_are_refused(monkeypatch):
    monkeypatch.setattr(signing.time, "time", lambda: 1_000_000_000)
    old = path_of("order:1")
    monkeypatch.undo()

    with live_process() as port:
        answers = [status(port, path) for path in ("/live/order:1", old, "/elsewhere")]

    assert answers == [403, 403, 404]
