"""`essaim roads`: import a map of roads, make it again, or look up a way to check it.

    essaim roads import languedoc.osm.pbf
    essaim roads route 43.6045,1.4440 43.6112,1.4543

With `--territory` no database is started: only files are read and written.
"""

import argparse
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from essaim.kernel.errors import RuleBroken
from essaim.site import launch
from essaim.site.commands.run import default_data_dir

if TYPE_CHECKING:
    from essaim.core.roads.actions import Imported
    from essaim.core.roads.routers import Router
    from essaim.core.roads.rules.routes import Path as Way

PROFILES = {"car": "voiture", "bicycle": "vélo", "foot": "à pied"}
READING = "lecture de la carte"


def configure(parser: argparse.ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", metavar="TÂCHE", required=True)
    importing = tasks.add_parser("import", help="lire une carte OpenStreetMap")
    importing.add_argument(
        "file", metavar="FICHIER", type=Path, help=".osm.pbf .osm.gz .osm.bz2 .osm"
    )
    importing.add_argument(
        "--profile",
        choices=list(PROFILES),
        action="append",
        help="car, bicycle ou foot ; à répéter ; sans cette option, les trois",
    )
    again = tasks.add_parser("rebuild", help="refaire les routes depuis la carte gardée")
    route = tasks.add_parser(
        "route",
        help="montrer un chemin",
        epilog="Au sud de l’équateur, écrivez -- avant les deux points.",
    )
    route.add_argument("origin", metavar="LAT,LON")
    route.add_argument("destination", metavar="LAT,LON")
    route.add_argument("--profile", choices=list(PROFILES), default="car")
    for task in (importing, again, route):
        task.add_argument("--data-dir", type=Path, default=default_data_dir())
        task.add_argument("--territory", metavar="NOM", help="sinon, celui de l’installation")


def run(options: argparse.Namespace) -> int:
    territory = options.territory or _territory_of(options.data_dir)
    if territory is None:
        launch.say("Aucun territoire : lancez d’abord ./essaim init, ou donnez --territory.")
        return 1
    folder = options.data_dir / "roads" / territory
    try:
        return {"import": _import, "rebuild": _rebuild, "route": _route}[options.task](
            options, folder
        )
    except RuleBroken as refusal:
        from essaim.site.tally.sentences import refusal_in_french

        launch.say(refusal_in_french(refusal))
        return 1


def _territory_of(data_dir: Path) -> str | None:
    with launch.installation(data_dir):
        from essaim.core.territories.queries import territory_of_site

        launch.prepare(data_dir)
        territory = territory_of_site()
        return territory.slug if territory else None


def _import(options: argparse.Namespace, folder: Path) -> int:
    from essaim.core.roads.actions import import_extract
    from essaim.core.roads.rules.profiles import Profile
    from essaim.kernel import clock

    profiles = [Profile(name) for name in options.profile or PROFILES]
    with Steps() as steps:
        made = import_extract(
            source=options.file, folder=folder, now=clock.now(), profiles=profiles, told=steps.tell
        )
    _show_import(made, folder)
    return 0


def _rebuild(options: argparse.Namespace, folder: Path) -> int:
    from essaim.core.roads.actions import rebuild
    from essaim.kernel import clock

    del options
    with Steps() as steps:
        made = rebuild(folder=folder, now=clock.now(), told=steps.tell)
    _show_import(made, folder)
    return 0


def _route(options: argparse.Namespace, folder: Path) -> int:
    from essaim.core.roads.actions import open_roads
    from essaim.core.roads.approximation import StraightLineRouter
    from essaim.core.roads.refusals import RoadsMissing
    from essaim.core.roads.rules.profiles import Profile
    from essaim.core.territories.rules import read_position
    from essaim.kernel import clock

    origin, destination = (read_position(text) for text in (options.origin, options.destination))
    if origin is None or destination is None:
        launch.say("Un point s’écrit latitude,longitude : 43.6045,1.4440")
        return 2
    profile = Profile(options.profile)
    router: Router
    try:
        with Steps() as steps:
            router = open_roads(folder=folder, profile=profile, now=clock.now(), told=steps.tell)
    except RoadsMissing:
        launch.say("Aucune route n’est importée pour ce profil : voici une estimation.")
        router = StraightLineRouter(profile)
    _show_way(router.path(origin, destination), PROFILES[profile])
    return 0


class Steps:
    """Shows what is being made, and how far it is."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def tell(self, step: str, count: int) -> None:
        title = READING if step == "read" else f"routes : {PROFILES[step]}"
        detail = f"{count:_} {'voies' if step == 'read' else 'croisements'}".replace("_", "\u202f")
        if step in self._tasks:
            self._progress.update(self._tasks[step], detail=detail)
            return
        for task in self._tasks.values():
            self._progress.stop_task(task)
        self._tasks[step] = self._progress.add_task(title, total=None, detail=detail)


def _show_import(made: "Imported", folder: Path) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Routes")
    for title in ("Croisements", "Tronçons orientés"):
        table.add_column(title, justify="right")
    table.add_column("Recherche")
    for profile, sheet in made.sheets.items():
        engine = "hiérarchie" if sheet.has_hierarchy else "simple (ch-router n’est pas installé)"
        table.add_row(PROFILES[profile], str(sheet.node_count), str(sheet.arc_count), engine)
    console = Console(highlight=False)
    console.print(table)
    console.print(f"Enregistrées dans {folder}", markup=False, soft_wrap=True)
    _credit(console)


def _show_way(way: "Way", profile: str) -> None:
    console = Console(highlight=False)
    about = "environ " if way.route.is_approximate else ""
    far, long = _kilometres(way.route.distance_m), _duration(way.route.duration_s)
    console.print(f"[bold]{about}{far}[/bold], {long}, {profile}")
    if way.route.is_approximate:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Par")
    table.add_column("Distance", justify="right", no_wrap=True)
    table.add_column("Durée", justify="right", no_wrap=True)
    for step in way.steps:
        name = escape(step.name) or "[dim]sans nom[/dim]"
        table.add_row(name, _kilometres(step.distance_m), _duration(step.duration_s))
    console.print(table)
    _credit(console)


def _credit(console: Console) -> None:
    from essaim.core.roads.routers import CREDIT, CREDIT_URL

    console.print(f"{CREDIT}  {CREDIT_URL}", style="dim")


def _kilometres(metres: int) -> str:
    if metres < 1000:
        return f"{metres} m"
    return f"{metres / 1000:.1f} km".replace(".", ",")


def _duration(seconds: int) -> str:
    minutes = round(timedelta(seconds=seconds) / timedelta(minutes=1))
    if minutes < 1:
        return f"{seconds} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02}" if hours else f"{minutes} min"
