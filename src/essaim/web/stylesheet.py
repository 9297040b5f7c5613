"""Build the one stylesheet and the one script that every page loads, without node.

Sources are `web/css/*.css`, joined in the order of their names, and the scripts of `web/js`.
`python -m essaim.web.stylesheet` writes the served files; a test refuses committed files that
differ from their sources.
"""

import re
from pathlib import Path

_HERE = Path(__file__).parent
_SERVED = _HERE / "static" / "web"
STYLESHEET = _SERVED / "essaim.css"
SCRIPT = _SERVED / "essaim.js"

# One file, because htmx starts by itself as soon as its own file has run: the extension that guards
# its attributes has to be there before, and one request is less than three.
SCRIPTS = ("htmx-4.0.1.min.js", "hx-csp-4.0.1.min.js", "essaim.js")

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BLANKS = re.compile(r"\s+")
_AROUND_PUNCTUATION = re.compile(r" ?([{};,]) ?")
_SCRIPT_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)


def minify(css: str) -> str:
    """Return `css` without comments and needless blanks; strings may hold no brace or comma."""
    css = _BLANKS.sub(" ", _COMMENT.sub("", css))
    css = _AROUND_PUNCTUATION.sub(r"\1", css)
    return css.replace(": ", ":").replace(";}", "}").strip() + "\n"


def build() -> str:
    """Return the served stylesheet, the same on every machine."""
    sources = sorted((_HERE / "css").glob("*.css"))
    return minify("\n".join(source.read_text("utf-8") for source in sources))


def build_script() -> str:
    """Return the served script: htmx, its guard, ours without its comment lines."""
    *vendored, ours = ((_HERE / "js" / name).read_text("utf-8") for name in SCRIPTS)
    return "\n".join([*(text.strip() for text in vendored), _SCRIPT_COMMENT.sub("", ours)])


def main() -> None:
    """Write the served files."""
    STYLESHEET.write_text(build(), "utf-8")
    SCRIPT.write_text(build_script(), "utf-8")


if __name__ == "__main__":
    main()
