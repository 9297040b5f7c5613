"""A real demo on its own database, and Debian's Chromium to look at it.

The demo takes fifteen seconds to start: run these tests in one process (`-n 0`).
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser.running import Demo, running_demo

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 20_000

Window = Callable[..., Page]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    with running_demo() as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail("Chromium manque, rien n’est vérifié à l’écran : sudo apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def complaints() -> list[str]:
    """What scripts and the policy of the pages complained of, in all windows."""
    return []


@pytest.fixture(autouse=True)
def no_complaint(complaints: list[str]) -> Iterator[None]:
    complaints.clear()
    yield
    assert complaints == []


@pytest.fixture(scope="session")
def new_window(chromium: Browser, demo: Demo, complaints: list[str]) -> Iterator[Window]:
    """Open a French window for somebody, named as in the demo, or for a visitor."""
    opened: list[BrowserContext] = []

    def window(name: str = "", *, width: int = 1280, script: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="fr-FR",
            timezone_id="Europe/Paris",
            java_script_enabled=script,
            base_url=demo.base,
        )
        opened.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: complaints.extend(_errors(said)))
        if name:
            page.goto(demo.links[name])
        return page

    yield window
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def seat(new_window: Window) -> Callable[[str], Page]:
    """The one window of somebody, signed in once for all the pages they read."""
    taken: dict[str, Page] = {}

    def of(name: str) -> Page:
        if name not in taken:
            taken[name] = new_window(name)
        return taken[name]

    return of


def _errors(said: ConsoleMessage) -> Iterator[str]:
    """Errors of scripts and of the policy; an answer that is an error is told by its status."""
    if said.type == "error" and "Failed to load resource" not in said.text:
        yield f"{said.location['url']}: {said.text}"
