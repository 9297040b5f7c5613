"""An idea, read aloud: proposed, discussed, changed, supported, voted, in force; one withdrawn."""

from datetime import date, timedelta

import pytest

from essaim.commons.assembly import actions as assembly
from essaim.commons.consultation import actions as consultation
from essaim.commons.deliberation import actions, queries, wording
from essaim.commons.deliberation.actions import Wish
from essaim.commons.deliberation.rules.proposals import State
from essaim.commons.deliberation.rules.refusals import ProposalClosed
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import MEETING, NOW, PEOPLE
from essaim.core.bylaws import queries as bylaws
from essaim.core.messages.models import OutgoingEmail
from essaim.trades.food_hub.articles import PLATFORM_RATE

pytestmark = pytest.mark.django_db
NEXT_DAY = MEETING + timedelta(days=1)


def letters(subject):
    rows = OutgoingEmail.objects.filter(subject__contains=subject)
    return sorted(rows.values_list("recipient", flat=True))


def test_the_idea_of_one_becomes_the_rule_of_all():
    circle = circles.build()
    amina, bea = circle.people["amina"], circle.people["bea"]
    lower = [Wish(PLATFORM_RATE, 100, date(2026, 1, 1))]

    # Amina finds the contribution too high. Bea wants to know who pays for the servers.
    proposal = circle.propose(
        title="Baisser la contribution", text="Elle pèse.\n\nLa baisser à 1 %.", wishes=lower
    )
    asked = actions.comment(
        proposal=proposal, associate=bea, by=bea.member, paragraph=2, now=NOW,
        text="Et qui paie les serveurs ?",
    )  # fmt: skip
    actions.reply(
        to=asked, associate=amina, by=amina.member, text="L’excédent de cette année.", now=NOW
    )
    circle.support(proposal, "bea")

    # Amina writes it down in the text. Bea, who supports it, is told, and stays.
    proposal = actions.edit_proposal(
        proposal=proposal, by=amina.member, title=proposal.title, now=NOW + timedelta(days=1),
        text="Elle pèse.\n\nLa baisser à 1 %.\n\nL’excédent paie les serveurs.", wishes=lower,
    )  # fmt: skip
    assert letters("Modifiée") == ["bea@exemple.fr"]
    assert len(queries.versions(proposal)) == 2

    # With Chloé there are enough of them: it is no longer Amina's alone, and the board must act.
    proposal = circle.support(proposal, "chloe", now=NOW + timedelta(days=2))
    assert proposal.state == State.REACHED
    assert letters("À inscrire") == ["clara@exemple.fr"]
    with pytest.raises(ProposalClosed):
        actions.withdraw(proposal=proposal, now=NOW + timedelta(days=3))
    draft = circle.draft()
    proposal = actions.schedule(proposal=proposal, assembly=draft, now=NOW)
    motion = proposal.item.motion

    # Meanwhile Chloé gave her voice to David; in the assembly that counts for nothing.
    prices = consultation.add_subject(register=circle.register, label="Prix", now=NOW)
    consultation.delegate(
        subject=prices, giver=circle.people["chloe"], holder=circle.people["david"],
        by=circle.member("chloe"), now=NOW,
    )  # fmt: skip

    # They meet. Chloé is away and gave no proxy: nobody votes with her voice.
    meeting = assembly.convene(assembly=draft, now=NOW)
    present = [name for name in PEOPLE if name != "chloe"]
    for name in present:
        assembly.arrive(assembly=meeting, associate=circle.people[name], how="room", now=MEETING)
    meeting = assembly.open_meeting(assembly=meeting, now=MEETING)
    assembly.open_vote(motion=motion, now=MEETING)
    for name in present:
        assembly.cast(
            motion=motion, associate=circle.people[name], choice="yes",
            by=circle.member(name), now=MEETING,
        )  # fmt: skip
    assembly.close_vote(motion=motion, by=circle.world.board, now=MEETING)
    minutes = assembly.close_meeting(assembly=meeting, by=circle.world.board, now=MEETING)

    # The next day the rule is in force, and the proposal tells where it was decided.
    assert bylaws.value(PLATFORM_RATE, at=NEXT_DAY) == 100
    found = queries.the_proposal(proposal.public_id).get()
    assert wording.step_of(found, at=NEXT_DAY) == "carried"
    assert found.item.assembly.minutes == minutes
    motion.refresh_from_db()
    assert motion.outcome["heads"]["yes"] == str(len(present))
