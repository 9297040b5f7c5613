"""The served stylesheet and script are what their sources say, and small."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from essaim.web import stylesheet

WEB = Path(stylesheet.__file__).parent
VENDORED = {
    "htmx-4.0.1.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "hx-csp-4.0.1.min.js": "a7e1e6711ae6c3e50ad300fba7936cbe8d07599cdae313414a179ddd6b26e143",
}


def gzipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_committed_stylesheet_is_the_one_its_sources_build():
    assert stylesheet.STYLESHEET.read_text("utf-8") == stylesheet.build(), (
        "run: python -m essaim.web.stylesheet"
    )


def test_the_committed_script_is_the_one_its_sources_build():
    assert stylesheet.SCRIPT.read_text("utf-8") == stylesheet.build_script(), (
        "run: python -m essaim.web.stylesheet"
    )


def test_the_stylesheet_weighs_at_most_twelve_kilobytes():
    assert gzipped(stylesheet.STYLESHEET) <= 12 * 1024


def test_the_script_weighs_at_most_eighteen_kilobytes():
    assert gzipped(stylesheet.SCRIPT) <= 18 * 1024


def test_our_own_script_is_shorter_than_a_hundred_and_fifty_lines():
    assert len((WEB / "js" / "essaim.js").read_text("utf-8").splitlines()) < 150


@pytest.mark.parametrize(
    ("font", "bytes_max"),
    [("bricolage-grotesque", 28.9 * 1024), ("atkinson-hyperlegible-next", 24.4 * 1024)],
)
def test_a_typeface_weighs_no_more_than_its_french_subset(font, bytes_max):
    assert (WEB / "static/web/fonts" / f"{font}.woff2").stat().st_size <= bytes_max


@pytest.mark.parametrize("name", VENDORED)
def test_a_borrowed_script_is_byte_for_byte_the_published_one(name):
    digest = hashlib.sha256((WEB / "js" / name).read_bytes()).hexdigest()

    assert digest == VENDORED[name]


def test_the_stylesheet_asks_nothing_of_another_host():
    addresses = re.findall(r"url\(\"?([^)\"]+)", stylesheet.build())

    assert addresses
    assert not [address for address in addresses if "//" in address]


def test_minifying_keeps_the_rules_and_drops_the_comments():
    css = "/* why */\n.a {\n  color: red;\n  margin: 0 1px;\n}\n.b > .c, .d { top: 0 }"

    assert stylesheet.minify(css) == ".a{color:red;margin:0 1px}.b > .c,.d{top:0}\n"
