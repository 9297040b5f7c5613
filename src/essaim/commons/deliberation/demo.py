"""The deliberations of the demo: a proposal under discussion, one to schedule, two rounds."""

from datetime import datetime, timedelta

from django.utils import timezone

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Associate, Register
from essaim.commons.deliberation import actions
from essaim.commons.deliberation.actions import Asked, Wish
from essaim.commons.deliberation.articles import SUPPORT_DAYS
from essaim.commons.deliberation.models import Proposal
from essaim.commons.deliberation.rules.rounds import Kind, Scope
from essaim.commons.statutes.rules.statutes import Assembly

FIRST_TEXT = """Beaucoup d’entre nous finissent le travail après 18 h en semaine.

Ouvrir les retraits le samedi matin, de 9 h à 12 h, dans chaque point de retrait."""
TEXT = """Beaucoup d’entre nous finissent le travail après 18 h en semaine : ils ne commandent pas.

Ouvrir les retraits le samedi matin, de 9 h à 12 h, là où deux bénévoles au moins se proposent.

Faire le point après trois mois, chiffres à l’appui, et continuer si les bénévoles le veulent."""


def sow(now: datetime) -> None:
    """Write what associates of the demo discuss; the last weeks are told as they were lived."""
    register = cooperative_queries.the_register()
    if register is None:
        return
    people = list(
        register.associates.filter(member__isnull=False, left_at=None)
        .select_related("member", "organisation", "register")
        .order_by("number")
    )
    proposal = _discussed(register, people, now - timedelta(days=12))
    _debate(proposal, people, now - timedelta(days=6))
    _reached(register, people, now - timedelta(days=20))
    _expired(register, people, now)
    _rounds(register, people, now - timedelta(days=2))


def _named(people: list[Associate], name: str) -> Associate:
    return next(one for one in people if one.member and one.member.display_name == name)


def _support(proposal: Proposal, people: list[Associate], now: datetime) -> None:
    for number, one in enumerate(people):
        assert one.member is not None  # noqa: S101 - only people were read
        actions.support(
            proposal=proposal, associate=one, by=one.member, now=now + timedelta(hours=number)
        )


def _discussed(register: Register, people: list[Associate], now: datetime) -> Proposal:
    amina = _named(people, "Amina Benali")
    assert amina.member is not None  # noqa: S101 - she is a person
    proposal = actions.open_proposal(
        register=register, author=amina, by=amina.member, now=now,
        title="Des retraits le samedi matin", text=FIRST_TEXT,
    )  # fmt: skip
    _support(proposal, [_named(people, "Odile Fontaine")], now + timedelta(days=1))
    proposal = actions.edit_proposal(
        proposal=proposal, by=amina.member, title=proposal.title, text=TEXT,
        now=now + timedelta(days=4),
    )  # fmt: skip
    _support(proposal, people[6:7], now + timedelta(days=5))
    return proposal


def _debate(proposal: Proposal, people: list[Associate], now: datetime) -> None:
    odile, amina = _named(people, "Odile Fontaine"), _named(people, "Amina Benali")
    assert odile.member is not None  # noqa: S101 - both are people
    assert amina.member is not None  # noqa: S101
    asked = actions.comment(
        proposal=proposal, associate=odile, by=odile.member, paragraph=2, now=now,
        text="Et qui ouvre la salle quand les bénévoles sont malades ?",
    )  # fmt: skip
    actions.reply(
        to=asked, associate=amina, by=amina.member, now=now + timedelta(hours=3),
        text="Personne : le retrait est reporté au mardi, et chacun est prévenu la veille.",
    )  # fmt: skip
    other = people[8]
    assert other.member is not None  # noqa: S101 - only people were read
    actions.comment(
        proposal=proposal, associate=other, by=other.member, now=now + timedelta(days=1),
        text="Je viendrais avec plaisir un samedi sur deux.",
    )  # fmt: skip


def _reached(register: Register, people: list[Associate], now: datetime) -> None:
    author = people[9]
    assert author.member is not None  # noqa: S101 - only people were read
    proposal = actions.open_proposal(
        register=register, author=author, by=author.member, now=now,
        title="Laisser deux mois aux propositions",
        text="Trois mois, c’est long : on oublie ce qu’on a soutenu.\n\nDeux mois suffisent.",
        wishes=[Wish(SUPPORT_DAYS, 60, (now + timedelta(days=60)).date())],
    )  # fmt: skip
    _support(proposal, people[10 : 9 + proposal.needed_count], now + timedelta(days=1))
    assembly_actions.draft_assembly(
        register=register, kind=Assembly.ORDINARY, title="Assemblée générale de printemps",
        place="À choisir", meets_at=now + timedelta(days=200),
    )  # fmt: skip


def _expired(register: Register, people: list[Associate], now: datetime) -> None:
    author = people[30]
    assert author.member is not None  # noqa: S101 - only people were read
    actions.open_proposal(
        register=register, author=author, by=author.member,
        title="Une fête des producteurs en juin",
        text="Un dimanche, sur la place, avec les producteurs et leurs familles.",
        now=now - timedelta(days=SUPPORT_DAYS.default + 3),
    )  # fmt: skip
    actions.expire_due(now=now)


def _rounds(register: Register, people: list[Associate], now: datetime) -> None:
    clara, amina = _named(people, "Clara Nguyen"), _named(people, "Amina Benali")
    yann = _named(people, "Yann Lefebvre")
    group = (clara, amina, yann, _named(people, "Odile Fontaine"))
    assert clara.member is not None  # noqa: S101 - all are people
    assert yann.member is not None  # noqa: S101
    consent = actions.open_round(
        register=register, kind=Kind.CONSENT, author=clara, facilitator=clara.member,
        title="Prêter la salle à l’association du quartier", asked=Asked(Scope.GROUP, group=group),
        text="Le mercredi soir, gratuitement, jusqu’à l’été. Elle range et ferme.",
        closes_at=_evening(now, 9), now=now,
    )  # fmt: skip
    said = actions.speak(
        asking=consent, associate=yann, by=yann.member, stance="objection",
        reason="L’assurance ne couvre que nos activités.", now=now + timedelta(hours=5),
    )  # fmt: skip
    actions.answer(
        statement=said, text="Question posée à l’assureur, réponse attendue vendredi.",
        now=now + timedelta(days=1),
    )  # fmt: skip
    actions.speak(
        asking=consent, associate=clara, by=clara.member, stance="consent",
        now=now + timedelta(hours=6),
    )  # fmt: skip
    actions.open_round(
        register=register, kind=Kind.ADVICE, author=yann, facilitator=yann.member,
        title="Quel logiciel de caisse pour les retraits ?", asked=Asked(Scope.GROUP, group=group),
        text="Je dois choisir avant la fin du mois. Vos avis ?",
        closes_at=_evening(now, 5), now=now,
    )  # fmt: skip


def _evening(now: datetime, days: int) -> datetime:
    return timezone.localtime(now + timedelta(days=days)).replace(hour=20, minute=0, second=0)
