"""`essaim demo`: a living territory to try everything, erased in one command."""

import argparse
import os
import shutil
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from essaim.site import embedded_database, launch, supervisor

DATA_DIR = launch.CODE_ROOT / ".essaim" / "demo"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=int,
        default=8000,
        help="8000 au départ ; les nouvelles en direct prennent le suivant",
    )
    parser.add_argument(
        "--data-dir", type=Path, default=DATA_DIR, help="où elle vit, pour en avoir plusieurs"
    )
    parser.add_argument("--erase", action="store_true", help="supprimer la démonstration")


def run(options: argparse.Namespace) -> int:
    if options.erase:
        return _erase(options.data_dir)
    os.environ.setdefault("ESSAIM_BASE_URL", f"http://localhost:{options.port}")
    with _progress() as progress:
        step = progress.add_task("Base de données PostgreSQL…", total=None)
        started = launch.installation(options.data_dir, demo=True)
        started.__enter__()
        try:
            progress.update(step, description="Tables et fichiers…")
            launch.prepare(options.data_dir)
            progress.update(step, description="Territoire de démonstration…")
            from essaim.site import demo

            demo.sow_once()
            links = demo.sign_in_links()
        except BaseException:
            started.__exit__(None, None, None)
            raise
    try:
        _print_links(links, options.data_dir)
        tree = supervisor.Supervisor(
            [
                supervisor.web("127.0.0.1", options.port, 1),
                supervisor.live("127.0.0.1", options.port + 1),
                supervisor.worker(),
            ]
        )
        return tree.run()
    finally:
        started.__exit__(None, None, None)


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("[bold]{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _print_links(links: list[tuple[str, str]], data_dir: Path) -> None:
    width = max(len(role) for role, _ in links)
    launch.say("\nEssaim est prêt. Ouvrez un de ces liens (Ctrl-C pour arrêter) :\n")
    for role, link in links:
        launch.say(f"  {role:<{width}}  {link}")
    where = "" if data_dir == DATA_DIR else f" --data-dir {data_dir}"
    launch.say(f"\n  Tout effacer : ./essaim demo --erase{where}\n")


def _erase(data_dir: Path) -> int:
    cluster = embedded_database.cluster_at(data_dir)
    if (cluster.folder / "postmaster.pid").exists():
        launch.say("La démonstration tourne encore : arrêtez-la d’abord (Ctrl-C).")
        return 1
    shutil.rmtree(cluster.folder, ignore_errors=True)
    shutil.rmtree(data_dir, ignore_errors=True)
    launch.say("La démonstration est effacée.")
    return 0
