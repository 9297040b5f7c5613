"""The assemblies of the demo: one whose hour has come, and one convened in three weeks."""

from datetime import datetime, timedelta

from django.utils import timezone

from essaim.commons.assembly import actions
from essaim.commons.assembly.actions import Change
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.assembly.queries import entitled_at
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.cooperative import queries
from essaim.commons.cooperative.models import Associate, Register
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.core.bylaws.rules import rule_book

DAYS_AHEAD, NOTICE_DAYS = 24, 21
EVENING_HOUR = 18


def sow(now: datetime) -> None:
    """Convene the associates of the demo twice: they sit in the room now, and meet again later."""
    register = queries.the_register()
    if register is None:
        return
    _gather(register, now)
    _convene(register, now)


def _gather(register: Register, now: datetime) -> None:
    """An assembly that only waits for its secretary to open it, at the hour it was convened for."""
    assembly = actions.draft_assembly(
        register=register, kind=Kind.ORDINARY, title="Assemblée générale d’automne",
        place="Salle des fêtes de Sainte-Colombe (exemple), et en ligne",
        meets_at=now.replace(second=0, microsecond=0),
    )  # fmt: skip
    actions.propose_motion(
        assembly=assembly, title="Ouvrir un second point de retrait",
        text="Un second point de retrait ouvre en mars, près de la gare.\n\n"
        "Les bénévoles qui le tiennent sont tirés au sort chaque trimestre.",
    )  # fmt: skip
    actions.propose_motion(
        assembly=assembly, title="Choisir le nom de la halle", text="Elle s’appelle Halle Colombe.",
        is_secret=True,
    )  # fmt: skip
    actions.propose_election(
        assembly=assembly, title="Élire une vérificatrice ou un vérificateur des comptes",
        text="Vote secret : dites ce que vous pensez de chaque personne.",
        names=["Lila Moreau", "Hugo Petit"], method=Method.MAJORITY_JUDGMENT, seats_count=1,
    )  # fmt: skip
    assembly = actions.convene(assembly=assembly, now=now - timedelta(days=NOTICE_DAYS))
    for place, one in enumerate(_some(assembly)):
        how = "remote" if place % 5 == 4 else "room"
        actions.arrive(assembly=assembly, associate=one, how=how, now=now)


def _some(assembly: GeneralAssembly) -> list[Associate]:
    """Those one may sign in as, who came first, and every other associate."""
    return [one for one in entitled_at(assembly) if one.number <= 3 or one.number % 2]


def _convene(register: Register, now: datetime) -> None:
    evening = timezone.localtime(now + timedelta(days=DAYS_AHEAD))
    meets_at = evening.replace(hour=EVENING_HOUR, minute=30, second=0, microsecond=0)
    assembly = actions.draft_assembly(
        register=register, kind=Kind.ORDINARY, title="Assemblée générale ordinaire",
        place="Salle des fêtes de Sainte-Colombe (exemple), et en ligne", meets_at=meets_at,
        amendments_until=meets_at.replace(hour=0, minute=0) - timedelta(days=7),
    )  # fmt: skip
    actions.add_item(
        assembly=assembly, title="Rapport d’activité et comptes de l’année",
        text="Présentés par le conseil, puis discutés.",
    )  # fmt: skip
    rates = [article for article in rule_book() if article.unit == "bps"]
    lowered = [one for one in rates if one.default > one.minimum][:1]
    actions.propose_motion(
        assembly=assembly, title="Baisser une contribution",
        text="L’année a laissé un excédent. Il est proposé d’en rendre une part à l’usage.",
        changes=[Change(one, (one.minimum + one.default) // 2, meets_at) for one in lowered],
    )  # fmt: skip
    actions.propose_election(
        assembly=assembly, title="Renouveler deux sièges du conseil",
        text="Vote secret : autant de noms que vous voulez.",
        names=["Agathe Carpentier", "Samir Deroo", "Rose Masson"], method=Method.APPROVAL,
        seats_count=2,
    )  # fmt: skip
    assembly = actions.convene(assembly=assembly, now=now)
    amina = register.associates.get(member__display_name="Amina Benali")
    giver = register.associates.filter(
        member__isnull=False, left_at=None, category__code="users"
    ).exclude(pk=amina.pk)
    actions.give_proxy(
        assembly=assembly, principal=giver.order_by("number")[0], holder=amina, now=now
    )
