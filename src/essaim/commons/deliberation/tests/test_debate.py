"""The debate: who says what about which paragraph, what is kept, who is told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from essaim.commons.deliberation import actions
from essaim.commons.deliberation.models import Comment, Follow, FormerText, Moderation
from essaim.commons.deliberation.rules import refusals
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.core.messages.models import OutgoingEmail
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)
EVENING = NOW + timedelta(hours=8)


@pytest.fixture
def circle(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return circles.build()


@pytest.fixture
def proposal(circle):
    return circle.propose()


def say(circle, proposal, name, text="Pourquoi le samedi ?", now=NOW, **more) -> Comment:
    return actions.comment(
        proposal=proposal, associate=circle.people[name], by=circle.member(name), text=text,
        now=now, **more,
    )  # fmt: skip


def answer(circle, to, name, text="Parce que.", now=NOW) -> Comment:
    return actions.reply(
        to=to, associate=circle.people[name], by=circle.member(name), text=text, now=now
    )


def mask(circle, comment, reason="Attaque personnelle", is_masked=True, now=LATER) -> Comment:
    return actions.moderate(
        comment=comment, is_masked=is_masked, reason=reason, by=circle.world.board, now=now
    )


def letters(subject):
    rows = OutgoingEmail.objects.filter(subject__contains=subject)
    return {one.recipient: one.body for one in rows}


def test_a_message_is_about_the_whole_or_a_paragraph_that_exists(circle, proposal):
    assert say(circle, proposal, "bea").paragraph is None
    assert say(circle, proposal, "bea", paragraph=2).paragraph == 2

    for paragraph in (0, 3):
        with pytest.raises(refusals.NoSuchParagraph) as refusal:
            say(circle, proposal, "bea", paragraph=paragraph)
        assert refusal.value.details == {"paragraphs_count": 2}
    with pytest.raises(refusals.NothingSaid):
        say(circle, proposal, "bea", text=" \n")

    assert Comment.objects.count() == 2


def test_an_answer_to_an_answer_stands_under_the_same_message(circle, proposal):
    head = say(circle, proposal, "bea", paragraph=2)

    first = answer(circle, head, "amina")
    second = answer(circle, first, "bea")

    assert [(one.parent, one.paragraph) for one in (first, second)] == [(head, 2), (head, 2)]


def test_the_database_knows_one_level_of_answers_and_keeps_every_message(circle, proposal):
    head = say(circle, proposal, "bea")
    first = answer(circle, head, "amina")
    deeper = Comment(
        proposal=proposal, parent=first, associate=head.associate, text="x", written_at=NOW,
        written_by=head.written_by, version_number=1,
    )  # fmt: skip

    with pytest.raises(IntegrityError, match="under a message"), transaction.atomic():
        deeper.save(force_insert=True)
    for change in ("DELETE FROM {}", "UPDATE {} SET written_at = now()"):
        with (
            pytest.raises(IntegrityError, match="is kept"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change.format("deliberation_comment"))


def test_a_changed_message_is_marked_and_keeps_what_it_said(circle, proposal):
    comment = say(circle, proposal, "bea", text="Non.")
    by = circle.member("bea")

    actions.edit_comment(comment=comment, by=by, text="Oui.", now=LATER)
    actions.edit_comment(comment=comment, by=by, text=" Oui. ", now=EVENING)

    comment.refresh_from_db()
    assert (comment.text, comment.edited_at) == ("Oui.", LATER)
    assert [one.text for one in FormerText.objects.all()] == ["Non."]


def test_nobody_changes_the_words_of_another(circle, proposal):
    comment = say(circle, proposal, "bea")

    with pytest.raises(refusals.NotYours):
        actions.edit_comment(comment=comment, by=circle.world.board, text="Autre.", now=LATER)

    assert not FormerText.objects.exists()


def test_masking_wants_a_reason_is_signed_told_and_can_be_undone(circle, proposal):
    comment = say(circle, proposal, "bea")
    with pytest.raises(refusals.ReasonNeeded):
        mask(circle, comment, reason="  ")
    assert not Moderation.objects.exists()

    mask(circle, comment)
    mask(circle, comment, reason="encore")
    told = letters("Masqué")["bea@exemple.fr"]
    assert "Clara" in told
    assert "Attaque personnelle" in told
    with pytest.raises(refusals.Masked):
        answer(circle, Comment.objects.get(), "amina")
    with pytest.raises(refusals.Masked):
        actions.edit_comment(comment=comment, by=circle.member("bea"), text="x", now=LATER)

    mask(circle, comment, reason="Relu à deux : rien de tel", is_masked=False)

    comment.refresh_from_db()
    assert (comment.is_masked, comment.text) == (False, "Pourquoi le samedi ?")
    acts = Moderation.objects.order_by("pk").values_list("is_masked", "reason")
    assert list(acts) == [(True, "Attaque personnelle"), (False, "Relu à deux : rien de tel")]


@pytest.mark.parametrize("table", ["formertext", "moderation"])
def test_the_database_keeps_reasons_and_former_words(circle, proposal, table):
    comment = say(circle, proposal, "bea", text="Non.")
    actions.edit_comment(comment=comment, by=circle.member("bea"), text="Oui.", now=LATER)
    mask(circle, comment)

    for change in ("UPDATE deliberation_{} SET id = id", "DELETE FROM deliberation_{}"):
        with (
            pytest.raises(IntegrityError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change.format(table))


def test_a_proposal_that_is_over_takes_no_more_messages(circle, proposal):
    comment = say(circle, proposal, "bea")
    with pytest.raises(refusals.DebateClosed):
        say(circle, proposal, "bea", now=proposal.ends_at)
    actions.withdraw(proposal=proposal, now=LATER)

    with pytest.raises(refusals.DebateClosed):
        say(circle, proposal, "bea", now=LATER)
    with pytest.raises(refusals.DebateClosed):
        answer(circle, comment, "amina", now=LATER)
    with pytest.raises(refusals.DebateClosed):
        actions.edit_comment(comment=comment, by=circle.member("bea"), text="x", now=LATER)


def test_the_debate_goes_on_while_the_proposal_waits_for_its_assembly(circle):
    assert say(circle, circle.reached(), "david").pk


def test_who_takes_part_hears_of_the_rest_once_a_day_in_one_letter(circle, proposal):
    other = circle.propose("bea", title="Louer un four")
    say(circle, proposal, "bea", text="Et le dimanche ?", now=LATER)
    say(circle, other, "chloe", text="Quel prix ?", now=LATER)
    masked = say(circle, other, "chloe", text="Insulte", now=LATER)
    mask(circle, masked)

    assert actions.send_digests(now=EVENING) == 2

    told = letters("que vous suivez")
    assert set(told) == {"amina@exemple.fr", "bea@exemple.fr"}
    assert "Bea\u00a0: Et le dimanche ?" in told["amina@exemple.fr"]
    assert "Louer un four" not in told["amina@exemple.fr"]
    assert "Quel prix ?" in told["bea@exemple.fr"]
    assert "dimanche" not in told["bea@exemple.fr"]
    assert "Insulte" not in told["bea@exemple.fr"]
    assert actions.send_digests(now=EVENING + timedelta(days=1)) == 0


def test_what_is_being_written_is_left_to_the_next_letter(circle, proposal):
    say(circle, proposal, "bea", now=EVENING - timedelta(minutes=4))

    assert actions.send_digests(now=EVENING) == 0
    assert actions.send_digests(now=EVENING + timedelta(days=1)) == 1


def test_a_long_debate_is_cut_in_the_letter_and_says_how_much_more(circle, proposal):
    for number in range(22):
        say(circle, proposal, "bea", text=f"Message {number} " + "x" * 300, now=LATER)

    actions.send_digests(now=EVENING)

    told = letters("22 messages")["amina@exemple.fr"]
    assert "Message 19" in told
    assert "Message 20" not in told
    assert "et 2 autres" in told
    assert "x" * 201 not in told


def test_one_may_want_each_message_or_none(circle, proposal):
    for name, how in (("david", "each"), ("amina", "nothing")):
        actions.follow(proposal=proposal, member=circle.member(name), how=how, now=NOW)

    comment = say(circle, proposal, "bea", now=LATER)
    answer(circle, comment, "david", now=LATER + timedelta(minutes=1))

    assert set(letters("à propos de")) == {"david@exemple.fr"}
    assert len(OutgoingEmail.objects.filter(subject__contains="à propos de")) == 1
    assert actions.send_digests(now=EVENING) == 1
    assert set(letters("que vous suivez")) == {"bea@exemple.fr"}


def test_a_choice_made_stays_when_one_writes_again(circle, proposal):
    member = circle.member("amina")
    actions.follow(proposal=proposal, member=member, how="nothing", now=NOW)

    say(circle, proposal, "amina")

    assert Follow.objects.get(member=member).how == "nothing"


# ---- the pages


def address(name, *args):
    return reverse(f"deliberation:{name}", args=args)


def read(client, name, *args, status=200, **query):
    response = client.get(address(name, *args), query)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def test_one_writes_about_a_paragraph_and_reads_that_debate_alone(client, circle, proposal):
    client.force_login(circle.member("bea"))
    empty = read(client, "proposal", proposal.public_id)
    assert "Une question est un bon début" in empty
    say(circle, proposal, "chloe", text="Sur le tout.")

    sent = client.post(address("say", proposal.public_id), {"text": "Sur le deux.", "paragraph": 2})

    assert sent.url.endswith("?p=2#debate")
    shown = read(client, "proposal", proposal.public_id, p=2)
    assert "Débat sur le paragraphe 2" in shown
    assert "Sur le deux." in shown
    assert "Sur le tout." not in shown
    assert "1 message" in read(client, "proposal", proposal.public_id)


def test_a_message_that_is_refused_says_why(client, circle, proposal):
    client.force_login(circle.member("bea"))
    here = address("say", proposal.public_id)

    empty = client.post(here, {"text": ""}, follow=True)
    actions.withdraw(proposal=proposal, now=NOW)
    closed = client.post(here, {"text": "Trop tard ?"}, follow=True)

    assert "Ce champ est obligatoire" in empty.content.decode()
    assert "ne reçoit plus de messages" in closed.content.decode()
    assert not Comment.objects.exists()


def test_the_page_of_a_message_answers_changes_and_shows_what_it_said(client, circle, proposal):
    comment = say(circle, proposal, "bea", text="Non.")
    here = address("comment", comment.public_id)
    client.force_login(circle.member("bea"))

    client.post(here, {"what": "edit", "text": "Oui."})
    client.post(here, {"what": "reply", "text": "Je précise."})

    shown = read(client, "comment", comment.public_id)
    for words in ("Oui.", "Je précise.", "modifié depuis", "Ce qu’il disait avant", "Non."):
        assert words in shown, words
    assert client.post(here, {"what": "reply", "text": ""}).status_code == 422


def test_only_the_board_masks_and_only_the_writer_changes(client, circle, proposal):
    comment = say(circle, proposal, "bea", text="Un mot de trop.")
    here = address("comment", comment.public_id)
    client.force_login(circle.member("chloe"))
    client.post(here, {"what": "edit", "text": "Autre."})
    client.post(here, {"what": "moderate", "reason": "x"})
    comment.refresh_from_db()
    assert (comment.text, comment.is_masked) == ("Un mot de trop.", False)

    client.force_login(circle.world.board)
    client.post(here, {"what": "moderate", "reason": "Attaque personnelle"})

    shown = read(client, "proposal", proposal.public_id)
    assert "Masqué par Clara\u00a0: Attaque personnelle" in shown
    assert "Un mot de trop." not in shown
    assert "Le rendre visible" in read(client, "comment", comment.public_id)


def test_a_choice_of_letters_is_kept_from_the_page(client, circle, proposal):
    client.force_login(circle.member("david"))

    client.post(address("follow", proposal.public_id), {"how": "each"})
    client.post(address("follow", proposal.public_id), {"how": "zzz"})

    assert Follow.objects.get(member=circle.member("david")).how == "each"


def test_the_debate_costs_the_same_however_long(
    client, circle, proposal, django_assert_num_queries
):
    client.force_login(circle.member("amina"))

    def cost():
        client.get(address("proposal", proposal.public_id))
        with django_assert_num_queries(18):
            client.get(address("proposal", proposal.public_id))

    mask(circle, answer(circle, say(circle, proposal, "bea"), "chloe"))
    cost()
    for number in range(15):
        head = say(circle, proposal, "bea", text=f"Message {number}")
        mask(circle, answer(circle, head, "chloe"))

    cost()
    assert "Message 13" not in read(client, "proposal", proposal.public_id)
    assert "Message 13" in read(client, "proposal", proposal.public_id, page=2)
