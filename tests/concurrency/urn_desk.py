"""The desk of a vote, in a process of its own: opens it, or closes and counts it."""

import json
import sys

import django

django.setup()

from essaim.commons.urn import actions, queries  # noqa: E402
from essaim.commons.urn.actions import Voter  # noqa: E402
from essaim.commons.urn.models import Poll  # noqa: E402
from essaim.commons.urn.tests import hall  # noqa: E402
from essaim.core.members.models import Member  # noqa: E402

NAMES = ("ada", "bob")


def open_one(voters_count: int) -> dict:
    poll_count = Poll.objects.count()
    members = Member.objects.bulk_create(
        Member(email=f"p{n}.{poll_count}@exemple.fr", display_name=f"P{n}", password="!")
        for n in range(1, voters_count + 1)
    )
    voters = [Voter(n, f"P{n}", "users", one.pk) for n, one in enumerate(members, start=1)]
    poll, keys = hall.opened(voters=voters)
    return {"poll": poll.pk, "keys": [keys[name] for name in NAMES]}


def count(poll_id: int, *keys: str) -> dict:
    poll = Poll.objects.get(pk=poll_id)
    if poll.state == Poll.State.OPEN:
        poll = actions.close_poll(poll=poll, now=hall.CLOSING)
    for name, key in zip(NAMES, keys, strict=True):
        poll = actions.give_key(poll=poll, member=hall.member(name), code=key, now=hall.CLOSING)
    ballots = [[b.slip.tracker, b.slip.choice] for b in queries.opened_ballots(poll)]
    return {"state": poll.state, "ballots": ballots}


if __name__ == "__main__":
    order, first, *rest = sys.argv[1:]
    done = open_one(int(first)) if order == "open" else count(int(first), *rest)
    json.dump(done, sys.stdout)
