"""Real connections at the same time: voices given together never go in a round."""

from datetime import timedelta
from functools import partial

import pytest

from essaim.commons.consultation import actions, queries
from essaim.commons.consultation.models import Delegation
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW, PEOPLE
from essaim.kernel.tests.at_once import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_ring_given_by_everybody_at_once_stays_open():
    circle = circles.build()
    subject = actions.add_subject(register=circle.register, label="Prix", now=NOW)
    ring = list(zip(PEOPLE, (*PEOPLE[1:], PEOPLE[0]), strict=True))

    def give(pair):
        giver, holder = (circle.people[name] for name in pair)
        actions.delegate(subject=subject, giver=giver, holder=holder, by=giver.member, now=NOW)
        return "given"

    told = together(*(partial(give, pair) for pair in ring))

    assert sorted(told) == ["consultation.goes-in-a-round", *["given"] * (len(ring) - 1)]
    web = queries.webs([subject.pk], at=NOW + timedelta(days=1))[subject.pk]
    assert len(web.holders) == Delegation.objects.count() == len(ring) - 1
