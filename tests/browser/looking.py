"""Looking at a page as its readers will: what it weighs, whom it asks, how it reads, if it fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Page

from essaim.site import typography

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WEIGHT_KB_MAX = 120
REQUESTS_MAX = 8
NODES_MAX = 350
NARROW_PX = 320
HEADERS_BYTES = 300
"""What the head of an answer counts for, as browsers reckon it."""

FETCHED = """() => {
  const page = performance.getEntriesByType("navigation");
  const rest = performance.getEntriesByType("resource");
  return [...page, ...rest].map((e) => [e.name, e.encodedBodySize]);
}"""
WORDS = """() => {
  const folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((fold) => (fold.open = true));
  const said = document.body.innerText.split("\\n");
  folded.forEach((fold) => (fold.open = false));
  for (const name of ["aria-label", "placeholder", "alt", "title"])
    for (const one of document.querySelectorAll(`[${name}]`)) said.push(one.getAttribute(name));
  return [document.title, ...said];
}"""
WIDTH = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"


@dataclass(frozen=True)
class Look:
    """A page as it was seen. `wrong` names what axe found, light and wide, then dark and narrow."""

    address: str
    hosts: frozenset[str]
    requests_count: int
    weight_bytes: int
    nodes_count: int
    width_px: int
    wrong: tuple[str, ...]
    bad_french: tuple[str, ...]


def look(page: Page) -> Look:
    """Look at the page that a window shows, and leave it as it was found."""
    page.evaluate("document.fonts.ready")
    size = page.viewport_size
    fetched = page.evaluate(FETCHED)
    nodes_count = page.evaluate("document.querySelectorAll('body *').length")
    page.evaluate(AXE + "\n;0")  # by the debugger's door: the page's policy forbids other scripts
    wrong = [*_violations(page, "light")]
    page.set_viewport_size({"width": NARROW_PX, "height": 800})
    width_px = page.evaluate(WIDTH)
    wrong += _violations(page, "dark")
    bad_french = tuple(_bad_french(page.evaluate(WORDS)))
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="light")
    return Look(
        address=page.url,
        hosts=frozenset(urlsplit(name).netloc for name, _ in fetched),
        requests_count=len(fetched),
        weight_bytes=sum(size + HEADERS_BYTES for _, size in fetched),
        nodes_count=nodes_count,
        width_px=width_px,
        wrong=tuple(wrong),
        bad_french=bad_french,
    )


def faults(seen: Look, *, nodes_max: int = NODES_MAX) -> list[str]:
    """Say in words what breaks our promises; empty when the page keeps them all."""
    home = urlsplit(seen.address).netloc
    found = [f"asks {host}" for host in sorted(seen.hosts - {home})]
    if seen.requests_count > REQUESTS_MAX:
        found.append(f"{seen.requests_count} requests, {REQUESTS_MAX} allowed")
    if seen.weight_bytes > WEIGHT_KB_MAX * 1024:
        found.append(f"{seen.weight_bytes // 1024} KB, {WEIGHT_KB_MAX} allowed")
    if seen.nodes_count > nodes_max:
        found.append(f"{seen.nodes_count} nodes, {nodes_max} allowed")
    if seen.width_px > NARROW_PX:
        found.append(f"{seen.width_px} px wide on a screen of {NARROW_PX}")
    return [*found, *seen.wrong, *seen.bad_french]


def _violations(page: Page, scheme: str) -> Iterator[str]:
    page.emulate_media(color_scheme=scheme)
    result = page.evaluate("axe.run({resultTypes: ['violations']})")
    for violation in result["violations"]:
        for node in violation["nodes"][:3]:
            yield f"axe, {scheme}: {violation['id']}: {node['html'][:160]}"


def _bad_french(lines: list[str]) -> Iterator[str]:
    for line in dict.fromkeys(lines):
        problems = typography.problems(line) + typography.loose_units(line)
        if problems:
            yield f"French: {line!r}: {'; '.join(problems)}"
