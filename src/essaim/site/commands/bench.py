"""`essaim bench NAME`: measure one promise of speed, its baseline beside it.

A benchmark is a module of `benchmarks/` whose `run(*, quick)` returns the object below. It runs on
an installation of its own, made for it and thrown away, with a database as durable as in service.
A goal that is not met is printed, never hidden, and is no error: the figures are the result.

    {"name": "checkout", "machine": "…", "data": {"orders": 10000},
     "results": [{"metric": "orders per second", "value": 410.0, "unit": "1/s",
                  "baseline": 690.0, "ratio": 0.59, "goal": ">= 0.6", "met": false}]}
"""

import argparse
import importlib
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from essaim.site import embedded_database, launch

FOLDER = launch.CODE_ROOT / "benchmarks"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=names(), metavar="NOM", help=" · ".join(names()))
    parser.add_argument("--json", action="store_true", help="un seul objet JSON")
    parser.add_argument("--quick", action="store_true", help="moins de données, moins de tours")


def names() -> list[str]:
    """Modules of `benchmarks/` that can be run; the others are what these share."""
    return sorted(p.stem for p in FOLDER.glob("*.py") if "\ndef run(" in p.read_text("utf-8"))


def run(options: argparse.Namespace) -> int:
    # A durable disk, not a memory file system: durability is part of what is measured.
    base = launch.CODE_ROOT / ".essaim"
    base.mkdir(exist_ok=True)
    data_dir = Path(tempfile.mkdtemp(dir=base, prefix="bench-"))
    os.environ.setdefault("ESSAIM_DEMO", "true")
    cluster = embedded_database.cluster_at(data_dir)
    try:
        with launch.installation(data_dir):
            launch.prepare(data_dir)
            report = _measure(options.name, is_quick=options.quick)
    finally:
        shutil.rmtree(cluster.folder, ignore_errors=True)
        shutil.rmtree(data_dir, ignore_errors=True)
    if options.json:
        launch.say(json.dumps(report, ensure_ascii=False))
    else:
        show(report, Console(highlight=False))
    return 0


def _measure(name: str, *, is_quick: bool) -> dict[str, Any]:
    """Run a benchmark; what it prints meanwhile goes to the error output, beside the result."""
    usual, sys.stdout = sys.stdout, sys.stderr
    measured_on = machine()
    try:
        module = importlib.import_module(f"benchmarks.{name}")
        report: dict[str, Any] = module.run(quick=is_quick)
    finally:
        sys.stdout = usual
    return {"name": name, "machine": measured_on} | report


def machine() -> str:
    """Say what the figures were measured on, and how busy it was with other things."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}"
    python, load = platform.python_version(), os.getloadavg()[0]
    return f"{cpus} CPU, {memory_gb:.0f} GB, {system}, Python {python}, load {load:.1f}"


def show(report: dict[str, Any], console: Console) -> None:
    console.print(f"[bold]{escape(str(report['name']))}[/bold]  {escape(str(report['machine']))}")
    data = report.get("data", {})
    console.print("  ".join(f"{name} {value}" for name, value in data.items()), markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Mesure")
    for title in ("Valeur", "Référence", "Rapport", "But"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for result in report["results"]:
        value = f"{_number(result['value'])} {result.get('unit', '')}".strip()
        table.add_row(
            escape(str(result["metric"])),
            escape(value),
            _number(result.get("baseline")),
            _number(result.get("ratio")),
            escape(_number(result.get("goal"))),
            {True: "[green]tenu[/green]", False: "[red]NON TENU[/red]"}.get(result.get("met"), ""),
        )
    console.print(table)
    unmet = [result for result in report["results"] if result.get("met") is False]
    if unmet:
        console.print(f"{len(unmet)} but(s) non tenu(s).", style="bold red")


def _number(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
    return str(value)
