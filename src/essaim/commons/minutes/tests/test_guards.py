"""What the database itself refuses of signatures, scans and the numbers of minutes."""

import hashlib

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.commons.assembly.models import Minutes
from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.assembly.tests.held import held
from essaim.commons.minutes import actions
from essaim.commons.minutes.models import Scan, Signature
from essaim.commons.minutes.rules.signing import Means, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed():
    found = held()
    actions.record_paper(
        minutes=found.minutes, signed=[(Role.CHAIR, "Alix")], content=b"%PDF-1.7",
        by=found.hall.world.board, now=MEETING,
    )  # fmt: skip
    return found


def refuses(name, act):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        act()
    assert refusal.value.__cause__.diag.constraint_name == name


def test_a_signature_and_its_scan_are_never_changed_nor_removed(signed):
    signature, scan = Signature.objects.get(), Scan.objects.get()

    for act in (
        lambda: Signature.objects.filter(pk=signature.pk).update(name="Autre"),
        lambda: Signature.objects.filter(pk=signature.pk).delete(),
        lambda: Scan.objects.filter(pk=scan.pk).update(content=b"%PDF-autre"),
        lambda: Scan.objects.filter(pk=scan.pk)._raw_delete("default"),
    ):
        refuses("minutes_signatures_are_kept", act)


def unsaved(found, **changes):
    fields = {
        "minutes": found.minutes, "role": "secretary", "name": "Clara", "means": Means.TYPED,
        "member": found.hall.world.board, "recorded_by": found.hall.world.board,
        "digest": found.minutes.digest, "signed_at": MEETING,
    }  # fmt: skip
    return Signature(**fields | changes)


def test_a_signature_is_of_the_digest_of_its_minutes(signed):
    other = hashlib.sha256(b"autre").hexdigest()

    refuses("minutes_signature_is_of_these_minutes", unsaved(signed, digest=other).save)


def test_on_line_one_signs_as_oneself_and_a_paper_has_its_scan(signed):
    other = signed.hall.member("amina")
    name = "minutes_signed_by_oneself_or_on_paper"

    refuses(name, unsaved(signed, recorded_by=other).save)
    refuses(name, unsaved(signed, means=Means.PAPER).save)
    refuses("minutes_signed_by_somebody", unsaved(signed, name="").save)


def test_numbers_of_minutes_leave_no_gap(signed):
    def leave_a_gap():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO assembly_minutes (assembly_id, register_id, number, content, digest,"
                " issued_at, issued_by_id) SELECT %s, register_id, 3, content, digest, issued_at,"
                " issued_by_id FROM assembly_minutes",
                [signed.hall.draft().pk],
            )

    refuses("minutes_follow_one_another", leave_a_gap)
    assert list(Minutes.objects.values_list("number", flat=True)) == [1]
