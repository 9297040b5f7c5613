"""Templates are strict, complete and translatable: no sentence is left in English."""

import re
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from essaim.web.environment import environment
from tests.architecture import house

SPOKEN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title"}
# What is the same in every language, and code shown as code.
SAME_EVERYWHERE = {"essaim", "agpl", "csv", "pdf", "fec", "ical", "iban", "siren", "siret", "bic"}
SPEECHLESS_TAGS = {"code", "kbd", "pre", "script", "style", "svg"}


class _Listener(HTMLParser):
    """Collects the words a page says: text and spoken attributes."""

    def __init__(self):
        super().__init__()
        self.silent_depth = 0
        self.said = []

    def handle_starttag(self, tag, attributes):
        self.silent_depth += tag in SPEECHLESS_TAGS
        self.said += [value or "" for name, value in attributes if name in SPOKEN_ATTRIBUTES]

    def handle_endtag(self, tag):
        self.silent_depth -= tag in SPEECHLESS_TAGS

    def handle_data(self, data):
        if not self.silent_depth:
            self.said.append(data)


def untranslated(template: nodes.Template) -> list[str]:
    """Return the words of a template that no translation can reach."""
    literal = "".join(
        node.data if isinstance(node, nodes.TemplateData) else " "
        for node in template.find_all((nodes.TemplateData, nodes.Getattr, nodes.Name))
    )
    listener = _Listener()
    listener.feed(literal)
    listener.close()
    said = " ".join(listener.said)
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", " ", said))
    return [word for word in words if word.lower() not in SAME_EVERYWHERE]


@pytest.fixture(scope="module")
def env():
    folders = [room / "jinja2" for room in (*house.rooms(), house.PACKAGE / "site")]
    folders.append(house.PACKAGE / "web" / "jinja2")
    return environment(loader=jinja2.FileSystemLoader([str(f) for f in folders if f.exists()]))


def _name(path: Path) -> str:
    return "/".join(path.parts[path.parts.index("jinja2") + 1 :])


def test_an_undefined_variable_fails(env):
    with pytest.raises(jinja2.UndefinedError):
        env.from_string("{{ nobody }}").render()
    with pytest.raises(jinja2.UndefinedError):
        env.from_string("{% if member.nothing %}{% endif %}").render(member=object())


def test_what_people_wrote_is_escaped(env):
    shown = env.from_string("{{ name }}").render(name="<script>")

    assert shown == "&lt;script&gt;"


def test_every_template_compiles_and_finds_what_it_imports(env):
    missing = []
    for path in house.templates():
        source = path.read_text(encoding="utf-8")
        env.compile(source, filename=str(path))
        for node in env.parse(source).find_all((nodes.Extends, nodes.Import, nodes.FromImport)):
            wanted = getattr(node.template, "value", None)
            if wanted and wanted not in env.list_templates():
                missing.append(f"{house.shown(path)}: {wanted}")

    house.expect_nothing(missing)


def test_names_imported_from_components_exist(env):
    wrong = []
    for path in house.templates():
        for node in env.parse(path.read_text(encoding="utf-8")).find_all(nodes.FromImport):
            exported = _exported(env, node.template.value)
            names = {name if isinstance(name, str) else name[0] for name in node.names}
            wrong += [f"{house.shown(path)}: no macro {name}" for name in sorted(names - exported)]

    house.expect_nothing(wrong)


def _exported(env, name):
    source, _, _ = env.loader.get_source(env, name)
    parsed = env.parse(source)
    macros = {macro.name for macro in parsed.find_all(nodes.Macro)}
    return macros | {
        target.name
        for assign in parsed.find_all(nodes.Assign)
        for target in assign.find_all(nodes.Name)
        if target.ctx == "store"
    }


def test_templates_say_nothing_that_cannot_be_translated(env):
    bare = {}
    for path in house.templates():
        words = untranslated(env.parse(path.read_text(encoding="utf-8")))
        if words and _name(path) != "web/style.html":
            bare[house.shown(path)] = words[:12]

    house.expect_nothing(bare)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<img alt="A farm">', ["farm"]),
        ('<p>{{ _("Hello") }}</p>', []),
        ("<p>{% trans %}Hello{% endtrans %}</p>", []),
        ('<p class="card">{{ name }} · 3 €&nbsp;/ 2</p>', []),
        ("<svg><title>Bee</title></svg><code>essaim run</code>", []),
    ],
)
def test_a_bare_sentence_is_heard(env, source, words):
    assert untranslated(env.parse(source)) == words


def test_inline_styles_handlers_and_foreign_addresses_are_absent():
    wrong = []
    pattern = re.compile(
        r"""\sstyle=["']|\son[a-z]+=["']|<script(?![^>]*\b(?:src|nonce|type="application))|"""
        r"""(?:src|action)=["']https?:"""
    )
    for path in house.templates():
        text = path.read_text(encoding="utf-8")
        wrong += [f"{house.shown(path)}: {found}" for found in pattern.findall(text)]

    house.expect_nothing(wrong)


def test_forms_that_write_carry_their_csrf_field():
    wrong = []
    for path in house.templates():
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL):
            is_post = re.search(r"method=[\"']?post", form, re.IGNORECASE)
            if is_post and "csrf" not in form:
                wrong.append(house.shown(path))

    house.expect_nothing(wrong)


def test_own_pages_are_jinja2_and_django_templates_only_dress_libraries():
    own = [
        house.shown(path)
        for path in house.PACKAGE.rglob("templates/**/*.html")
        if not {"allauth", "account", "mfa", "socialaccount"} & set(path.parts)
    ]

    house.expect_nothing(own)
