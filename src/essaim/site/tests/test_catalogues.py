"""Catalogues: complete in French, refreshed without loss, the same bytes when nothing changed."""

import pytest
from django.utils import translation

from essaim.site import catalogues, typography

ACTIONS = """
from essaim.kernel.errors import N_

class TripFull:
    sentence = N_("Only {seats_left} seats left.")

def seats(count):
    return ngettext("%(count)s seat", "%(count)s seats", count)
"""
PAGE = """
{% trans name=member.name %}Hello {{ name }}!{% endtrans %}
<p>{{ _("Book now") }}</p>
"""
TRANSLATIONS = {
    "Only {seats_left} seats left.": "Il ne reste que {seats_left} places.",
    "Hello %(name)s!": "Bonjour %(name)s\u202f!",
    "Book now": "Réserver",
}


@pytest.fixture
def package(tmp_path):
    room = tmp_path / "trades" / "carpool"
    (room / "jinja2" / "carpool").mkdir(parents=True)
    (room / "__init__.py").touch()
    (room / "actions.py").write_text(ACTIONS)
    (room / "jinja2" / "carpool" / "trip.html").write_text(PAGE)
    (room / "tests").mkdir()
    (room / "tests" / "test_it.py").write_text('_("Never extracted")')
    return tmp_path


@pytest.fixture
def room(package):
    return package / "trades" / "carpool"


def _translate(package, room):
    catalogues.refresh(package)
    catalogue = catalogues.read(room)
    for message in catalogue:
        if isinstance(message.id, tuple):
            message.string = ("%(count)s place", "%(count)s places")
        elif message.id:
            message.string = TRANSLATIONS[message.id]
    catalogues.write(room, catalogue)


def test_messages_of_python_and_of_pages_are_extracted_but_not_those_of_tests(package, room):
    found = {message.id for message in catalogues.extract(room, package) if message.id}

    assert found == {*TRANSLATIONS, ("%(count)s seat", "%(count)s seats")}


def test_a_catalogue_never_refreshed_is_reported_message_by_message(package):
    problems = catalogues.check(package)

    assert len(problems) == 4
    assert all(problem.startswith("trades/carpool: missing") for problem in problems)


def test_a_complete_catalogue_has_no_problem(package, room):
    _translate(package, room)

    assert catalogues.check(package) == []


def test_refreshing_twice_changes_nothing(package, room):
    _translate(package, room)
    before = catalogues.po_path(room).read_bytes()

    catalogues.refresh(package)

    assert catalogues.po_path(room).read_bytes() == before


def test_moving_code_down_a_file_changes_nothing(package, room):
    _translate(package, room)
    before = catalogues.po_path(room).read_bytes()
    (room / "actions.py").write_text("\n\n\n" + ACTIONS)

    catalogues.refresh(package)

    assert catalogues.po_path(room).read_bytes() == before


def test_a_message_that_leaves_is_reported_kept_and_found_again_when_it_returns(package, room):
    _translate(package, room)
    complete = catalogues.po_path(room).read_bytes()
    page = room / "jinja2" / "carpool" / "trip.html"
    page.write_text("<p></p>")
    catalogues.refresh(package)

    problems = catalogues.check(package)
    page.write_text(PAGE)
    catalogues.refresh(package)

    assert [problem for problem in problems if "no longer used" in problem] == problems
    assert len(problems) == 2
    assert catalogues.po_path(room).read_bytes() == complete


def test_pruning_forgets_what_no_source_uses(package, room):
    _translate(package, room)
    (room / "jinja2" / "carpool" / "trip.html").write_text("<p></p>")
    catalogues.refresh(package)

    catalogues.prune(package)

    assert catalogues.check(package) == []


def test_a_new_message_takes_the_translation_another_room_gives_it(package, room):
    _translate(package, room)
    other = package / "trades" / "delivery"
    other.mkdir()
    (other / "__init__.py").touch()
    (other / "forms.py").write_text('_("Book now")')

    catalogues.refresh(package)

    assert catalogues.read(other).get("Book now").string == "Réserver"


