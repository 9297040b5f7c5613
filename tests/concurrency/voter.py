"""An actor: its share of the voters vote, each from two phones, and never give up."""

import secrets
import sys
import time

import django

django.setup()

from django.db import Error, connection, transaction  # noqa: E402

from essaim.commons.urn import actions  # noqa: E402
from essaim.commons.urn.actions import casting  # noqa: E402
from essaim.commons.urn.models import Poll, RollEntry  # noqa: E402
from essaim.commons.urn.rules.refusals import AlreadyVoted  # noqa: E402
from tests.concurrency.harness import act  # noqa: E402

number, crowd_size, poll_id, *sabotage = sys.argv[1:]
PATIENCE_S = 60
voters_max = 50 if sabotage else 10**6  # the urn has room for three ballots of each of them

if "lock" in sabotage:
    # Both phones of a voter find the roll not ticked: each takes a place of its own.
    honest = casting._free_slot

    @transaction.atomic
    def cast_blindly(*, entry, choice, paper, by, channel):
        entry.has_voted = False
        own = honest(entry.poll, entry.college)
        handle, sealed = secrets.token_bytes(32), secrets.token_bytes(300)
        casting._mix(entry.poll, entry.college, own, handle=handle, sealed=sealed)
        casting._tick(entry, by, channel)

    actions.cast_sealed = cast_blindly


def insist(perform):
    """Try again while the database is away, as a phone in a hall does."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return perform()
        except Error:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def vote(entry: RollEntry) -> list:
    """Tap twice on one phone, then try with the paper of another."""
    choice = ("yes", "no", "abstain")[entry.number % 3]
    paper, other = actions.draw_paper(), actions.draw_paper()

    def tap(drawn):
        return actions.cast_sealed(
            entry=entry, choice=choice, paper=drawn, by=entry.member, channel="own"
        )

    receipt = insist(lambda: tap(paper))
    insist(lambda: tap(paper))
    second = "cast"
    try:
        insist(lambda: tap(other))
    except AlreadyVoted:
        second = "refused"
    return [entry.number, receipt.tracker if receipt else None, choice, second]


def perform(_order: str) -> list:
    poll = Poll.objects.get(pk=poll_id)
    mine = [
        entry
        for entry in poll.roll.select_related("member", "poll").order_by("number")
        if entry.number % int(crowd_size) == int(number) and entry.number <= voters_max
    ]
    return [vote(entry) for entry in mine]


if __name__ == "__main__":
    act(perform)
