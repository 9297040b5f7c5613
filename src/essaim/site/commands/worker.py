"""`essaim worker`: background work alone, for a second machine or inside `run`."""

import argparse
from pathlib import Path

from essaim.site import launch
from essaim.site.commands.run import default_data_dir


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", type=Path, default=default_data_dir())
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    with launch.installation(options.data_dir):
        from django.core.management import call_command

        call_command("procrastinate", "worker", "--concurrency", "1")
    return 0
