"""`essaim communes refresh`: fetch the list of French communes again (maintainers, once a year)."""

import argparse
import subprocess

from essaim.site import launch


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["refresh"])


def run(options: argparse.Namespace) -> int:
    del options
    try:
        from essaim.core.territories import build_communes

        counts = build_communes.refresh()
    except ModuleNotFoundError as problem:
        launch.say(f"Il manque {problem.name} : lancez d’abord ./essaim test, qui l’installe.")
        return 1
    except FileNotFoundError:
        launch.say("Il manque npm : sudo apt install npm")
        return 1
    except subprocess.CalledProcessError as problem:
        launch.say(f"npm n’a pas pu lire le paquet des communes : {problem}")
        return 1
    for step, count in sorted(counts.items()):
        launch.say(f"{count:>7}  {step}")
    return 0
