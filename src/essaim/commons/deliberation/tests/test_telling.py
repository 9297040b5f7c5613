"""Letters: each in the language of who reads it, once, and nobody left out."""

import pytest
from django.utils import translation

from essaim.commons.deliberation.actions.telling import tell_associates
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.core.messages.models import OutgoingEmail

pytestmark = pytest.mark.django_db


def tell(*associates):
    def words():
        return translation.get_language(), ["…"]

    OutgoingEmail.objects.all().delete()
    tell_associates(associates, words, address="https://x", now=NOW)
    return dict(OutgoingEmail.objects.values_list("recipient", "subject"))


def test_each_reads_their_own_language_whoever_acts():
    circle = circles.build()
    amina, bea = circle.people["amina"], circle.people["bea"]
    bea.member.language = "en"

    with translation.override("en"):
        told = tell(amina, bea, amina)

    assert told == {"amina@exemple.fr": "fr", "bea@exemple.fr": "en"}
    assert OutgoingEmail.objects.count() == 2


def test_an_organisation_without_address_is_told_through_who_manages_it():
    farm = circles.build().people["farm"]

    assert tell(farm) == {"luc@exemple.fr": "fr"}
    farm.organisation.email = "ferme@exemple.fr"

    assert tell(farm) == {"ferme@exemple.fr": "fr"}
