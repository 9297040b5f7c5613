"""The real web server on loopback, and clients that ask it for addresses."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
CLIENTS = 4


@contextmanager
def serving() -> Iterator[int]:
    """Start the web server as `essaim run` does, with 2 workers; give its port; stop it."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
         "--port", str(port), "--workers", "2", "--blocking-threads", "4", "--log-level", "error",
         "essaim.site.wsgi:application"],
    )  # fmt: skip
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def pages_per_second(port: int, addresses: Sequence[str]) -> float:
    """Let 4 clients with kept connections read the addresses once; return pages per second."""
    return race(["benchmarks.serving", str(port)], addresses, CLIENTS)


def race(module: Sequence[str], share: Sequence[object], count: int) -> float:
    """Let `count` processes do a share each; return how many things were done per second.

    Args:
        module: a module to run and its arguments. It says it is ready with one line, reads its part
            of the share as one line of JSON, and says with one line how much of it was done.
    """
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", *module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(count)
    ]
    for client in clients:
        assert client.stdout is not None
        client.stdout.readline()
    started = time.perf_counter()
    for number, client in enumerate(clients):
        assert client.stdin is not None
        client.stdin.write(json.dumps(list(share[number::count])) + "\n")
        client.stdin.flush()
    done = sum(int(client.communicate()[0]) for client in clients)
    elapsed = time.perf_counter() - started
    assert done == len(share), f"{done} of {len(share)} were done"
    return done / elapsed


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
                return
        except OSError:
            time.sleep(0.1)


def _client(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    read = 0
    for address in json.loads(sys.stdin.readline()):
        connection.request("GET", address, headers={"Accept-Language": "fr"})
        answer = connection.getresponse()
        answer.read()
        read += answer.status == 200
    sys.stdout.write(f"{read}\n")


if __name__ == "__main__":
    _client(int(sys.argv[1]))
