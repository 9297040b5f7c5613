"""`essaim test`: all that can be checked about the code, in order; a failure stops nothing.

What cannot run here is said in the last lines (« NON VÉRIFIÉ »), never silently skipped.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from essaim.site import launch

STEP_S_MAX = 1800
SHOWN_LINES_MAX = 60
CHROMIUM = Path("/usr/bin/chromium")
KNOWN_WORDS = launch.CODE_ROOT / "tests" / "architecture" / "known_words.txt"
NOT_SPELLED = (
    "*.lock,*.svg,*.po,*.xz,*.tsv,*.json,*.min.js,*.js,*.css,*/data/*,*.fr.md,*/tutorials/*"
)
CLOSING_LINE = re.compile(r"\b\d+ (passed|failed|errors?|skipped|deselected)\b.* in [\d.]+s")
OUTCOMES = ("failed", "errors", "passed", "skipped")


@dataclass(slots=True)
class Outcome:
    """What became of one step. `unverified` says what could not run, in sentences."""

    is_ok: bool
    detail: str = ""
    unverified: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    duration_s: float = 0.0
    did_run: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    title: str
    perform: Callable[[], Outcome]
    is_slow: bool = False


def configure(parser: argparse.ArgumentParser) -> None:
    names = [step.name for step in STEPS]
    parser.add_argument(
        "--only", nargs="+", choices=names, metavar="ÉTAPE", help="parmi : " + ", ".join(names)
    )
    parser.add_argument(
        "--fast", action="store_true", help="sans les étapes longues, qui sont alors rappelées"
    )


def run(options: argparse.Namespace) -> int:
    console = Console(highlight=False, soft_wrap=True)
    results = []
    started = time.monotonic()
    for number, step in enumerate(STEPS, start=1):
        if unasked := _unasked(step, options):
            results.append((step, unasked))
            continue
        console.print(f"\n[bold]{number}/{len(STEPS)}  {step.title}[/bold]")
        outcome = _perform(step)
        results.append((step, outcome))
        console.print(_state(outcome, step) + f"  {outcome.duration_s:.1f} s", markup=True)
    _summarize(console, results, time.monotonic() - started)
    return 0 if all(outcome.is_ok for _, outcome in results) else 1


def _unasked(step: Step, options: argparse.Namespace) -> Outcome | None:
    if options.only and step.name not in options.only:
        return Outcome(is_ok=True, did_run=False)
    if options.fast and step.is_slow:
        sentence = f"{step.title} : étape longue (--fast)"
        return Outcome(is_ok=True, did_run=False, unverified=[sentence])
    return None


def _perform(step: Step) -> Outcome:
    started = time.monotonic()
    outcome = step.perform()
    outcome.duration_s = time.monotonic() - started
    return outcome


def _state(outcome: Outcome, step: Step) -> str:
    if not outcome.did_run:
        return "[yellow]pas lancé[/yellow]"
    if not outcome.is_ok:
        return f"[red]ÉCHEC[/red] {step.name}"
    return "[green]bien[/green]"


def _summarize(console: Console, results: list[tuple[Step, Outcome]], duration_s: float) -> None:
    _print_table(console, results)
    failed = [(step, outcome) for step, outcome in results if not outcome.is_ok]
    for step, outcome in failed:
        console.print(f"\n[red bold]ÉCHEC : {step.title}[/red bold]")
        for line in outcome.failures[:SHOWN_LINES_MAX]:
            console.print(f"  {line}", markup=False)
    unverified = _unverified(results)
    console.print()
    for sentence in unverified:
        console.print(f"NON VÉRIFIÉ : {sentence}", style="yellow bold", markup=False)
    console.print(_verdict([step.name for step, _ in failed], is_partial=bool(unverified)))
    if any(outcome.counts for _, outcome in results):
        console.print(_totals([outcome for _, outcome in results], duration_s))


def _print_table(console: Console, results: list[tuple[Step, Outcome]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Étape", no_wrap=True)
    table.add_column("État", no_wrap=True)
    table.add_column("Durée", justify="right", no_wrap=True)
    table.add_column("Détail")
    for step, outcome in results:
        state = _state(outcome, step)
        table.add_row(step.name, state, f"{outcome.duration_s:.1f} s", escape(outcome.detail))
    console.print()
    console.print(table)


def _unverified(results: list[tuple[Step, Outcome]]) -> list[str]:
    sentences = [sentence for _, outcome in results for sentence in outcome.unverified]
    unasked = [
        step.name for step, outcome in results if not outcome.did_run and not outcome.unverified
    ]
    if unasked:
        sentences.insert(0, f"étapes non demandées (--only) : {', '.join(unasked)}")
    return sentences


def _verdict(failed: list[str], *, is_partial: bool) -> str:
    if failed:
        return f"Essaim : {len(failed)} étape(s) en échec : {', '.join(failed)}."
    return (
        "Essaim : bien, sauf ce qui n’est pas vérifié." if is_partial else "Essaim : tout est bien."
    )


def _totals(outcomes: list[Outcome], duration_s: float) -> str:
    sums = {name: sum(outcome.counts.get(name, 0) for outcome in outcomes) for name in OUTCOMES}
    shown = ", ".join(
        f"{count} {name}" for name, count in sums.items() if count or name == "passed"
    )
    return f"{shown} in {duration_s:.2f}s"


# Commands


def _environment() -> dict[str, str]:
    paths = [str(launch.CODE_ROOT / "src"), str(launch.CODE_ROOT), os.environ.get("PYTHONPATH", "")]
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONUNBUFFERED": "1",
    }


def _tool(name: str) -> str:
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else name


def _run(command: list[str], *, is_shown: bool) -> tuple[int, list[str]]:
    """Run a command without stdin; return its exit code and lines, shown at once or on failure."""
    try:
        process = subprocess.Popen(
            command,
            cwd=launch.CODE_ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except FileNotFoundError:
        return 127, [f"{command[0]} est introuvable : relancez ./essaim test pour l’installer."]
    guard = threading.Timer(STEP_S_MAX, process.kill)
    guard.start()
    try:
        with process:
            lines = _drain(process, is_shown=is_shown)
        code = process.returncode
    finally:
        guard.cancel()
    if code and not is_shown:
        sys.stdout.write("\n".join(lines[-SHOWN_LINES_MAX:]) + "\n")
    return code, lines


def _drain(process: "subprocess.Popen[bytes]", *, is_shown: bool) -> list[str]:
    lines = []
    for raw in process.stdout or ():
        line = raw.decode(errors="replace").rstrip("\n")
        lines.append(line)
        if is_shown:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return lines


def _static(command: list[str]) -> Callable[[], Outcome]:
    """A step that is one command of the .venv: quiet when all is well."""

    def perform() -> Outcome:
        code, lines = _run([_tool(command[0]), *command[1:]], is_shown=False)
        said = [line.strip() for line in lines if line.strip()]
        detail = said[-1][:100] if said else ""
        return Outcome(is_ok=code == 0, detail=detail, failures=said[-40:] if code else [])

    return perform


def _spelling() -> Outcome:
    from essaim.site import french_words

    paths = ["src", "tests", "benchmarks", "docs"]
    paths += [path.name for path in launch.CODE_ROOT.glob("*.md")]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as words:
        words.write("\n".join([*french_words.taken_for_english(), KNOWN_WORDS.read_text()]))
        words.flush()
        command = ["codespell", "--skip", NOT_SPELLED, "--ignore-words", words.name, *paths]
        return _static(command)()


def _catalogue() -> Outcome:
    from essaim.site import catalogues

    problems = catalogues.check()
    for problem in problems[:SHOWN_LINES_MAX]:
        sys.stdout.write(problem + "\n")
    detail = f"{len(problems)} problème(s)" if problems else "français complet"
    return Outcome(is_ok=not problems, detail=detail, failures=problems[:12])


# Tests


def _pytest(marks: str, *options: str) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-m", marks, f"--junit-xml={report}", *options]
        if sys.stdout.isatty():
            command.append("--color=yes")
        code, lines = _run(command, is_shown=True)
        counts, failures, unverified = _read_report(report)
    closing = next((line for line in reversed(lines) if CLOSING_LINE.search(line)), "")
    if code == 5:
        return Outcome(is_ok=True, did_run=False, unverified=[f"aucun test marqué « {marks} »"])
    if code and not failures:
        failures = [line for line in lines if line.strip()][-12:]
    return Outcome(code == 0, closing.strip("= "), unverified, failures, counts)


def _read_report(report: Path) -> tuple[dict[str, int], list[str], list[str]]:
    """Return the counts, the failed tests, and each reason to skip with how many it skipped."""
    counts = dict.fromkeys(OUTCOMES, 0)
    failures: list[str] = []
    reasons: dict[str, int] = {}
    if not report.exists():
        return counts, failures, []
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it just now
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        problem = case.find("failure") if case.find("error") is None else case.find("error")
        skipped = case.find("skipped")
        if problem is not None:
            counts["failed" if problem.tag == "failure" else "errors"] += 1
            failures.append(f"{name}  {problem.get('message', '')[:160]}".replace("\n", " "))
        elif skipped is not None:
            counts["skipped"] += 1
            reason = f"{case.get('classname', '')} : {skipped.get('message', '')}"
            reasons[reason] = reasons.get(reason, 0) + 1
        else:
            counts["passed"] += 1
    return counts, failures, [f"{reason} ({count} test(s))" for reason, count in reasons.items()]


def _tests() -> Outcome:
    return _pytest("not browser and not concurrency", "-n", "2", "--dist", "worksteal")


def _concurrency() -> Outcome:
    return _pytest("concurrency and not browser")


def _browser() -> Outcome:
    missing = _missing_chromium()
    if missing:
        return Outcome(is_ok=True, did_run=False, unverified=[missing])
    return _pytest("browser")


def _missing_chromium() -> str:
    """Install Debian's Chromium when we may; return why there is none, or nothing when there is."""
    if CHROMIUM.exists():
        return ""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return (
            "le navigateur : Chromium manque (sudo apt install chromium), aucun parcours à l’écran"
        )
    sys.stdout.write("Chromium manque, il est installé…\n")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    for arguments in (
        ["update", "-q"],
        ["install", "-y", "-q", "--no-install-recommends", "chromium"],
    ):
        code, lines = _run([apt, *arguments], is_shown=False)
        if code:
            reason = lines[-1][:120] if lines else code
            return f"le navigateur : apt-get {arguments[0]} a échoué ({reason})"
    return (
        ""
        if CHROMIUM.exists()
        else f"le navigateur : {CHROMIUM} est introuvable après installation"
    )


STEPS = (
    Step(
        "format",
        "Mise en forme (ruff format)",
        _static(["ruff", "format", "--check", "--output-format", "concise", "."]),
    ),
    Step(
        "lint",
        "Règles d’écriture (ruff)",
        _static(["ruff", "check", "--output-format", "concise", "."]),
    ),
    Step(
        "templates",
        "Gabarits (djlint)",
        _static(["djlint", "src/essaim", "--lint", "--profile", "jinja", "--quiet"]),
    ),
    Step("spelling", "Orthographe (codespell)", _spelling),
    Step("types", "Types (mypy, strict)", _static(["mypy"]), is_slow=True),
    Step("imports", "Contrats d’importation (import-linter)", _static(["lint-imports"])),
    Step("catalogue", "Traduction française", _catalogue),
    Step(
        "migrations",
        "Migrations à jour",
        _static(
            [
                sys.executable,
                "-m",
                "essaim",
                "tool",
                "manage",
                "makemigrations",
                "--check",
                "--dry-run",
            ]
        ),
    ),
    Step("tests", "Tests", _tests),
    Step("concurrency", "Tests à plusieurs processus", _concurrency, is_slow=True),
    Step("browser", "Tests dans Chromium", _browser, is_slow=True),
)
