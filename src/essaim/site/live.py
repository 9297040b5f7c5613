"""The live-update process: server-sent events for open pages, nothing else.

`essaim run` starts it beside the pages, one port above. It reads the database's notifications on
one connection and passes on that a topic changed. `GET /live/<signed topic>`; `GET /live/` says
whether it hears the database.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings

from essaim.web import live

# The settings are all it needs of Django: no app is loaded, which spares half of the memory.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "essaim.site.settings")

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

WATCHERS_MAX = 2000
MERGED_S = 0.3
"""Changes that follow one another this closely are told once."""
SILENCE_S = 20.0
"""A line is sent at least this often, so that proxies keep the connection open."""
STAY_S = 1200.0
"""After this the browser is let go; it comes back by itself."""
RETRY_S = 1.0
CHANGED, STILL_HERE = b"data: changed\n\n", b":\n\n"
EVENT_STREAM: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Watchers:
    """Who watches which topic, and the one connection that hears the database."""

    def __init__(self) -> None:
        self._events: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None
        self.count = 0
        self.is_hearing = False

    def add(self, topic: str) -> asyncio.Event:
        """Return an event that is set each time the topic changes."""
        event = asyncio.Event()
        self._events[topic].add(event)
        self.count += 1
        return event

    def remove(self, topic: str, event: asyncio.Event) -> None:
        self._events[topic].discard(event)
        self.count -= 1
        if not self._events[topic]:
            del self._events[topic]

    def start(self) -> None:
        """Listen to the database, in the background, from the first request on."""
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while True:
            with suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(
                    settings.DATABASE_URL, autocommit=True, application_name="essaim live"
                ) as database:
                    await database.execute(f"LISTEN {live.CHANNEL}")
                    self.is_hearing = True
                    self._tell_all()  # whatever changed while nobody listened
                    async for notice in database.notifies():
                        self._tell(notice.payload)
            self.is_hearing = False
            await asyncio.sleep(RETRY_S)

    def _tell(self, topic: str) -> None:
        for event in self._events.get(topic, ()):
            event.set()

    def _tell_all(self) -> None:
        for topic in list(self._events):
            self._tell(topic)


watchers = Watchers()


async def application(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI application that Granian serves."""
    if scope["type"] != "http":
        return
    watchers.start()
    signed = scope["path"].removeprefix("/live/")
    topic = live.topic_of(signed) if signed else None
    if scope["method"] != "GET" or not scope["path"].startswith("/live/"):
        await _answer(send, 404)
    elif not signed:
        await _answer(send, 200 if watchers.is_hearing else 503)
    elif topic is None:
        await _answer(send, 403)
    elif watchers.count >= WATCHERS_MAX:
        await _answer(send, 503)
    else:
        await _stream(topic, receive, send)


async def _answer(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok\n" if status == 200 else b""})


async def _stream(topic: str, receive: Receive, send: Send) -> None:
    changed = watchers.add(topic)
    leaving = asyncio.create_task(_until_gone(receive))
    try:
        origin = (b"access-control-allow-origin", settings.BASE_URL.encode())
        await send(
            {"type": "http.response.start", "status": 200, "headers": [*EVENT_STREAM, origin]}
        )
        async with asyncio.timeout(STAY_S):
            while not leaving.done():
                await _send_part(send, await _next_part(changed, leaving))
    except (TimeoutError, ConnectionError, RuntimeError):
        pass  # the browser's time is over, or it went while something was sent
    finally:
        leaving.cancel()
        watchers.remove(topic, changed)
    with suppress(ConnectionError, RuntimeError):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _next_part(changed: asyncio.Event, leaving: "asyncio.Task[None]") -> bytes:
    """Wait for a change, for the browser to go, or for a silence that is too long."""
    waiting = asyncio.create_task(changed.wait())
    await asyncio.wait({waiting, leaving}, timeout=SILENCE_S, return_when="FIRST_COMPLETED")
    waiting.cancel()
    if not changed.is_set():
        return STILL_HERE
    await asyncio.sleep(MERGED_S)
    changed.clear()
    return CHANGED


async def _send_part(send: Send, part: bytes) -> None:
    await send({"type": "http.response.body", "body": part, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
