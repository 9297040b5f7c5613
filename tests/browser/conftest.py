"""A real demo on its own database, and Debian's Chromium to look at it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START_S = 240


@dataclass(frozen=True)
class Demo:
    """The address of the running demo and the sign-in link of each role, by the person's name."""

    base: str
    links: dict[str, str]


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """`essaim demo`, started as a newcomer would, stopped by Ctrl-C."""
    port, data_dir = _free_port(), ROOT / ".essaim" / "browser"
    shutil.rmtree(data_dir, ignore_errors=True)
    ours = ("DATABASE_URL", "ESSAIM_", "DJANGO_", "PYTEST_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    environment["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    process = subprocess.Popen(
        [sys.executable, "-m", "essaim", "demo", "--port", str(port), "--data-dir", str(data_dir)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Demo(f"http://localhost:{port}", _links(process))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        process.stdout.close()
        shutil.rmtree(data_dir, ignore_errors=True)


def _links(process: "subprocess.Popen[str]") -> dict[str, str]:
    links: dict[str, str] = {}
    for line in process.stdout:
        if found := re.search(r"\((.+?)\)\s+(http\S+/demo/sign-in/\S+)", line):
            links[found[1]] = found[2]
        if "--erase" in line:
            break
    base = next(iter(links.values())).split("/demo/")[0]
    host, port = base.removeprefix("http://").split(":")
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            with closing(socket.create_connection((host, int(port)), timeout=1)):
                return links
        except OSError:
            time.sleep(0.2)
    raise TimeoutError


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium n’est pas installé : apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, demo: Demo):
    """Open a window of this width for somebody; French, with or without JavaScript."""
    opened: list[BrowserContext] = []

    def window(name: str = "", *, width: int = 1280, script: bool = True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="fr-FR",
            java_script_enabled=script,
            base_url=demo.base,
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        if name:
            page.goto(demo.links[name])
        return page

    yield window
    for context in opened:
        context.close()
