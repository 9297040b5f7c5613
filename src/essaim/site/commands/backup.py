"""`essaim backup`: the whole installation in one file, while people go on working."""

import argparse
from pathlib import Path

from essaim.site import launch
from essaim.site.commands.run import default_data_dir

MEGABYTE = 1_000_000


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", type=Path, default=default_data_dir())
    parser.add_argument(
        "--to", type=Path, metavar="DOSSIER", help="où l’écrire (par défaut : données/backups)"
    )


def run(options: argparse.Namespace) -> int:
    with launch.installation(options.data_dir):
        from essaim.kernel import clock
        from essaim.site import backups

        folder = options.to or options.data_dir / "backups"
        try:
            target, manifest = backups.make(folder.resolve(), now=clock.now())
        except (backups.ProgramFailed, OSError) as problem:
            launch.say(f"La sauvegarde n’a pas pu être faite : {problem}")
            return 1
        size_mb = target.stat().st_size / MEGABYTE
        launch.say(f"Sauvegarde écrite : {target}")
        launch.say(
            f"  {size_mb:.1f} Mo, {len(manifest.tables)} tables, {manifest.row_count} lignes,"
            f" {len(manifest.parts)} fichiers"
        )
        launch.say("  Elle contient les données des membres et la clé secrète : gardez-la au sûr.")
        launch.say(f"  Prouvez-la : ./essaim restore {target} --verify")
    return 0
