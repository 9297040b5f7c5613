"""`essaim tool`: what developers use now and then."""

import argparse
import sys
from collections.abc import Callable

from essaim import __version__
from essaim.site import launch

TOOL_DATA_DIR = launch.CODE_ROOT / ".essaim" / "tool"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=sorted(TOOLS))
    parser.add_argument("rest", nargs=argparse.REMAINDER)


def run(options: argparse.Namespace) -> int:
    return TOOLS[options.name](options.rest)


def _version(arguments: list[str]) -> int:
    del arguments
    launch.say(__version__)
    return 0


def _messages(arguments: list[str]) -> int:
    """Bring the French catalogues up to the sources; `--prune` drops what no source says."""
    from essaim.site import catalogues

    status = catalogues.refresh()
    if "--prune" in arguments:
        catalogues.prune()
    return status


def _stylesheet(arguments: list[str]) -> int:
    del arguments
    from essaim.web import stylesheet

    stylesheet.main()
    return 0


def _reference(arguments: list[str]) -> int:
    """Write docs/reference from the code."""
    del arguments
    with launch.installation(TOOL_DATA_DIR, demo=True):
        from essaim.site import reference

        reference.write()
    return 0


def _manage(arguments: list[str]) -> int:
    """Run a Django management command (makemigrations, shell…) on a private database."""
    with launch.installation(TOOL_DATA_DIR):
        from django.core.management import execute_from_command_line

        execute_from_command_line([sys.argv[0], *arguments])
    return 0


TOOLS: dict[str, Callable[[list[str]], int]] = {
    "manage": _manage,
    "messages": _messages,
    "reference": _reference,
    "stylesheet": _stylesheet,
    "version": _version,
}
