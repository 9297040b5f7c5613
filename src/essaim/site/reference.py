"""The reference pages made from the code: rules, refusals, events, settings, addresses.

What a trade declares is on a page of its own, so that adding one changes no page of the others.
`pages()` is deterministic; `write()` puts the pages in `docs/reference/`, and a test compares them.
Django must be set up.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

import django.urls
from django.urls import URLPattern, URLResolver
from ninja.operation import PathView

import essaim
from essaim.core.bylaws.rules import Article, rule_book
from essaim.kernel import trades
from essaim.kernel.errors import RuleBroken
from essaim.kernel.trades import TradeConfig
from essaim.site import launch

FOLDER = launch.CODE_ROOT / "docs" / "reference"
NOT_IMPORTED = ("tests", "migrations", "__main__", "wsgi")
READERS = {"text", "flag", "integer", "words", "folder"}
NOTICE = "<!-- Written by `./essaim tool reference`; edit the code, not this page. -->"

SETTINGS = {
    "DATABASE_URL": "A PostgreSQL (15 or later) of your own: `postgresql://user:password@host/name`."
    " Without it, Essaim runs its own database in the data folder.",
    "ESSAIM_BASE_URL": "The public address, without a final slash. With `https`, cookies are marked"
    " secure and browsers are told to stay on HTTPS.",
    "ESSAIM_DATA_DIR": "The folder of the installation: database, photos, secret key, settings.",
    "ESSAIM_DEBUG": "Shows the details of errors to anybody. Never on a public address.",
    "ESSAIM_DEMO": "Opens the sign-in links and the mailbox of the demonstration."
    " `essaim demo` sets it.",
    "ESSAIM_FROM_EMAIL": "The sender of every e-mail.",
    "ESSAIM_HOSTS": "Host names that are answered, separated by commas.",
    "ESSAIM_LIVE_URL": "Where browsers find the live updates, when it is neither the public address"
    " (HTTPS, through a proxy) nor the port above it.",
    "ESSAIM_LOG_LEVEL": "`DEBUG`, `INFO`, `WARNING` or `ERROR`.",
    "ESSAIM_POSTGRES_BIN": "Folder of the PostgreSQL programs to prefer for the embedded database.",
    "ESSAIM_ROUTER_URL": "A routing server of your own, asked instead of imported roads:"
    " `valhalla+http://127.0.0.1:8002`, or one for each profile,"
    " `car=osrm+http://127.0.0.1:5000,foot=osrm+http://127.0.0.1:5001`.",
    "ESSAIM_SECRET_KEY": "Signs sessions and links. Without it, one is made and kept in the data"
    " folder (`secret_key`).",
    "ESSAIM_SMTP_HOST": "The server that sends e-mails. Without it they wait in the outbox.",
    "ESSAIM_SMTP_PASSWORD": "Its password.",
    "ESSAIM_SMTP_PORT": "Its port.",
    "ESSAIM_SMTP_USER": "The account on it.",
    "ESSAIM_SMTP_USE_TLS": "Whether STARTTLS is required.",
}

# Views of libraries cannot carry our mark; each is here with the reason it may be open.
LIBRARY_VIEWS = {
    "allauth.": "sign-in library: its own checks",
    "ninja.": "API description",
    "django.contrib.staticfiles.": "public files",
    "django.views.static": "public files",
    "django.views.i18n": "choice of language",
    "django.views.generic.base": "redirection",
}


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the site. `access` is empty when its view says nothing."""

    pattern: str
    name: str
    access: str


@dataclass(frozen=True, slots=True)
class Declared:
    """What the code of one trade declares, or of all that is no trade."""

    articles: list[Article]
    refusals: list[type[RuleBroken]]
    events: list[type]
    addresses: list[Address]


def pages() -> dict[Path, str]:
    """Return the text of each reference page, by path."""
    import_everything()
    common = _declared_by(None)
    texts = {
        "bylaws.md": _page("Rules that members may vote on", BYLAWS_INTRODUCTION, _bylaws(common)),
        "refusals.md": _page("Refusals", REFUSALS_INTRODUCTION, _refusals(common)),
        "events.md": _page("Events", EVENTS_INTRODUCTION, _events(common)),
        "settings.md": _page("Settings", SETTINGS_INTRODUCTION, _settings()),
        "urls-and-access.md": _page("Addresses and access", URLS_INTRODUCTION, _urls(common)),
    }
    for trade in trades.installed():
        if trade.name.startswith("essaim."):
            texts[f"trades/{trade.label}.md"] = _trade_page(trade)
    return {FOLDER / name: text for name, text in texts.items()}


