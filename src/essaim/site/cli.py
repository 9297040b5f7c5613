"""The `essaim` command. Each subcommand is a module of `essaim.site.commands`."""

import argparse
import importlib
import sys

from essaim import __version__

COMMANDS = {
    "demo": "essayer Essaim tout de suite : un territoire de démonstration, sans rien configurer",
    "init": "préparer une vraie installation (assistant dans le terminal)",
    "run": "lancer l’installation : base de données, pages, tâches de fond",
    "worker": "lancer seulement les tâches de fond",
    "doctor": "vérifier l’installation et dire quoi faire",
    "backup": "écrire une sauvegarde complète",
    "restore": "relire une sauvegarde, ou la vérifier avec --verify",
    "tally": "recompter un fichier public de bulletins",
    "roads": "importer une carte des routes, ou y vérifier un chemin",
    "communes": "rafraîchir la liste des communes françaises",
    "test": "vérifier le code : mise en forme, types, contrats, tests",
    "bench": "mesurer une promesse de vitesse",
    "tool": "outils des développeurs : migrations, traductions, version",
}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="essaim", description="Essaim, le logiciel libre des plateformes coopératives."
    )
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMANDE", required=True)
    arguments = sys.argv[1:] if argv is None else argv
    chosen = next((word for word in arguments if word in COMMANDS), None)
    for name, summary in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        if name == chosen:
            module = importlib.import_module(f"essaim.site.commands.{name}")
            module.configure(subparser)
    options = parser.parse_args(arguments)
    module = importlib.import_module(f"essaim.site.commands.{options.command}")
    try:
        sys.exit(module.run(options))
    except KeyboardInterrupt:
        sys.exit(130)
