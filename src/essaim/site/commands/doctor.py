"""`essaim doctor`: questions about the installation, each with its answer and its remedy."""

import argparse
import json
import os
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from essaim.site import embedded_database, launch
from essaim.site.commands.run import default_data_dir

if TYPE_CHECKING:
    from essaim.site.diagnosis import Check, Finding

NOWHERE = "postgresql://essaim@127.0.0.1:1/unreachable"
SHOWN_STATES = {
    "ok": "[green]bien[/green]",
    "warning": "[yellow]attention[/yellow]",
    "failure": "[red]à réparer[/red]",
    "not-needed": "[dim]sans objet[/dim]",
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", type=Path, default=default_data_dir())
    parser.add_argument("--json", action="store_true", help="répondre en JSON, pour une machine")


def run(options: argparse.Namespace) -> int:
    with ExitStack() as stack:
        refusal = _open(stack, options.data_dir)
        from essaim.kernel import clock

        answers = examine(clock.now(), refusal)
    if options.json:
        launch.say(json.dumps([_as_dict(n, c, f) for n, c, f in answers], ensure_ascii=False))
    else:
        _print(answers)
    return 1 if any(finding.state == "failure" for _, _, finding in answers) else 0


def _open(stack: ExitStack, data_dir: Path) -> str:
    """Open the installation; return why its database does not start, or nothing."""
    try:
        stack.enter_context(launch.installation(data_dir))
    except embedded_database.DatabaseUnavailable as problem:
        # Django is set up all the same: the other checks may tell why.
        os.environ["DATABASE_URL"] = NOWHERE
        stack.callback(os.environ.pop, "DATABASE_URL", None)
        import django

        django.setup()
        return str(problem).strip().split("\n")[-1] or "la base ne démarre pas"
    return ""


def examine(now: datetime, refusal: str = "") -> "list[tuple[int, Check, Finding]]":
    """Ask every question; those about data only when the database answers."""
    from essaim.site import diagnosis, diagnosis_of_data

    answers: list[tuple[int, Check, Finding]] = []

    def ask(check: "Check", finding: "Finding | None" = None) -> "Finding":
        found = finding or _look(check, now)
        answers.append((len(answers) + 1, check, found))
        return found

    for check in diagnosis.MACHINE_CHECKS:
        ask(check)
    remedy = "Voyez server.log dans le dossier de la base, et la place sur le disque."
    stopped = diagnosis.failure(refusal, remedy) if refusal else None
    is_reachable = ask(diagnosis_of_data.REACHABLE, stopped).state == "ok"
    unknown = diagnosis.failure("inconnu : la base ne répond pas", "Réparez d’abord la base.")
    for check in diagnosis_of_data.DATA_CHECKS:
        ask(check, None if is_reachable else unknown)
    return answers


def _look(check: "Check", now: datetime) -> "Finding":
    from django.db import DatabaseError

    from essaim.site import diagnosis

    try:
        return check.look(now)
    except DatabaseError as problem:
        first_line = str(problem).strip().split("\n", maxsplit=1)[0]
        return diagnosis.failure(first_line, "Relancez ./essaim run, qui met les tables à jour.")


def _as_dict(number: int, check: "Check", finding: "Finding") -> dict[str, object]:
    return {
        "number": number,
        "name": check.name,
        "state": finding.state.value,
        "detail": finding.detail,
        "remedy": finding.remedy,
    }


def _print(answers: "list[tuple[int, Check, Finding]]") -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("N°", justify="right", no_wrap=True)
    table.add_column("Contrôle", no_wrap=True)
    table.add_column("État", no_wrap=True)
    table.add_column("Constat")
    for number, check, finding in answers:
        detail = escape(finding.detail)
        if finding.remedy:
            detail += f"\n[bold]→ {escape(finding.remedy)}[/bold]"
        table.add_row(str(number), check.name, SHOWN_STATES[finding.state], detail)
    console = Console(highlight=False)
    console.print(table)
    failed = sum(1 for _, _, finding in answers if finding.state == "failure")
    warned = sum(1 for _, _, finding in answers if finding.state == "warning")
    console.print(f"\n{len(answers)} contrôles : {failed} à réparer, {warned} à surveiller.")