def write() -> int:
    """Write the pages; return 0, the exit code of the command."""
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def import_everything() -> None:
    """Import every module, so that whatever declares itself has done so."""
    for found in pkgutil.walk_packages(essaim.__path__, "essaim."):
        is_skipped = set(found.name.split(".")) & set(NOT_IMPORTED)
        if not is_skipped and not found.name.rpartition(".")[2].startswith("build_"):
            importlib.import_module(found.name)


def refusals() -> list[type[RuleBroken]]:
    """Every refusal of the product, by code."""
    found = {
        kind
        for kind in _subclasses(RuleBroken)
        if kind.__module__.startswith("essaim.") and ".tests." not in kind.__module__
    }
    return sorted(found, key=lambda kind: (kind.code, kind.__qualname__))


def events() -> list[type]:
    """Every event class: the dataclasses of the modules named `events`."""
    found = []
    for module in _modules_named("events"):
        found += [
            kind
            for _, kind in inspect.getmembers(module, is_dataclass)
            if isinstance(kind, type) and kind.__module__ == module.__name__
        ]
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


def settings_read(package: Path = launch.PACKAGE) -> dict[str, str]:
    """Every environment variable the code reads, with its default as written in the code."""
    found: dict[str, str] = {}
    for path in sorted(package.rglob("*.py")):
        if "tests" in path.relative_to(package).parts:
            continue
        for name, default in _variables_read(ast.parse(path.read_text(encoding="utf-8"))):
            found[name] = found.get(name) or default
    return dict(sorted(found.items()))


def addresses() -> list[Address]:
    """Every address of the site, by pattern, with who may open it."""
    root = django.urls.get_resolver()
    return sorted(_walk(root, "/", ""), key=lambda address: (address.pattern, address.name))


def _declared_by(trade: TradeConfig | None) -> Declared:
    return Declared(
        [one for one in rule_book() if _owner(slug=one.key.partition(".")[0]) == trade],
        [one for one in refusals() if _owner(module=one.__module__) == trade],
        [one for one in events() if _owner(module=one.__module__) == trade],
        [one for one in addresses() if _owner(slug=_first_word(one.pattern)) == trade],
    )


def _owner(*, slug: str = "", module: str = "") -> TradeConfig | None:
    """Return the trade of a slug or of a module; None when it is no trade's."""
    for trade in trades.installed():
        if slug == trade.slug or module.startswith(f"{trade.name}."):
            return trade
    return None


def _first_word(pattern: str) -> str:
    """`/food/basket/` and `/api/v1/food/basket` are both of `food`."""
    return pattern.removeprefix("/api/v1").split("/")[1]


def _subclasses(kind: type[RuleBroken]) -> Iterator[type[RuleBroken]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)


def _modules_named(name: str) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(essaim.__path__, "essaim."):
        is_ours = found.name.endswith(f".{name}") and "tests" not in found.name.split(".")
        if is_ours and found.name != "essaim.kernel.events":
            yield importlib.import_module(found.name)


