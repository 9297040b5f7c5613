"""The assembly of the demo: convened in three weeks, a price to lower, a council to elect."""

from datetime import datetime, timedelta

from django.utils import timezone

from essaim.commons.assembly import actions
from essaim.commons.assembly.actions import Change
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.cooperative import queries
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.core.bylaws.rules import rule_book

DAYS_AHEAD = 24
EVENING_HOUR = 18


def sow(now: datetime) -> None:
    """Convene the associates of the demo; one of them has given her vote already."""
    register = queries.the_register()
    if register is None:
        return
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
