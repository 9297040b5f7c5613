"""A small assembly that votes, for the tests of this room and of those above."""

from datetime import UTC, datetime

from essaim.commons.urn import actions
from essaim.commons.urn.actions import Option, Voter
from essaim.commons.urn.models import Poll
from essaim.commons.urn.rules.choices import PaperKind
from essaim.core.members.models import Member

OPENING = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CLOSING = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
COLLEGES = [
    {"code": "workers", "label": "Salariés", "weight": "2/5"},
    {"code": "users", "label": "Usagers", "weight": "3/5"},
]
MOTION = [Option("yes", "Oui"), Option("no", "Non"), Option("abstain", "Abstention")]


def member(name: str) -> Member:
    found = Member.objects.filter(email=f"{name}@exemple.fr").first()
    return found or Member.objects.create_user(f"{name}@exemple.fr", display_name=name.title())


def voters(workers: int, users: int) -> list[Voter]:
    """Numbered from 1, workers first, each a member of their own."""
    colleges = ["workers"] * workers + ["users"] * users
    return [
        Voter(number, f"Votant {number}", college, member(f"votant{number}").pk)
        for number, college in enumerate(colleges, start=1)
    ]


def prepared(*, workers: int = 3, users: int = 5, secrecy: str = "sealed", **changes) -> Poll:
    """A question to eight people, kept by Ada, Bob and Chloé: any two of them open the urn."""
    fields = {
        "question": "Faut-il baisser les frais du groupement ?",
        "paper_kind": PaperKind.MOTION,
        "options": MOTION,
        "counting": {"method": "motion"},
        "colleges": COLLEGES,
        "secrecy": secrecy,
        "voters": voters(workers, users),
        "scrutineers": [member(name) for name in ("ada", "bob", "chloe")],
        "threshold": 2,
    }
    return actions.prepare_poll(**fields | changes)


def opened(**changes) -> tuple[Poll, dict[str, str]]:
    """An open poll, and the key of each scrutineer as they keep it on paper."""
    poll = prepared(**changes)
    keys = {}
    if poll.is_sealed:
        keys = {
            row.member.email.partition("@")[0]: actions.take_key(poll=poll, member=row.member)
            for row in poll.scrutineers.select_related("member")
        }
    return actions.open_poll(poll=poll, now=OPENING), keys


def vote(poll: Poll, number: int, choice, *, paper=None):
    entry = poll.roll.select_related("member").get(number=number)
    return actions.cast_sealed(
        entry=entry, choice=choice, paper=paper or actions.draw_paper(), by=entry.member,
        channel="own",
    )  # fmt: skip


def count(poll: Poll, keys: dict[str, str], *names: str) -> Poll:
    """Close the vote and give the keys of these scrutineers."""
    actions.close_poll(poll=poll, now=CLOSING)
    for name in names:
        poll = actions.give_key(poll=poll, member=member(name), code=keys[name], now=CLOSING)
    return poll
