"""The processes of one installation, in one tree: started together, drained together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

DRAIN_S = 25.0
QUICK_S = 5.0
QUICK_DEATHS_MAX = 12
"""A child that dies so many times in a row within `QUICK_S` of its start will not do better."""


@dataclass(slots=True)
class Child:
    """One process of the tree, started again when it dies by itself."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    quick_deaths: int = 0


@dataclass(slots=True)
class Supervisor:
    """Runs children until SIGINT or SIGTERM, then lets each finish what it is doing."""

    children: list[Child]
    keep_alive: Callable[[], object] | None = None
    """Called several times a second: revives what is not a child (the embedded database)."""
    _stopping: bool = field(default=False, init=False)

    def run(self) -> int:
        """Start everything and block; return 0 after a requested stop, 1 after a failure."""
        previous = {
            number: signal.signal(number, self._ask_to_stop)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            for child in self.children:
                _start(child)
            return self._watch()
        finally:
            self._drain()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._stopping = True

    def _watch(self) -> int:
        while not self._stopping:
            if self.keep_alive is not None and self.keep_alive():
                for child in self.children:
                    child.quick_deaths = 0  # it died of the database's absence
            for child in self.children:
                if child.process is None or child.process.poll() is None:
                    continue
                is_quick = time.monotonic() - child.started_at < QUICK_S
                child.quick_deaths = child.quick_deaths + 1 if is_quick else 0
                if child.quick_deaths > QUICK_DEATHS_MAX:
                    sys.stderr.write(f"essaim: {child.name} ne tient pas, arrêt.\n")
                    return 1
                time.sleep(min(child.quick_deaths, 3) / 2)
                _start(child)
            time.sleep(0.2)
        return 0

    def _drain(self) -> None:
        alive = [c.process for c in self.children if c.process and c.process.poll() is None]
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + DRAIN_S
        for process in alive:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(child: Child) -> None:
    # A session of its own: Ctrl-C reaches the supervisor alone, which then drains in order.
    child.started_at = time.monotonic()
    child.process = subprocess.Popen(child.command, start_new_session=True)


def web(host: str, port: int, workers: int) -> Child:
    """The pages: Granian in WSGI, a few threads a process."""
    options = ["--interface", "wsgi", "--workers", str(workers), "--blocking-threads", "4",
               "--backpressure", "64", "--workers-kill-timeout", "20"]  # fmt: skip
    return Child("web", _granian(host, port, *options, "essaim.site.wsgi:application"))


def live(host: str, port: int) -> Child:
    """The live updates: Granian in ASGI, one process for every open page."""
    options = ["--interface", "asginl", "--workers", "1", "--no-ws",
               "--workers-kill-timeout", "1"]  # fmt: skip
    return Child("live", _granian(host, port, *options, "essaim.site.live:application"))


def _granian(host: str, port: int, *options: str) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--host", host, "--port", str(port),
        "--respawn-failed-workers",
        "--log-level", os.environ.get("ESSAIM_LOG_LEVEL", "warning").lower(), *options,
    ]  # fmt: skip


def worker() -> Child:
    """The background work."""
    return Child("worker", [sys.executable, "-m", "essaim", "worker", "--inside"])
