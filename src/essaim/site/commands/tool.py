"""`essaim tool`: what developers use now and then."""

import argparse
import sys
from pathlib import Path

from essaim import __version__
from essaim.site import launch

TOOL_DATA_DIR = launch.CODE_ROOT / ".essaim" / "tool"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=["version", "manage", "messages", "stylesheet"])
    parser.add_argument("rest", nargs=argparse.REMAINDER)


def run(options: argparse.Namespace) -> int:
    if options.name == "version":
        launch.say(__version__)
        return 0
    if options.name == "messages":
        from essaim.site import catalogues

        return catalogues.refresh()
    if options.name == "stylesheet":
        from essaim.web import stylesheet

        stylesheet.write()
        return 0
    return _manage(options.rest, TOOL_DATA_DIR)


def _manage(arguments: list[str], data_dir: Path) -> int:
    """Run a Django management command (makemigrations, shell…) on a private database."""
    with launch.installation(data_dir):
        from django.core.management import execute_from_command_line

        execute_from_command_line([sys.argv[0], *arguments])
    return 0
