"""The consultations of the demo: three subjects, a question, voices given, one counted before."""

from datetime import datetime, timedelta

from django.utils import timezone

from essaim.commons.assembly.rules.elections import Method
from essaim.commons.consultation import actions
from essaim.commons.consultation.models import Consultation, Subject
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Associate
from essaim.core.members.models import Member

SUBJECTS = ("Prix", "Territoire", "Travail")
WEEKS_AGO = timedelta(days=21)


def sow(now: datetime) -> None:
    """Write subjects, a few voices, a question that is counted and one that is open."""
    register = cooperative_queries.the_register()
    if register is None:
        return
    people = list(
        register.associates.filter(member__isnull=False, left_at=None)
        .select_related("member", "organisation")
        .order_by("number")
    )
    board = next(one.member for one in people if one.member and "Clara" in one.member.display_name)
    before = now - WEEKS_AGO
    subjects = {
        label: actions.add_subject(register=register, label=label, now=before) for label in SUBJECTS
    }
    _give(subjects["Prix"], people, before)
    over = _ask(
        subjects["Prix"], "Faut-il un prix solidaire sur les paniers ?",
        ["Oui, partout", "Oui, à l’essai dans deux points", "Non"], board, before,
    )  # fmt: skip
    # One answer ahead by a voice; the voices given to two who chose the second turn it over.
    said = ["c1", "c2", "c2", *["c1"] * 7, *["c2"] * 5, *["c3"] * 5]
    for code, one in zip(said, people[5:], strict=False):
        _answer(over, one, code, before + timedelta(days=1))
    actions.count_due(now=now)
    asked = _ask(
        subjects["Territoire"], "Où ouvrir le prochain point de retrait ?",
        ["Hellemmes", "Loos", "Wambrechies"], board, now - timedelta(days=1),
    )  # fmt: skip
    for number, one in enumerate(people[8:14]):
        _answer(asked, one, f"c{1 + number % 3}", now - timedelta(hours=2))


def _give(subject: Subject, people: list[Associate], now: datetime) -> None:
    amina = next(one for one in people if one.member and "Amina" in one.member.display_name)
    ways = [(amina, people[6]), (people[6], people[7]), (people[26], people[7])]
    for number, (giver, holder) in enumerate(ways):
        assert giver.member is not None  # noqa: S101 - only people were read
        actions.delegate(
            subject=subject, giver=giver, holder=holder, by=giver.member,
            now=now + timedelta(minutes=number),
        )  # fmt: skip


def _ask(
    subject: Subject, question: str, labels: list[str], by: Member, now: datetime
) -> Consultation:
    evening = timezone.localtime(now + timedelta(days=14)).replace(hour=20, minute=0, second=0)
    return actions.open_consultation(
        subject=subject, question=question, text="Votre réponse éclaire le conseil, qui décidera.",
        labels=labels, method=Method.APPROVAL, closes_at=evening, by=by, now=now,
    )  # fmt: skip


def _answer(asked: Consultation, one: Associate, code: str, now: datetime) -> None:
    assert one.member is not None  # noqa: S101 - only people were read
    actions.answer(consultation=asked, associate=one, choice=[code], by=one.member, now=now)