def test_two_translations_of_one_message_are_reported(package, room):
    test_a_new_message_takes_the_translation_another_room_gives_it(package, room)
    other = package / "trades" / "delivery"
    catalogue = catalogues.read(other)
    catalogue.get("Book now").string = "Commander"
    catalogues.write(other, catalogue)

    problems = catalogues.check(package)

    assert problems == ["trades/delivery: translated otherwise in trades/carpool: 'Book now'"]


@pytest.mark.parametrize(
    ("message", "translation", "complaint"),
    [
        ("Only {seats_left} seats left.", "Il reste {seats} places.", "placeholders differ"),
        ("Only {seats_left} seats left.", "Plus de places.", "placeholders differ"),
        ("Hello %(name)s!", "Bonjour %(name)s !", "narrow no-break space"),
        ("Book now", "50\u202f% de moins", "a lone %"),
        ("Book now", "Plus que 2 km", "a number needs a no-break space before its unit"),
        ("Book now", "J'y vais", "straight apostrophe"),
        ("Book now", "", "not translated"),
    ],
)
def test_a_bad_translation_is_reported(package, room, message, translation, complaint):
    _translate(package, room)
    catalogue = catalogues.read(room)
    catalogue.get(message).string = translation
    catalogues.write(room, catalogue)

    problems = catalogues.check(package)

    assert len(problems) == 1
    assert complaint in problems[0]


def test_a_fuzzy_translation_is_reported(package, room):
    _translate(package, room)
    catalogue = catalogues.read(room)
    catalogue.get("Book now").flags.add("fuzzy")
    catalogues.write(room, catalogue)

    assert catalogues.check(package) == ["trades/carpool: fuzzy: 'Book now'"]


def test_a_template_that_cannot_be_parsed_stops_the_check(package, room):
    (room / "jinja2" / "carpool" / "broken.html").write_text("{% trans %}never closed")

    with pytest.raises(Exception, match="unclosed translation block"):
        catalogues.check(package)


def test_people_read_our_french_and_never_a_library_s_for_the_same_words():
    """A library listed first in `INSTALLED_APPS` wins, unless `web.borrowed_words` says it too."""
    said_otherwise = []
    for room in catalogues.rooms():
        for message in catalogues.read(room):
            if isinstance(message.id, str) and message.id and not message.context:
                with translation.override("fr"):
                    shown = translation.gettext(message.id)
                if shown != message.string:
                    said_otherwise.append((room.name, message.id, shown))

    assert said_otherwise == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Combien\u202f? Trois\u202f!",
        "Voici\u00a0: l’essaim",
        "«\u202fL’abeille\u202f»",
        "À 18:30, voir https://essaim.coop/?a=1 ou moi@essaim.coop",
        'Cliquez <a class="button" href="%(address)s">ici</a>…',
        "Au plus {minimum} à {maximum}.",
        "Du 1er mai au 21 mai",
    ],
)
def test_good_french_typography_passes(sentence):
    assert typography.problems(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "L'abeille",
        "Combien?",
        "Combien ?",
        "Combien\u00a0?",
        "Voici: trois",
        "Voici : trois",
        "Voici\u202f: trois",
        "« L’abeille »",
        "«L’abeille»",
        'Dire "oui"',
        "Et puis...",
        "Oui\u202f; non ; jamais",
        "Mardi 1 décembre",
    ],
)
def test_bad_french_typography_is_named(sentence):
    assert len(typography.problems(sentence)) == 1


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Un poids va de 1\u00a0g à {weight_max_g}\u00a0g", []),
        ("Il en reste 12 : 3 grands, 9 petits", []),
        ("À %(distance)s km", ["%(distance)s km"]),
        ("Au plus {megabytes_max} Mo, soit 10 €", ["{megabytes_max} Mo", "0 €"]),
        ("La facture n° 12", ["n° "]),
    ],
)
def test_a_unit_never_parts_from_its_number(sentence, found):
    assert typography.loose_units(sentence) == found
