"""Reading minutes: the page and the paper say the same, for those who may."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from essaim.commons.assembly import actions
from essaim.commons.assembly.minutes import as_bytes
from essaim.commons.assembly.rules.amending import AmendmentKind
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests import test_amending as amending
from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.assembly.tests.held import held
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.minutes import queries, sheet
from essaim.commons.urn.models import Poll

pytestmark = pytest.mark.django_db


def opened(client, minutes, name="minutes", member=None, status=200):
    client.force_login(member)
    response = client.get(reverse(f"minutes:{name}", args=[minutes.assembly.public_id]))
    assert response.status_code == status
    return response


def paper(minutes, *, is_large=False):
    pdf = sheet.printed(minutes, queries.lines(minutes), is_large=is_large)
    reader = PdfReader(io.BytesIO(pdf))
    return pdf, reader, " ".join("\n".join(page.extract_text() for page in reader.pages).split())


def sizes(reader):
    """The sizes of the letters on the pages of a PDF, in points."""
    found = set()

    def visit(text, _matrix, _place, _font, size):
        if text.strip():
            found.add(round(size, 1))

    for page in reader.pages:
        page.extract_text(visitor_text=visit)
    return found


def test_the_page_says_who_came_what_was_decided_and_the_digest(client):
    found = held()

    shown = opened(client, found.minutes, member=found.hall.member("fanny")).content.decode()

    for words in (
        "Procès-verbal n°\u00a01", "6 sociétaires", "Usages\u00a0: 2", "Travail\u00a0: 1",
        "Dans la salle, depuis 19\u00a0h", "Adoptée", "Élu\u00a0: Ada", "Pouvoirs\u00a0: 1",
        "Questions diverses", found.minutes.digest, Poll.objects.get(secrecy="sealed").digest,
        "Quorum atteint", "19 déc. 2026", "Question du n°\u00a02, point 1", "Pourquoi baisser ?",
        "Parce que.",
    ):  # fmt: skip
        assert words in shown, words


def test_the_paper_says_the_same_with_both_counts_and_is_the_same_each_time():
    minutes = held().minutes

    pdf, reader, text = paper(minutes)

    for words in (
        "Essaim du Val", "Procès-verbal n° 1", "SIREN 732 829 320", "Usages : 2 personnes",
        "David (n° 4) donne son pouvoir à Amina (n° 1)", "Pondéré par collèges",
        "Une personne, une voix", "100 %", "Adoptée", "À signer", minutes.digest[:8],
        "Élu·e·s par ce décompte : Ada", "Scrutateurs, qui ont ouvert l’urne : Bea, Elie",
    ):  # fmt: skip
        assert words in text, words
    assert f"Page 1 sur {len(reader.pages)}" in text
    assert b"pdfaid:part" in pdf.replace(b" ", b"") or "pdfaid" in str(reader.xmp_metadata.__dict__)
    assert paper(minutes)[0] == pdf


def test_large_print_has_no_letter_under_eighteen_points():
    minutes = held().minutes

    _pdf, normal, _text = paper(minutes)
    _pdf, large, text = paper(minutes, is_large=True)

    assert min(sizes(normal)) < 10
    assert min(sizes(large)) >= 18
    assert "Pondéré par collèges" in text


@pytest.mark.parametrize(
    ("method", "choices", "words"),
    [
        (Method.APPROVAL, (["c1", "c3"], ["c1"], []), "Ada : 2"),
        (Method.INSTANT_RUNOFF, ([["c1"]], [["c2"], ["c1"]], [["c1"]]), "Tour 1 : Ada 2, Bob 1"),
        (Method.TRANSFERABLE, ([["c1"]], [["c2"], ["c1"]], [["c1"]]), "élu : Ada"),
        (Method.SCHULZE, ([["c1"]], [["c2"]], [["c1"]]), "1. Ada"),
        (Method.MAJORITY_JUDGMENT, ({"c1": 6}, {"c1": 4}, {"c2": 5}), "Ada : Bien"),
    ],
)
def test_an_election_is_told_count_by_count(method, choices, words):
    _pdf, _reader, text = paper(held(method, choices).minutes)

    assert words in text
    assert "Pondéré par collèges" in text


def test_the_file_has_the_digest_of_the_minutes(client):
    minutes = held().minutes

    file = opened(client, minutes, "file", coop.person("x"), 404)
    file = opened(client, minutes, "file", minutes.issued_by)

    assert hashlib.sha256(file.content).hexdigest() == minutes.digest
    assert file.content == as_bytes(minutes.content)


def test_nobody_else_reads_them(client):
    minutes = held().minutes
    stranger = coop.person("passant")

    for name in ("minutes", "paper", "large_print", "file", "register", "signatures"):
        args = [] if name == "register" else [minutes.assembly.public_id]
        client.force_login(stranger)
        assert client.get(reverse(f"minutes:{name}", args=args)).status_code == 404


def test_minutes_of_an_older_version_are_still_read(client):
    """What was frozen before colleges, quorums and turnout were written down stays readable."""
    minutes = held().minutes
    for name in ("heading", "colleges", "quorum"):
        del minutes.content[name]
    for row in minutes.content["attendance"]:
        del row["college"]
    for row in minutes.content["proxies"]:
        del row["principal_name"], row["holder_name"]
    for point in minutes.content["points"]:
        for name in ("quorum", "turnout", "scrutineers", "named", "opened_at", "declared_at"):
            point.pop(name, None)

    _pdf, _reader, text = paper(minutes)

    assert "n° 4 donne son pouvoir à n° 1" in text
    assert "Présents : 3 personnes" in text


def test_comings_and_goings_are_written(client):
    found = held()
    minutes = found.minutes
    minutes.content["attendance"][0]["left_at"] = "2026-12-18T20:15+01:00"
    minutes.content["proxies"][0]["revoked_at"] = "2026-12-18T19:45+01:00"

    _pdf, _reader, text = paper(minutes)

    assert "de 19 h à 20 h 15" in text
    assert "jusqu’au 18 déc. 2026 à 19 h 45" in text


def test_the_page_costs_the_same_however_many_came(client, django_assert_num_queries):
    found = held()
    opened(client, found.minutes, member=found.hall.member("amina"))

    with django_assert_num_queries(9):
        client.get(reverse("minutes:minutes", args=[found.minutes.assembly.public_id]))


def test_the_quorum_is_that_of_the_opening_and_of_each_vote():
    found = held()

    quorum, vote = found.minutes.content["quorum"], found.minutes.content["points"][0]["quorum"]

    assert (quorum["present"], quorum["represented"]) == (3, 1)
    assert vote == quorum
    assert quorum["colleges"]["users"] == [4, 2, 1]


def test_amendments_are_told_on_the_page_and_on_paper_with_what_they_changed(client):
    hall = halls.build()
    hall.draft(amendments_until=MEETING - timedelta(days=1))
    hall.motion = hall.propose()
    hall.convene()
    carried = amending.propose(
        hall, kind=AmendmentKind.REPLACE, paragraph=1, text="La part baisse d’un tiers."
    )
    amending.everybody(hall)
    amending.decide(hall, carried, "yes")
    amending.decide(hall, hall.motion, "yes")
    minutes = actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)

    shown = opened(client, minutes, member=hall.member("amina")).content.decode()
    _, _, words = paper(minutes)

    for place in (shown, words):
        assert "La part baisse d’un tiers." in place
        assert "Texte de la convocation" in place
        assert "Il est proposé…" in place
    assert "le paragraphe 1" in words
    assert "6 pour, 0 contre" in words
