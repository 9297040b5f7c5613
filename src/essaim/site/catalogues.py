"""The catalogues of translation: one per room, refreshed from the sources, complete in French.

A room is a folder that may hold `locale/fr/LC_MESSAGES/django.po`: `kernel`, `web`, `site` and each
module of `core`, `commons` and `trades`. Nothing here needs Django or the database.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

from essaim.site import launch, typography

LANGUAGE = "fr"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENT_TAGS = ("Translators:",)
# The same reading as `essaim.web.environment`: other options would give other messages.
JINJA_OPTIONS = {
    "extensions": "jinja2.ext.do",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
HEADER = (
    'msgid ""\n'
    'msgstr ""\n'
    '"Language: fr\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
)
NAMED = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
LONE_PERCENT = re.compile(r"%(?!\(\w+\)[sd])")

Key = tuple[str, str]
"""Context (often empty) and message; for a plural, its singular."""
Texts = str | tuple[str, ...] | list[str] | None


def refresh(package: Path = launch.PACKAGE) -> int:
    """Bring every catalogue up to the sources; translations are kept, even those no longer used.

    Returns:
        0, the exit code of the command.
    """
    known = _translations_everywhere(package)
    for room in rooms(package):
        fresh = _merged(extract(room, package), read(room), known)
        if len(fresh) or fresh.obsolete:
            write(room, fresh)
    return 0


def prune(package: Path = launch.PACKAGE) -> int:
    """Forget the translations that no source uses any more; return 0, the exit code."""
    for room in rooms(package):
        catalogue = read(room)
        if catalogue.obsolete:
            catalogue.obsolete.clear()
            write(room, catalogue)
    return 0


def check(package: Path = launch.PACKAGE) -> list[str]:
    """Return every problem of the French catalogues, in words, by room."""
    found = []
    seen: dict[Key, tuple[str, Texts]] = {}
    for room in rooms(package):
        name = room.relative_to(package).as_posix()
        wanted, translated = extract(room, package), read(room)
        problems = [*_compare(wanted, translated)]
        for message in translated:
            if message.id and any(_texts(message.string)):
                problems += _problems_of(message)
                key = _key(message)
                other, text = seen.setdefault(key, (name, message.string))
                if text != message.string:
                    problems.append(f"translated otherwise in {other}: {_shown(message)}")
        found += [f"{name}: {problem}" for problem in problems]
    return found


def rooms(package: Path = launch.PACKAGE) -> list[Path]:
    """Return the folders that own a catalogue, the lower floors first."""
    nested = [
        folder
        for floor in ("core", "commons", "trades")
        for folder in sorted((package / floor).glob("*/"))
        if (folder / "__init__.py").exists()
    ]
    floors = [package / floor for floor in ("kernel", "web")]
    return [room for room in (*floors, *nested, package / "site") if room.exists()]


def extract(room: Path, package: Path = launch.PACKAGE) -> Catalog:
    """Return the messages of a room's Python and Jinja2 sources, in the order of the files."""
    catalogue = Catalog(locale=LANGUAGE, fuzzy=False)
    for path, method in _sources(room):
        options = JINJA_OPTIONS if method == "jinja2.ext:babel_extract" else {}
        place = path.relative_to(package).as_posix()
        for line, text, comments, context in extract_from_file(
            method, path, keywords=KEYWORDS, comment_tags=COMMENT_TAGS, options=options
        ):
            catalogue.add(text, locations=[(place, line)], auto_comments=comments, context=context)
    return catalogue


def read(room: Path) -> Catalog:
    """Return the room's French catalogue; an empty one when there is none yet."""
    path = po_path(room)
    if not path.exists():
        return Catalog(locale=LANGUAGE, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)


def write(room: Path, catalogue: Catalog) -> None:
    """Write a catalogue without dates, line numbers or tool names: same content, same bytes."""
    body = BytesIO()
    write_po(body, catalogue, width=100, omit_header=True, include_lineno=False)
    content = HEADER.encode() + body.getvalue().strip(b"\n") + b"\n"
    path = po_path(room)
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    sys.stdout.write(f"{path}\n")


def po_path(room: Path) -> Path:
    return room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def _sources(room: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(room.rglob("*")):
        inside = path.relative_to(room).parts
        if {"tests", "migrations", "static"} & set(inside):
            continue
        if path.suffix == ".py":
            yield path, "python"
        elif path.suffix in {".html", ".txt"} and "jinja2" in inside:
            yield path, "jinja2.ext:babel_extract"


def _merged(wanted: Catalog, old: Catalog, known: dict[Key, Message]) -> Catalog:
    """Return the wanted messages with the translations they had, here or else in another room."""
    mine = {_key(m): m for m in (*old.obsolete.values(), *old) if m.id and any(_texts(m.string))}
    for message in wanted:
        if not message.id:
            continue
        earlier = mine.pop(_key(message), None)
        source = earlier or known.get(_key(message))
        if source and isinstance(source.id, str) == isinstance(message.id, str):
            message.string = source.string
        if earlier:
            message.flags |= earlier.flags & {"fuzzy"}
            message.user_comments = list(earlier.user_comments)
    for key, message in mine.items():
        wanted.obsolete[key] = message
    return wanted


def _translations_everywhere(package: Path) -> dict[Key, Message]:
    known: dict[Key, Message] = {}
    for room in rooms(package):
        for message in read(room):
            if message.id and any(_texts(message.string)):
                known.setdefault(_key(message), message)
    return known


def _compare(wanted: Catalog, translated: Catalog) -> Iterator[str]:
    for message in wanted:
        if not message.id:
            continue
        if problem := _gap(translated.get(_key(message)[1], message.context)):
            yield f"{problem}: {_shown(message)}"
        if "\n" in "".join(_texts(message.id)):
            yield f"line break inside (write trans trimmed): {_shown(message)}"
    for message in (*translated, *translated.obsolete.values()):
        if message.id and wanted.get(_key(message)[1], message.context) is None:
            yield f"no longer used (run ./essaim tool messages --prune): {_shown(message)}"


def _gap(message: Message | None) -> str:
    if message is None:
        return "missing (run ./essaim tool messages)"
    if not all(_texts(message.string)):
        return "not translated"
    return "fuzzy" if message.fuzzy else ""


def _problems_of(message: Message) -> Iterator[str]:
    originals, translations = _texts(message.id), _texts(message.string)
    allowed = [set(NAMED.findall(text)) for text in originals]
    every, common = set.union(*allowed), set.intersection(*allowed)
    passes_percent = any(place.endswith((".html", ".txt")) for place, _ in message.locations)
    for text in translations:
        named = set(NAMED.findall(text))
        if not common <= named <= every:
            yield f"placeholders differ: {_shown(message)} / {text!r}"
        if passes_percent and _has_lone_percent(text):
            yield f"a lone % (write %%): {text!r}"
        for problem in typography.problems(text):
            yield f"{problem}: {text!r}"
        for number in typography.loose_units(text):
            yield f"a number needs a no-break space before its unit ({number}): {text!r}"
    for text in originals:
        if passes_percent and _has_lone_percent(text):
            yield f"a lone % in a template (write %%): {text!r}"


def _has_lone_percent(text: str) -> bool:
    return bool(LONE_PERCENT.search(text.replace("%%", "")))


def _key(message: Message) -> Key:
    return message.context or "", _texts(message.id)[0]


def _texts(texts: Texts) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts or ())


def _shown(message: Message) -> str:
    return repr(_texts(message.id)[0])
