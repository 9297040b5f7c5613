"""Certificates: frozen the day they are given, the same paper each time."""

import io

import pytest
from pypdf import PdfReader

from essaim.commons.cooperative import actions, wording
from essaim.commons.cooperative.actions.certificates import issue_certificate
from essaim.commons.cooperative.models import Certificate
from essaim.commons.cooperative.tests import world as w
from essaim.core.members.models import Member, Organisation


def printed(certificate):
    pdf = actions.keep_certificate(certificate=certificate, now=w.LATER)
    return pdf, "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_certificate_says_who_owns_how_many_shares_of_what(world):
    world.join(shares=3)

    _pdf, text = printed(Certificate.objects.get())

    for words in ("Certificat de parts sociales", "Essaim du Val", "Amina", "60,00", "Usages"):
        assert words in text


def test_what_changes_later_changes_no_certificate(world):
    world.join(shares=3)
    before, _text = printed(Certificate.objects.get())

    Member.objects.filter(pk=world.amina.pk).update(display_name="Autre")
    Organisation.objects.filter(pk=world.cooperative.pk).update(name="Autre")

    assert printed(Certificate.objects.get())[0] == before


def test_a_certificate_fits_on_one_page_whatever_the_names(world):
    world.amina.display_name = "Anne-Sophie de la Tour du Pin de Saint-Hilaire du Harcouët 🐝"[:80]
    world.amina.save()
    world.join(shares=12_345)

    pdf, _text = printed(Certificate.objects.get())

    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


def test_the_first_of_a_month_is_an_ordinal():
    assert wording.written_day(w.NOW.date().replace(day=1)) == "1er\u00a0novembre\u00a02026"


def test_shares_that_nobody_receives_have_no_certificate(world):
    amina, farm = world.join(shares=2), world.join(w.person("bea"), shares=2)
    gone = actions.reduce_for_losses(
        register=world.register, shares={amina: 1}, decision="AGE", by=world.board, now=w.LATER
    )

    with pytest.raises(ValueError, match="gives nothing"):
        issue_certificate(movement=gone[0])
    assert Certificate.objects.filter(movement__to_associate=farm).count() == 1
