"""A small cooperative that deliberates: six associates, an organisation, a board that is none."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative import actions as coop_actions
from essaim.commons.cooperative.models import Associate
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.deliberation import actions
from essaim.commons.deliberation.models import Proposal
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.core.bylaws.actions import adopt
from essaim.core.members.models import Member

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MEETING = datetime(2026, 12, 18, 18, 0, tzinfo=UTC)
PEOPLE = ("amina", "bea", "chloe", "david", "elie", "fanny")
TEXT = "Premier paragraphe.\n\nDeuxième paragraphe,\nsur deux lignes."


@dataclass
class Circle:
    world: coop.World
    people: dict[str, Associate] = field(default_factory=dict)

    @property
    def register(self):
        return self.world.register

    def member(self, name) -> Member:
        return self.people[name].member

    def propose(self, name="amina", title="Ouvrir le samedi", text=TEXT, now=NOW, **more):
        return actions.open_proposal(
            register=self.register, author=self.people[name], by=self.member(name), title=title,
            text=text, now=now, **more,
        )  # fmt: skip

    def support(self, proposal, *names, now=NOW) -> Proposal:
        for name in names:
            proposal = actions.support(
                proposal=proposal, associate=self.people[name], by=self.member(name), now=now
            )
        return proposal

    def reached(self, **more) -> Proposal:
        return self.support(self.propose(**more), "bea", "chloe")

    def leave(self, name, now=NOW) -> None:
        """Take an associate out of the register, paid back and gone."""
        departure = coop_actions.ask_to_leave(
            associate=self.people[name], reason="", by=self.member(name), now=now
        )
        coop_actions.settle_exit(
            departure=departure, losses_cents=0, reserves_cents=0, by=self.world.board, now=now
        )

    def draft(self, **changes) -> GeneralAssembly:
        fields = {
            "register": self.register, "kind": Kind.ORDINARY, "title": "Assemblée ordinaire",
            "place": "Halle", "meets_at": MEETING,
        }  # fmt: skip
        return assembly_actions.draft_assembly(**fields | changes)


def rule(article, value, now=NOW) -> None:
    """Have a rule of the platform take another value."""
    adopt(
        article=article, value=value, effective_at=now, adopted_by="AG", recorded_by=None, now=now
    )


def build() -> Circle:
    """Six people and a farm own the cooperative; three supports bring a proposal to the agenda."""
    from essaim.commons.deliberation.articles import SUPPORT_MINIMUM

    circle = Circle(coop.build())
    early = NOW - timedelta(days=200)
    for name in PEOPLE:
        person = circle.world.amina if name == "amina" else coop.person(name)
        circle.people[name] = circle.world.join(person, shares=5, now=early)
    circle.people["farm"] = circle.world.join(
        circle.world.farmer, category="producers", shares=5, now=early,
        organisation=circle.world.farm,
    )  # fmt: skip
    rule(SUPPORT_MINIMUM, 3, now=NOW - timedelta(days=1))
    return circle
