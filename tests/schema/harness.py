"""Schemathesis on the published schema, in this process: real views, real PostgreSQL."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import CheckNode

SCHEMA = "/api/v1/openapi.json"
SEED = 59_000
ROUNDS_MAX = 20
REQUESTS_GOAL = int(os.environ.get("ESSAIM_SCHEMA_REQUESTS", "1000"))
"""The whole proof is `ESSAIM_SCHEMA_REQUESTS=10000`; every run sends a tenth of it."""

Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]


@dataclass
class Counted:
    """The application, and the answers it gave by operation asked and by status.

    The engine asks from threads of its own: their database connections are closed at the end.
    """

    app: App
    before: Callable[[dict[str, Any]], None]
    statuses: Counter[int] = field(default_factory=Counter)
    opened: dict[int, Any] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        def started(status: str, *rest: Any) -> Any:
            self.statuses[int(status[:3])] += 1
            return start_response(status, *rest)

        mine = connections["default"]
        if id(mine) not in self.opened:
            mine.inc_thread_sharing()
            self.opened[id(mine)] = mine
        self.before(environ)
        return self.app(environ, started)

    def close(self) -> None:
        for connection in self.opened.values():
            connection.close()
            connection.dec_thread_sharing()


@dataclass
class Report:
    """What a run found: failures in words, answers by status, operations and checks that ran."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)

    @property
    def requests_count(self) -> int:
        return sum(self.statuses.values())


def run(
    *,
    token: str,
    values: dict[str, list[Any]],
    goal: int = REQUESTS_GOAL,
    before: Callable[[dict[str, Any]], None] = lambda environ: None,
    app: App | None = None,
    only: str = "",
) -> Report:
    """Send at least `goal` requests, valid and not, and check every answer against the schema.

    Args:
        token: of the member the requests are made for.
        values: what is known of the world, by parameter; drawn half of the time, so that many
            requests reach what exists.
        before: called with each request before it is handled.
        only: the one path to ask, of the schema; empty for all.
    """
    report = Report()
    counted = Counted(app or WSGIHandler(), before, report.statuses)
    try:
        for number in range(ROUNDS_MAX):
            config = _config(token, values, goal, number)
            schema = schemathesis.openapi.from_wsgi(SCHEMA, counted, config=config)
            chosen = schema.include(path=only) if only else schema
            for event in from_schema(chosen).execute():
                _note(event, report)
            if report.requests_count >= goal:
                break
    finally:
        counted.close()
    return report


def _config(token: str, values: dict[str, list[Any]], goal: int, number: int) -> SchemathesisConfig:
    """Bounds and examples are walked in the first round only; each round has its own seed."""
    is_first = number == 0
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED + number,
            "cache": {"enabled": False},
            "continue-on-failure": True,
            # The client of the engine cannot unpack what is compressed.
            "headers": {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
            # Its probes cannot run in this process; tests/matrix asks every address without a token
            # and with a wrong one.
            "checks": {"ignored_auth": {"enabled": False}},
            "phases": {"examples": {"enabled": is_first}, "coverage": {"enabled": is_first}},
            "dictionaries": {name: {"values": known} for name, known in values.items()},
            "parameters": {name: {"dictionary": name, "probability": 0.5} for name in values},
            "generation": {
                "max-examples": max(5, goal // 12),
                "deterministic": True,
                "database": "none",
                "no-shrink": True,
            },
        }
    )


def _note(event: events.EngineEvent, report: Report) -> None:
    if isinstance(event, events.FatalError):
        raise event.exception
    if isinstance(event, events.NonFatalError):
        report.failures[f"{event.label}: {event.value!r}"] += 1
    if not isinstance(event, events.ScenarioFinished):
        return
    for case_id, checks in event.recorder.checks.items():
        case = event.recorder.cases[case_id].value
        report.operations[case.operation.label] += 1
        for check in checks:
            report.checks[check.name] += 1
            if check.status is Status.FAILURE and not _is_refused_by_a_rule(event, case_id, check):
                said = check.failure_info.failure if check.failure_info else ""
                answered = _body_of(event, case_id)[:300]
                report.failures[
                    f"{check.name}: {said}\n{case.as_curl_command()}\n{answered!r}"
                ] += 1


def _is_refused_by_a_rule(event: events.ScenarioFinished, case_id: str, check: CheckNode) -> bool:
    """Forgive what no schema can say of valid values: a key of another request, no such slot…

    What the shapes themselves refuse is `kernel.bad-input`: it is never forgiven.
    """
    body = _body_of(event, case_id)
    is_readable = body.startswith(b'{"code": ') and b'"kernel.bad-input"' not in body
    return check.name == "positive_data_acceptance" and is_readable


def _body_of(event: events.ScenarioFinished, case_id: str) -> bytes:
    interaction = event.recorder.interactions.get(case_id)
    response = interaction.response if interaction else None
    return (response.content or b"") if response else b""
