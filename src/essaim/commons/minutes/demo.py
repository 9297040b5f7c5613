"""The assembly of last spring, in the demo: held, its minutes written and nearly all signed."""

from datetime import datetime, timedelta

from essaim.commons.assembly import actions as assembly
from essaim.commons.assembly import queries as assemblies
from essaim.commons.assembly.models import GeneralAssembly, Minutes, Motion
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.cooperative import queries as cooperative
from essaim.commons.cooperative.models import Associate
from essaim.commons.minutes import actions
from essaim.commons.minutes.rules.signing import Means, Role
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import Scrutineer
from essaim.core.members.models import Member

DAYS_AGO, NOTICE_DAYS = 120, 21
PRESENT_COUNT = 11
PICKS = (["c1", "c2"], ["c1"], ["c2", "c3"], ["c1", "c3"], ["c1"])


def sow(now: datetime) -> None:
    """Hold the assembly as it was, from its notice to the signatures of its minutes."""
    register = cooperative.the_register()
    if register is None:
        return
    met_at = now - timedelta(days=DAYS_AGO)
    meeting = assembly.draft_assembly(
        register=register, kind=Kind.ORDINARY, title="Assemblée générale de printemps",
        place="Salle des fêtes de Sainte-Colombe (exemple)", meets_at=met_at,
    )  # fmt: skip
    accounts = assembly.propose_motion(
        assembly=meeting, title="Comptes de l’année",
        text="L’assemblée approuve les comptes de l’année, présentés par le conseil.",
    )  # fmt: skip
    council = assembly.propose_election(
        assembly=meeting, title="Élire deux membres du conseil", text="Vote secret.",
        names=["Agathe Carpentier", "Samir Deroo", "Rose Masson"], method=Method.APPROVAL,
        seats_count=2,
    )  # fmt: skip
    assembly.add_item(
        assembly=meeting, title="Questions diverses", text="La salle demande un second retrait."
    )
    meeting = assembly.convene(assembly=meeting, now=met_at - timedelta(days=NOTICE_DAYS))
    people = list(
        assemblies.entitled_at(meeting)
        .filter(member__isnull=False)
        .select_related("member", "college")
    )
    present = sorted(people, key=lambda one: (one.number * 7) % 11)[:PRESENT_COUNT]
    board = Member.objects.get(email="clara.nguyen@exemple.fr")
    _meet(meeting, present, people, met_at)
    _vote_by_name(accounts, present, board, met_at + timedelta(minutes=25))
    _elect(council, present, board, met_at + timedelta(minutes=50))
    ended_at = met_at + timedelta(minutes=95)
    minutes = assembly.close_meeting(assembly=meeting, by=board, now=ended_at)
    _sign(minutes, _member(present[2]), board, ended_at + timedelta(days=1))


def _meet(
    meeting: GeneralAssembly, present: list[Associate], people: list[Associate], at: datetime
) -> None:
    for place, one in enumerate(present):
        how = "remote" if place % 4 == 3 else "room"
        assembly.arrive(assembly=meeting, associate=one, how=how, now=at - timedelta(minutes=place))
    absent = [one for one in people if one not in present]
    for giver, holder in zip(absent[:2], present, strict=False):
        assembly.give_proxy(
            assembly=meeting, principal=giver, holder=holder, now=at - timedelta(days=1)
        )
    assembly.open_meeting(assembly=meeting, now=at)


def _vote_by_name(motion: Motion, present: list[Associate], board: Member, at: datetime) -> None:
    assembly.open_vote(motion=motion, now=at)
    for place, one in enumerate(present):
        choice = {2: "no", 5: "abstain"}.get(place, "yes")
        assembly.cast(motion=motion, associate=one, choice=choice, by=_member(one), now=at)
    assembly.close_vote(motion=motion, by=board, now=at)


def _elect(motion: Motion, present: list[Associate], board: Member, at: datetime) -> None:
    keepers = [_member(one) for one in present[:2]]
    poll = assembly.open_vote(motion=motion, scrutineers=keepers, threshold=2, now=at)
    keys = {one: urn.take_key(poll=poll, member=one) for one in keepers}
    urn.open_poll(poll=poll, now=at)
    for place, one in enumerate(present):
        assembly.cast(
            motion=motion, associate=one, choice=PICKS[place % len(PICKS)], by=_member(one), now=at
        )
    assembly.close_vote(motion=motion, by=board, now=at)
    for keeper, key in keys.items():
        urn.give_key(poll=poll, member=keeper, code=key, now=at)
    assembly.declare(motion=motion, by=board, now=at)


def _sign(minutes: Minutes, chair: Member, board: Member, at: datetime) -> None:
    """The chair and one scrutineer signed; the secretary and the other still have to."""
    actions.ask_to_sign(minutes=minutes, member=chair, role=Role.CHAIR, by=board, now=at)
    keeper = Scrutineer.objects.filter(poll__motion__item__assembly=minutes.assembly).order_by(
        "pk"
    )[0]
    for role, member in ((Role.CHAIR, chair), (Role.SCRUTINEER, keeper.member)):
        actions.sign(
            minutes=minutes, role=role, copied=minutes.digest, means=Means.TYPED, by=member, now=at
        )


def _member(one: Associate) -> Member:
    assert one.member is not None  # noqa: S101 - only people are there
    return one.member