def _variables_read(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = ast.unparse(node.func.value)
        is_setting = owner == "env" and node.func.attr in READERS
        is_environment = owner == "os.environ" and node.func.attr == "get"
        if (is_setting or is_environment) and isinstance(node.args[0], ast.Constant):
            name = str(node.args[0].value)
            if name.startswith("ESSAIM_") or name == "DATABASE_URL":
                yield name, _default_of(node) if is_setting else ""


def _default_of(call: ast.Call) -> str:
    given = [*call.args[1:], *(word.value for word in call.keywords if word.arg == "default")]
    if given:
        return ast.unparse(given[0])
    return "False" if isinstance(call.func, ast.Attribute) and call.func.attr == "flag" else ""


def _walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            name = f"{space}{entry.name}" if entry.name else ""
            yield from _addresses_of(entry.callback, pattern, name)


def _addresses_of(view: Callable[..., object], pattern: str, name: str) -> Iterator[Address]:
    # The API library keeps what it knows of an address in the closure of its view.
    is_plain = inspect.isfunction(view)
    path_view = inspect.getclosurevars(view).nonlocals.get("self") if is_plain else None
    if isinstance(path_view, PathView):
        for operation in path_view.operations:
            known = "signed-in" if operation.auth_callbacks else "public"
            access = str(getattr(operation.view_func, "access", known))
            for method in sorted(operation.methods):
                yield Address(f"{pattern} ({method})", name, access)
        return
    yield Address(pattern, name, str(getattr(view, "access", "")) or _library_access(view))


def _library_access(view: Callable[..., object]) -> str:
    view = view.func if isinstance(view, partial) else getattr(view, "view_class", view)
    module = inspect.unwrap(view).__module__
    return next((why for start, why in LIBRARY_VIEWS.items() if module.startswith(start)), "")


OF_TRADES = " Those of a trade are on its page, in [trades](trades/)."
BYLAWS_INTRODUCTION = (
    "Numbers that are neither constants nor settings: each is an article, read at the moment it"
    " applies and changed by a dated decision. Rates are in basis points (100 bps = 1 %)."
    f"{OF_TRADES}"
)
REFUSALS_INTRODUCTION = (
    "What a rule says no to. Pages show the sentence; the API answers the status with"
    ' `{"code", "message", "details"}`. Codes never change.'
    f"{OF_TRADES}"
)
EVENTS_INTRODUCTION = (
    "Facts published after commit, for whoever listens. Fields are ids. What must happen is never"
    " an event: it is a direct call."
    f"{OF_TRADES}"
)
SETTINGS_INTRODUCTION = (
    "Environment variables, or lines `NAME=value` of `essaim.env` in the data folder (the"
    " environment wins). `NAME_FILE` gives a file whose content is the value. What members may vote"
    " on is not here: see the bylaws."
)
URLS_INTRODUCTION = (
    "Who may open each address. `public`: anybody; `signed-in`: any member, who sees only what is"
    " theirs; `policy:name`: a member to whom the named policy says yes."
    f"{OF_TRADES}"
)


def _trade_page(trade: TradeConfig) -> str:
    declared = _declared_by(trade)
    parts = {
        "Rules that members may vote on": (declared.articles, _bylaws),
        "Refusals": (declared.refusals, _refusals),
        "Events": (declared.events, _events),
        "Addresses and access": (declared.addresses, _urls),
    }
    lines = [f"Folder `{trade.label}`, under `/{trade.slug}/`; need: {trade.need}."]
    for title, (found, table) in parts.items():
        if found:
            lines += ["", f"## {title}", "", *table(declared)]
    return _page(str(trade.verbose_name), _first_line(type(trade)), lines)


def _page(title: str, introduction: str, table: Iterable[str]) -> str:
    return "\n".join([NOTICE, "", f"# {title}", "", introduction, "", *table, ""])


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    rows = list(rows)
    if not rows:
        yield "None."
        return
    yield "| " + " | ".join(header) + " |"
    yield "|" + " --- |" * len(header)
    for row in rows:
        yield "| " + " | ".join(_cell(value) for value in row) + " |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _first_line(kind: type) -> str:
    """First sentence of a class's own docstring; dataclasses without one have a generated one."""
    text = vars(kind).get("__doc__") or ""
    return "" if text.startswith(f"{kind.__name__}(") else text.strip().split("\n\n")[0]


def _field_names(event: type) -> str:
    return ", ".join(field.name for field in fields(event))


def _bylaws(declared: Declared) -> Iterator[str]:
    header = ("Key", "Title", "Unit", "From", "To", "Default", "Why")
    return _table(
        header,
        (
            (f"`{a.key}`", a.title, a.unit, f"{a.minimum}", f"{a.maximum}", f"{a.default}",
             a.explanation)
            for a in declared.articles
        ),
    )  # fmt: skip


def _refusals(declared: Declared) -> Iterator[str]:
    rows = ((f"`{r.code}`", f"{r.status}", r.sentence, _first_line(r)) for r in declared.refusals)
    return _table(("Code", "Status", "Sentence", "Meaning"), rows)


def _events(declared: Declared) -> Iterator[str]:
    rows = (
        (f"`{e.__name__}`", e.__module__, _field_names(e), _first_line(e)) for e in declared.events
    )
    return _table(("Event", "Module", "Fields", "Fact"), rows)


def _settings() -> Iterator[str]:
    rows = (
        (f"`{name}`", f"`{default}`" if default else "", SETTINGS.get(name, ""))
        for name, default in settings_read().items()
    )
    return _table(("Variable", "Default", "What it does"), rows)


def _urls(declared: Declared) -> Iterator[str]:
    rows = ((f"`{a.pattern}`", a.name, a.access) for a in declared.addresses)
    return _table(("Address", "Name", "Access"), rows)
