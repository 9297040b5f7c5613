"""Signing minutes: as oneself, once, these very minutes; or on paper with its scan."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.assembly.tests.held import held
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.minutes import actions, queries
from essaim.commons.minutes.models import Scan, Signature
from essaim.commons.minutes.rules.refusals import (
    NotYourSignature,
    OtherMinutes,
    SignedAlready,
    UnreadableScan,
)
from essaim.commons.minutes.rules.signing import SCAN_BYTES_MAX, Means, Role, names_these, scan_kind

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7 signed by hand"


def sign(minutes, member, role=Role.SECRETARY, copied=None):
    return actions.sign(
        minutes=minutes, role=role, copied=copied or minutes.digest[:8], means=Means.TYPED,
        by=member, now=MEETING,
    )  # fmt: skip


def address(minutes, name, *more):
    return reverse(f"minutes:{name}", args=[minutes.assembly.public_id, *more])


def test_who_closed_the_meeting_and_the_scrutineers_are_asked():
    found = held()

    asked = queries.asked(found.minutes)

    assert asked == [
        (Role.SECRETARY, found.hall.world.board),
        (Role.SCRUTINEER, found.hall.member("bea")),
        (Role.SCRUTINEER, found.hall.member("elie")),
    ]


def test_another_secretary_signs_instead_of_who_closed_the_meeting():
    found = held()
    amina, board = found.hall.member("amina"), found.hall.world.board

    for _twice in range(2):
        actions.ask_to_sign(
            minutes=found.minutes, member=amina, role=Role.SECRETARY, by=board, now=MEETING
        )

    assert queries.asked(found.minutes)[0] == (Role.SECRETARY, amina)
    with pytest.raises(NotYourSignature):
        sign(found.minutes, board)


def test_a_signature_says_who_in_which_quality_when_and_which_digest():
    found = held()

    signature = sign(found.minutes, found.hall.member("bea"), Role.SCRUTINEER)

    assert (signature.name, signature.role, signature.digest) == (
        "Bea", "scrutineer", found.minutes.digest,
    )  # fmt: skip
    assert signature.signed_at == MEETING
    assert queries.roles_awaited(found.minutes, found.hall.member("bea")) == []


def test_nobody_signs_for_others_nor_twice_nor_other_minutes():
    found = held()
    minutes, board = found.minutes, found.hall.world.board

    with pytest.raises(NotYourSignature):
        sign(minutes, found.hall.member("bea"), Role.SECRETARY)
    with pytest.raises(OtherMinutes):
        sign(minutes, board, copied="0000000f")
    assert not Signature.objects.exists()
    sign(minutes, board)
    with pytest.raises(SignedAlready):
        sign(minutes, board)

    assert Signature.objects.count() == 1


@pytest.mark.parametrize(
    ("copied", "is_right"),
    [
        ("abcdef01", True), ("ABCDEF 01", True), ("abcdef01 23", True), ("abcdef\u200b01", True),
        ("abcdef0", False), ("abcdef02", False), ("", False),
    ],
)  # fmt: skip
def test_eight_characters_say_which_minutes(copied, is_right):
    assert names_these(copied, "abcdef0123") is is_right


def test_the_password_is_asked_again_before_signing(client):
    found = held()
    board = found.hall.world.board
    board.set_password("abeilles-des-bois")
    board.save(update_fields=["password"])
    client.force_login(board)
    copied = {"copied": found.minutes.digest[:8]}

    sent = client.post(address(found.minutes, "sign", "secretary"), copied)

    assert sent.url.startswith("/account/reauthenticate/")
    assert not Signature.objects.exists()
    client.post(sent.url, {"password": "faux", "next": address(found.minutes, "sign", "secretary")})
    assert not Signature.objects.exists()
    client.post(sent.url, {"password": "abeilles-des-bois"})
    assert Signature.objects.get().means == Means.REAUTHENTICATED


def test_an_account_without_password_signs_by_copying_the_digest(client):
    found = held()
    client.force_login(found.hall.member("elie"))
    page = client.get(address(found.minutes, "minutes")).content.decode()
    assert "Votre signature est attendue" in page
    where = address(found.minutes, "sign", "scrutineer")

    wrong = client.post(where, {"copied": "00000000"})
    short = client.post(where, {"copied": "0"})
    right = client.post(where, {"copied": found.minutes.digest[:8]}, follow=True)

    assert (wrong.status_code, short.status_code) == (422, 422)
    assert "Recopiez les huit premiers caractères" in wrong.content.decode()
    shown = right.content.decode()
    assert "signé en ligne, empreinte recopiée" in shown
    assert "Votre signature est attendue" not in shown
    assert Signature.objects.get().means == Means.TYPED
    assert client.post(address(found.minutes, "sign", "treasurer")).status_code == 404


def test_a_paper_is_recorded_with_the_names_it_bears(client):
    found = held()
    client.force_login(found.hall.world.board)
    scan = SimpleUploadedFile("pv.pdf", PAPER, "application/pdf")

    client.post(
        address(found.minutes, "signatures"),
        {"what": "paper", "lines": ["0"], "role": "chair", "name": "Alix", "scan": scan},
    )

    signed = queries.signatures_of(found.minutes)
    assert [(one.role, one.name, one.means) for one in signed] == [
        ("chair", "Alix", "paper"), ("secretary", "Clara", "paper"),
    ]  # fmt: skip
    assert signed[1].member == found.hall.world.board
    kept = client.get(address(found.minutes, "scan", signed[0].scan_id))
    assert kept.content == PAPER
    assert kept["Content-Disposition"].startswith("attachment")
    assert not queries.roles_awaited(found.minutes, found.hall.world.board)


def test_the_desk_asks_an_associate_by_their_number(client):
    found = held()
    client.force_login(found.hall.world.board)
    where = address(found.minutes, "signatures")
    number = found.hall.people["david"].number

    unknown = client.post(where, {"what": "ask", "role": "chair", "number": 99})
    asked = client.post(where, {"what": "ask", "role": "chair", "number": number})

    assert unknown.status_code == 422
    assert asked.status_code == 302
    assert queries.asked(found.minutes)[0] == (Role.CHAIR, found.hall.member("david"))


def test_a_paper_that_names_nobody_or_cannot_be_read_is_refused(client):
    found = held()
    client.force_login(found.hall.world.board)
    where = address(found.minutes, "signatures")

    nobody = client.post(
        where, {"what": "paper", "role": "chair", "scan": SimpleUploadedFile("a.pdf", PAPER)}
    )
    program = client.post(
        where,
        {"what": "paper", "role": "chair", "name": "Alix",
         "scan": SimpleUploadedFile("a.pdf", b"MZ")},
    )  # fmt: skip

    assert "Dites qui a signé ce papier" in nobody.content.decode()
    assert "La copie doit être un PDF" in program.content.decode()
    assert (Signature.objects.count(), Scan.objects.count()) == (0, 0)
    with pytest.raises(UnreadableScan):
        actions.record_paper(
            minutes=found.minutes, signed=[(Role.CHAIR, "Alix")], content=b"", now=MEETING,
            by=found.hall.world.board,
        )  # fmt: skip


def test_what_a_scan_may_be():
    assert scan_kind(PAPER) == "application/pdf"
    assert scan_kind(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert scan_kind(PAPER + b" " * SCAN_BYTES_MAX) is None


def test_a_paper_does_not_sign_twice():
    found = held()
    board = found.hall.world.board
    sign(found.minutes, board)

    with pytest.raises(SignedAlready):
        actions.record_paper(
            minutes=found.minutes, signed=[(Role.SECRETARY, "Clara")], content=PAPER, by=board,
            now=MEETING,
        )  # fmt: skip
    assert not Scan.objects.exists()


def test_only_who_is_asked_or_follows_the_assembly_reads_and_signs(client):
    found = held()
    keeper = coop.person("greffe")
    where = address(found.minutes, "sign", "scrutineer")
    client.force_login(keeper)
    assert client.post(where, {"copied": found.minutes.digest[:8]}).status_code == 404

    actions.ask_to_sign(
        minutes=found.minutes, member=keeper, role=Role.CHAIR, by=found.hall.world.board,
        now=MEETING,
    )  # fmt: skip

    assert client.get(address(found.minutes, "minutes")).status_code == 200
    assert client.get(address(found.minutes, "signatures")).status_code == 404
