"""`essaim restore`: put a backup back, or prove that it could be (`--verify`)."""

import argparse
from pathlib import Path

from essaim.site import launch
from essaim.site.commands.run import default_data_dir


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archive", type=Path, metavar="FICHIER")
    parser.add_argument("--data-dir", type=Path, default=default_data_dir())
    parser.add_argument(
        "--verify", action="store_true", help="tout relire et comparer, sans rien changer"
    )
    parser.add_argument(
        "--replace", action="store_true", help="remplacer une installation qui sert déjà"
    )


def run(options: argparse.Namespace) -> int:
    archive = options.archive.resolve()
    with launch.installation(options.data_dir):
        from essaim.kernel import clock
        from essaim.site import archives, backups

        now = clock.now()
        try:
            if options.verify:
                proof = backups.verify(archive, now=now)
            else:
                proof = backups.restore(archive, may_replace=options.replace, now=now)
        except backups.NotEmpty:
            launch.say("Cette installation sert déjà : ajoutez --replace pour la remplacer.")
            return 1
        except backups.StillRunning:
            launch.say("Essaim tourne encore : arrêtez-le d’abord (Ctrl-C), puis recommencez.")
            return 1
        except (archives.BadArchive, backups.ProgramFailed, OSError) as problem:
            launch.say(f"Rien n’a été changé. {problem}")
            return 1
        manifest = proof.manifest
        verb = "Sauvegarde prouvée" if options.verify else "Sauvegarde remise en place"
        launch.say(f"{verb} : {manifest.made_at:%d/%m/%Y %H:%M} UTC, Essaim {manifest.version}")
        launch.say(
            f"  {len(manifest.tables)} tables et {manifest.row_count} lignes identiques,"
            f" {len(manifest.parts)} fichiers intacts, comptes équilibrés."
        )
        if not options.verify:
            launch.say("  Relancez : ./essaim run")
    return 0
