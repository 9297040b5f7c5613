"""A small Scic that meets: eight associates in two colleges, convened and some of them there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from essaim.commons.assembly import actions
from essaim.commons.assembly.models import GeneralAssembly, Motion
from essaim.commons.cooperative.models import Associate
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.core.members.models import Member

DRAFTED = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MEETING = datetime(2026, 12, 18, 18, 0, tzinfo=UTC)
NEXT_DAY = datetime(2026, 12, 19, 5, 0, tzinfo=UTC)
USERS = ("amina", "bea", "chloe", "david")
WORKERS = ("elie", "fanny")


@dataclass
class Hall:
    world: coop.World
    people: dict[str, Associate] = field(default_factory=dict)
    assembly: GeneralAssembly | None = None

    def member(self, name) -> Member:
        return self.people[name].member

    def draft(self, **changes) -> GeneralAssembly:
        fields = {
            "register": self.world.register,
            "kind": Kind.ORDINARY,
            "title": "Assemblée générale ordinaire",
            "place": "Halle de Wazemmes, Lille",
            "meets_at": MEETING,
        }
        self.assembly = actions.draft_assembly(**fields | changes)
        return self.assembly

    def propose(self, title="Baisser les frais", **changes) -> Motion:
        return actions.propose_motion(
            assembly=self.assembly, title=title, text="Il est proposé…", **changes
        )

    def convene(self) -> GeneralAssembly:
        self.assembly = actions.convene(assembly=self.assembly, now=DRAFTED)
        return self.assembly

    def arrive(self, *names, how="room") -> None:
        for name in names:
            actions.arrive(
                assembly=self.assembly, associate=self.people[name], how=how, now=MEETING
            )

    def open(self, *names) -> GeneralAssembly:
        self.arrive(*names)
        self.assembly = actions.open_meeting(assembly=self.assembly, now=MEETING)
        return self.assembly

    def give(self, principal, holder, now=MEETING):
        return actions.give_proxy(
            assembly=self.assembly, principal=self.people[principal],
            holder=self.people[holder], now=now,
        )  # fmt: skip

    def vote(self, motion, name, choice, by=None, **more):
        return actions.cast(
            motion=motion, associate=self.people[name], choice=choice,
            by=self.member(by or name), now=MEETING, **more,
        )  # fmt: skip


def build(**replaced) -> Hall:
    """Statutes of a territory; users weigh 35 %, workers 20 %; the other colleges are empty."""
    hall = Hall(coop.build(**replaced))
    early = DRAFTED - timedelta(days=200)
    for name in USERS:
        person = hall.world.amina if name == "amina" else coop.person(name)
        hall.people[name] = hall.world.join(person, shares=5, now=early)
    for name in WORKERS:
        hall.people[name] = hall.world.join(
            coop.person(name), category="employees", shares=2, now=early
        )
    return hall


def sitting(*names, **motion) -> tuple[Hall, Motion]:
    """A meeting under way with one motion, and these people there."""
    hall = build()
    hall.draft()
    proposed = hall.propose(**motion)
    hall.convene()
    hall.open(*(names or (*USERS, *WORKERS)))
    return hall, proposed
