"""House rules that no linter knows, each with a message that teaches: source in, messages out."""

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple

SAVE = (
    "save() without update_fields writes back every column and loses what another request changed: "
    'write save(update_fields=["..."])'
)
FIRST = (
    "first() without order_by() lets the database choose a row: "
    "say order_by(...) (or order_by() when at most one row can match)"
)
CREATE = "rows are made by actions, where the rule is: move this to actions.py"
CLOCK = "the clock is read at the edge (view, command, task) and passed in as `now`"
PURE = "rules.py is pure: no clock, no file, no randomness; take it as an argument"

# The sandbox plays an outside company: it has its own memory and its own clock.
MAY_CREATE = {"actions", "demo", "outbox", "managers", "sandbox", "tests", "migrations"}
MAY_READ_CLOCK = {
    *("views", "api", "panels", "commands", "tasks", "demo", "web", "site"),
    *("clock", "identifiers", "outbox", "sandbox"),
    "token_sign_in",  # a middleware: no view has begun yet
}
WRITERS = {"create", "bulk_create", "get_or_create", "update_or_create"}
CLOCK_CALLS = {
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("timezone", "localtime"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
    ("clock", "now"),
}
CONVERSIONS = {("timezone", "localtime"), ("timezone", "localdate")}
"""With a value they convert it; alone they read the clock."""
IMPURE_CALLS = {"open", "print", "input"}
IMPURE_MODULES = {"random", "secrets", "os", "pathlib", "time", "logging", "structlog", "threading"}


class Found(NamedTuple):
    line: int
    message: str


Rule = Callable[[ast.Module, set[str]], Iterator[Found]]


def violations(source: str, parts: tuple[str, ...]) -> list[str]:
    """Return what breaks a house rule in a file.

    Args:
        parts: its path, one word each, without suffix: `("core", "members", "actions")`.
    """
    module = ast.parse(source)
    found = [hit for rule in RULES for hit in rule(module, set(parts))]
    return [f"{'/'.join(parts)}.py:{hit.line}: {hit.message}" for hit in sorted(found)]


def _saves_name_their_fields(module: ast.Module, parts: set[str]) -> Iterator[Found]:
    if parts & {"tests", "migrations"}:
        return
    for function in _functions(module):
        made_here = _names_made(function)
        for call in _calls(function, {"save"}):
            target = call.func.value  # type: ignore[attr-defined]
            name = target.id if isinstance(target, ast.Name) else ""
            names = {keyword.arg for keyword in call.keywords}
            is_row = not call.args and not names & {"format", "update_fields", "force_insert"}
            is_form = name == "form" or name.endswith("_form") or "commit" in names
            if is_row and not is_form and name not in made_here and not _is_super(target):
                yield Found(call.lineno, SAVE)


def _first_is_ordered(module: ast.Module, parts: set[str]) -> Iterator[Found]:
    if "tests" in parts:
        return
    for function in _functions(module):
        ordered = {
            name
            for name, value in _assignments(function)
            if "order_by" in _chain(value) or "objects" not in _chain(value)
        }
        for call in _calls(function, {"first", "last"}):
            chain = _chain(call)
            base = _base_name(call)
            if call.args or "order_by" in chain or (base in ordered and "objects" not in chain):
                continue
            if "objects" in chain or base in dict(_assignments(function)):
                yield Found(call.lineno, FIRST)


def _rows_are_made_by_actions(module: ast.Module, parts: set[str]) -> Iterator[Found]:
    if parts & MAY_CREATE:
        return
    for call in _calls(module, WRITERS):
        if "objects" in _chain(call):
            yield Found(call.lineno, CREATE)


def _clock_is_read_at_the_edge(module: ast.Module, parts: set[str]) -> Iterator[Found]:
    is_edge = any(part.endswith("_views") for part in parts)
    if is_edge or parts & (MAY_READ_CLOCK | {"tests", "migrations"}):
        return
    for node in ast.walk(module):
        # A duration is measured anywhere; only rules may not even do that.
        is_stopwatch = isinstance(node, ast.Call) and _dotted(node.func) == ("time", "monotonic")
        if isinstance(node, ast.Call) and _reads_clock(node) and not is_stopwatch:
            yield Found(node.lineno, CLOCK)


def _rules_are_pure(module: ast.Module, parts: set[str]) -> Iterator[Found]:
    if "rules" not in parts or "tests" in parts:
        return
    for node in ast.walk(module):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = (
                [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            )
            if {str(name).split(".")[0] for name in names} & IMPURE_MODULES:
                yield Found(node.lineno, PURE)
        elif isinstance(node, ast.Call):
            is_io = isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS
            if is_io or _reads_clock(node):
                yield Found(node.lineno, PURE)


RULES: tuple[Rule, ...] = (
    _saves_name_their_fields,
    _first_is_ordered,
    _rows_are_made_by_actions,
    _clock_is_read_at_the_edge,
    _rules_are_pure,
)


def _reads_clock(call: ast.Call) -> bool:
    called = _dotted(call.func)
    is_conversion = called in CONVERSIONS and bool(call.args)
    return called in CLOCK_CALLS and not is_conversion


def _functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef))


def _calls(node: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    for child in ast.walk(node):
        if not isinstance(child, ast.Call) or not isinstance(child.func, ast.Attribute):
            continue
        if child.func.attr in names:
            yield child


def _assignments(function: ast.FunctionDef) -> list[tuple[str, ast.expr]]:
    return [
        (target.id, node.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]


def _names_made(function: ast.FunctionDef) -> set[str]:
    """Names bound to a new object here: `Trip(...)`, `self.model(...)`, `form.save(...)`."""
    made = set()
    for name, value in _assignments(function):
        if isinstance(value, ast.Call):
            called = _dotted(value.func)
            if called and (called[-1][0].isupper() or called[-1] in {"model", "save"}):
                made.add(name)
    return made


def _chain(node: ast.AST) -> set[str]:
    """Attribute names along `a.b(...).c(...)`."""
    names = set()
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            node = node.value
        else:
            node = node.func if isinstance(node, ast.Call) else node.value
    return names


def _base_name(node: ast.AST) -> str:
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _dotted(node: ast.AST) -> tuple[str, str] | None:
    """Return the last two names of `a.b.c` as `("b", "c")`, of a lone name as `("", "name")`."""
    if isinstance(node, ast.Name):
        return "", node.id
    if isinstance(node, ast.Attribute):
        owner = node.value
        if isinstance(owner, ast.Attribute):
            return owner.attr, node.attr
        return (owner.id if isinstance(owner, ast.Name) else ""), node.attr
    return None


def _is_super(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
    )
