"""`essaim test` and `essaim bench`: failures are all told, nothing is skipped in silence."""

import argparse
import json
import sys
from io import StringIO

import pytest
from rich.console import Console

from essaim.site import launch
from essaim.site.commands import bench
from essaim.site.commands import test as command

REPORT = """<testsuites><testsuite>
<testcase classname="src.a" name="test_good"/>
<testcase classname="src.a" name="test_bad"><failure message="assert 1 == 2">…</failure></testcase>
<testcase classname="src.a" name="test_broken"><error message="no fixture">…</error></testcase>
<testcase classname="src.b" name="test_one"><skipped message="no network"/></testcase>
<testcase classname="src.b" name="test_two"><skipped message="no network"/></testcase>
</testsuite></testsuites>"""


def _run(monkeypatch, capsys, *steps, only=None, fast=False):
    monkeypatch.setattr(command, "STEPS", steps)
    code = command.run(argparse.Namespace(only=only, fast=fast))
    return code, capsys.readouterr().out


def _step(name, outcome, *, is_slow=False):
    return command.Step(name, f"Titre de {name}", lambda: outcome, is_slow=is_slow)


def test_every_step_runs_after_a_failure_and_all_failures_are_told(monkeypatch, capsys):
    bad = command.Outcome(is_ok=False, failures=["line 3 is wrong"])
    good = command.Outcome(is_ok=True, detail="12 passed in 1.00s", counts={"passed": 12})

    code, said = _run(
        monkeypatch, capsys, _step("lint", bad), _step("tests", good), _step("types", bad)
    )

    assert code == 1
    assert "12 passed in 1.00s" in said
    assert said.count("line 3 is wrong") == 2
    assert "2 étape(s) en échec : lint, types." in said
    assert said.strip().splitlines()[-1].startswith("12 passed in ")


def test_what_could_not_run_is_told_in_the_last_lines(monkeypatch, capsys):
    skipped = command.Outcome(is_ok=True, unverified=["src.b : no network (2 test(s))"])

    code, said = _run(monkeypatch, capsys, _step("tests", skipped))

    assert code == 0
    assert said.strip().splitlines()[-2:] == [
        "NON VÉRIFIÉ : src.b : no network (2 test(s))",
        "Essaim : bien, sauf ce qui n’est pas vérifié.",
    ]


def test_steps_left_out_by_flags_are_told(monkeypatch, capsys):
    good = command.Outcome(is_ok=True)

    _, partial = _run(monkeypatch, capsys, _step("a", good), _step("b", good), only=["a"])
    _, fast = _run(monkeypatch, capsys, _step("a", good), _step("b", good, is_slow=True), fast=True)
    _, whole = _run(monkeypatch, capsys, _step("a", good))

    assert "NON VÉRIFIÉ : étapes non demandées (--only) : b" in partial
    assert "NON VÉRIFIÉ : Titre de b : étape longue (--fast)" in fast
    assert "Essaim : tout est bien." in whole


def test_a_report_gives_counts_failures_and_each_reason_to_skip(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)

    counts, failures, unverified = command._read_report(tmp_path / "report.xml")

    assert counts == {"passed": 1, "failed": 1, "errors": 1, "skipped": 2}
    assert failures == [
        "src.a::test_bad  assert 1 == 2",
        "src.a::test_broken  no fixture",
    ]
    assert unverified == ["src.b : no network (2 test(s))"]


def test_a_command_that_fails_or_is_missing_fails_its_step():
    assert command._static([sys.executable, "-c", "print('fine')"])().is_ok
    assert not command._static([sys.executable, "-c", "raise SystemExit(3)"])().is_ok
    assert not command._static(["/no/such/program"])().is_ok


def test_a_missing_chromium_that_may_not_be_installed_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "CHROMIUM", tmp_path / "chromium")
    monkeypatch.setattr(command.os, "geteuid", lambda: 1000)

    outcome = command._browser()

    assert outcome.is_ok
    assert not outcome.did_run
    assert "Chromium manque" in outcome.unverified[0]


def test_ci_runs_the_same_command_and_nothing_else():
    lines = (launch.CODE_ROOT / ".ci" / "run").read_text().strip().splitlines()

    assert lines[-1] == "exec ./essaim test"
    assert len(lines) <= 4


MEASURED = {
    "name": "checkout",
    "machine": "2 CPU",
    "data": {"orders": 100},
    "results": [
        {"metric": "orders", "value": 410.2, "unit": "1/s", "baseline": 690.0, "ratio": 0.59,
         "goal": ">= 0.6", "met": False},
        {"metric": "statements", "value": 6, "unit": "", "goal": "<= 8", "met": True},
    ],
}  # fmt: skip


def test_a_goal_that_is_not_met_is_printed():
    shown = StringIO()

    bench.show(MEASURED, Console(file=shown, width=120))

    assert "NON TENU" in shown.getvalue()
    assert "1 but(s) non tenu(s)." in shown.getvalue()
    assert "410 1/s" in shown.getvalue()


def test_what_a_benchmark_prints_never_mixes_with_its_result(monkeypatch, tmp_path, capsys):
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "tiny.py").write_text(
        "def run(*, quick):\n    print('working')\n    return {'data': {}, 'results': []}\n"
    )
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))

    report = bench._measure("tiny", is_quick=True)

    said = capsys.readouterr()
    assert said.out == ""
    assert "working" in said.err
    assert json.loads(json.dumps(report))["name"] == "tiny"
    assert report["machine"]


def test_only_modules_that_can_be_run_are_benchmarks(monkeypatch, tmp_path):
    (tmp_path / "speed.py").write_text('"""Speed."""\n\n\ndef run(*, quick):\n    return {}\n')
    (tmp_path / "world.py").write_text("ROWS = 3\n")
    monkeypatch.setattr(bench, "FOLDER", tmp_path)

    assert bench.names() == ["speed"]


@pytest.mark.parametrize(
    ("line", "is_closing"),
    [
        ("====== 12 passed in 3.21s ======", True),
        ("1 failed, 11 passed, 2 skipped in 75.00s (0:01:15)", True),
        ("12 passengers passed in the street", False),
    ],
)
def test_pytests_closing_line_is_recognised(line, is_closing):
    assert bool(command.CLOSING_LINE.search(line)) == is_closing
