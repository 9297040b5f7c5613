"""A demo of the tests' own: started as a newcomer would, bounded in time, leaving nothing behind.

A run that was killed may leave a demo and its PostgreSQL alive. Each folder carries a lock that
dies with its run, so whatever still lives in a folder whose lock is free is an orphan: stopped.
"""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil

from essaim.site import embedded_database

ROOT = Path(__file__).parents[2]
START_S = 120
STOP_S = 40
LINK = re.compile(r"\((.+?)\)\s+(http\S+/demo/sign-in/\S+)")
LAST_LINE = "--erase"
OURS = ("DATABASE_URL", "ESSAIM_", "DJANGO_", "PYTEST_")


@dataclass(frozen=True)
class Demo:
    """The address of the running demo and the sign-in link of each role, by the person's name."""

    base: str
    links: dict[str, str]


@contextmanager
def running_demo() -> Iterator[Demo]:
    """`essaim demo` on a folder of its own; stopped by Ctrl-C and erased afterwards."""
    with free_folder() as folder:
        data_dir, log = folder / "demo", folder / "demo.log"
        sweep(data_dir)
        port = _free_port()
        process = _start(data_dir, log, port)
        try:
            yield Demo(f"http://localhost:{port}", _links(process, log, port))
        finally:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=STOP_S)
            sweep(data_dir)
            log.unlink(missing_ok=True)


def sweep(data_dir: Path) -> None:
    """Stop every process that lives in a data folder, then remove its cluster and its files."""
    _stop([one for one in psutil.process_iter() if _lives_in(one, data_dir)], signal.SIGTERM)
    cluster = embedded_database.cluster_at(data_dir)
    if postmaster := _postmaster(cluster.folder):
        _stop([postmaster], signal.SIGINT)
    for folder in (cluster.folder, cluster.socket_dir, data_dir):
        shutil.rmtree(folder, ignore_errors=True)


def _lives_in(process: psutil.Process, data_dir: Path) -> bool:
    """The demo names its folder on its command line, its children carry it in their environment."""
    try:
        if process.pid == os.getpid():
            return False
        named = str(data_dir) in process.cmdline()
        return named or process.environ().get("ESSAIM_DATA_DIR") == str(data_dir)
    except psutil.Error:
        return False


def _postmaster(cluster: Path) -> psutil.Process | None:
    """The server of a cluster when it is alive: its number may since belong to somebody else."""
    try:
        number = int((cluster / "postmaster.pid").read_text().splitlines()[0])
        found = psutil.Process(number)
        return found if str(cluster) in found.cmdline() else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def _stop(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(number)
    _, alive = psutil.wait_procs(processes, timeout=STOP_S)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=5)


@contextmanager
def free_folder() -> Iterator[Path]:
    """The first folder that no living run holds: runs side by side never share a demo."""
    for number in count(1):
        folder = ROOT / ".essaim" / f"browser-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield folder
            return


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _start(data_dir: Path, log: Path, port: int) -> "subprocess.Popen[bytes]":
    environment = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    environment["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    command = [sys.executable, "-m", "essaim", "demo", "--port", str(port)]
    with log.open("wb") as output:
        return subprocess.Popen(
            [*command, "--data-dir", str(data_dir)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _links(process: "subprocess.Popen[bytes]", log: Path, port: int) -> dict[str, str]:
    """What the terminal shows once everything stands, and pages answer."""
    _wait(lambda: LAST_LINE in log.read_text(), process, log)
    _wait(lambda: _answers(port), process, log)
    return dict(LINK.findall(log.read_text()))


def _wait(is_there: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    while not is_there():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"la démonstration ne démarre pas :\n{log.read_text()[-3000:]}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        with closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
            return True
    except OSError:
        return False
