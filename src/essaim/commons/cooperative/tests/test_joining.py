"""From a request to an associate: what is paid, what is written, and what is not on refusals."""

from datetime import timedelta

import pytest

from essaim.commons.cooperative import actions, queries, tasks
from essaim.commons.cooperative.models import (
    Associate,
    Certificate,
    NoticeConsent,
    ShareRequest,
)
from essaim.commons.cooperative.rules import refusals
from essaim.commons.cooperative.tests import world as w
from essaim.commons.cooperative.tests.refusing import expect_refusal
from essaim.core.agreements.events import AgreementMoved
from essaim.core.agreements.models import Agreement
from essaim.core.documents import actions as documents
from essaim.core.documents.rules import NotASale
from essaim.core.ledger import queries as ledger
from essaim.core.messages.models import OutgoingEmail
from essaim.core.payments.actions import record_payment
from essaim.core.payments.models import PaymentIntent

State = ShareRequest.State


def test_asking_for_shares_makes_an_agreement_that_waits_for_its_payment(world):
    request = world.ask(shares=3)

    agreement = request.agreement
    assert (request.state, agreement.state, agreement.trade) == ("asked", "proposed", "cooperative")
    assert (agreement.provider, agreement.receiver) == (world.cooperative, world.amina)
    (share,) = agreement.shares.all()
    assert (share.role, share.organisation, share.amount_cents) == (
        "capital", world.cooperative, 6000,
    )  # fmt: skip
    assert PaymentIntent.objects.get(agreement=agreement).amount_cents == 6000
    assert agreement.title == "3 parts de 20,00\u00a0€"


def test_what_is_paid_is_set_aside_until_somebody_decides(world):
    request = world.pay(world.ask(shares=3))

    assert request.state == State.PAID
    assert (world.held("bank"), world.held("due")) == (-6000, 0)
    assert (world.held("capital-received"), world.held("capital")) == (6000, 0)
    assert not Associate.objects.exists()


def test_a_payment_told_twice_is_noted_once(world):
    request = world.pay(world.ask())

    actions.note_payment(agreement_id=request.agreement_id, now=w.LATER)
    actions.note_payments(now=w.LATER)

    assert world.held("capital-received") == 4000


def test_the_worker_notes_a_payment_that_nobody_heard(world):
    request = world.ask()
    record_payment(intent=PaymentIntent.objects.get(agreement=request.agreement), now=w.NOW)
    unpaid = world.ask(w.person("bea"))

    assert actions.note_payments(now=w.LATER) == 1

    request.refresh_from_db()
    unpaid.refresh_from_db()
    assert (request.state, unpaid.state) == (State.PAID, State.ASKED)


def test_an_agreement_about_something_else_is_nobodys_shares(world):
    assert actions.note_payment(agreement_id=0, now=w.NOW) is None


def test_the_board_admits_and_gives_a_number_shares_and_a_certificate(world):
    request = world.pay(world.ask(shares=3, accepts_notices=True))

    movement = actions.admit(request=request, by=world.board, now=w.LATER)

    associate = movement.to_associate
    assert (associate.number, associate.member, associate.category.code) == (
        1,
        world.amina,
        "users",
    )
    assert associate.college.code == "users"
    assert (movement.number, movement.kind, movement.shares) == (1, "subscription", 3)
    assert queries.shares_held(associate) == 3
    assert (world.held("capital-received"), world.held("capital")) == (0, 6000)
    assert Agreement.objects.get().state == "settled"
    assert Certificate.objects.get().snapshot["holder"] == "Amina"
    assert queries.last_consent(associate).is_given
    letter = OutgoingEmail.objects.get(recipient=world.amina.email)
    assert letter.subject == "Vous êtes sociétaire\u00a0: n°\u00a01"
    assert ledger.imbalances() == []


def test_capital_has_no_invoice(world):
    world.join()

    for issue in (documents.issue_invoice, documents.issue_receipt):
        with pytest.raises(NotASale):
            issue(agreement=Agreement.objects.get(), now=w.NOW)


def test_statutes_may_admit_on_payment(db):
    world = w.build(admission=('admission = "board"', 'admission = "payment"'))

    request = world.pay(world.ask())

    assert request.state == State.ADMITTED
    assert request.movement.recorded_by is None
    assert world.held("capital") == 4000


def test_nobody_is_admitted_before_paying_nor_twice(world):
    request = world.ask()

    expect_refusal(
        refusals.NotPaidYet, lambda: actions.admit(request=request, by=world.board, now=w.NOW)
    )
    actions.admit(request=world.pay(request), by=world.board, now=w.NOW)
    expect_refusal(
        refusals.RequestClosed, lambda: actions.admit(request=request, by=world.board, now=w.NOW)
    )


def test_an_associate_asks_for_more_and_keeps_number_category_and_college(world):
    first = world.join(shares=2)

    again = world.join(category="nothing", shares=1, now=w.LATER)

    assert again == first
    assert queries.shares_held(first) == 3
    assert Associate.objects.count() == 1


def test_an_organisation_becomes_an_associate_in_its_own_name(world):
    farm = world.join(world.farmer, "producers", 5, organisation=world.farm)
    person = world.join(world.farmer, "users", 1)

    assert (farm.organisation, farm.member) == (world.farm, None)
    assert (person.organisation, person.member) == (None, world.farmer)


def test_what_the_statutes_do_not_allow_is_refused_and_nothing_is_written(world):
    expect_refusal(refusals.UnknownCategory, lambda: world.ask(category="nobody"))
    expect_refusal(refusals.TooFewShares, lambda: world.ask(shares=0), minimum=1)
    expect_refusal(
        refusals.TooFewShares,
        lambda: world.ask(world.farmer, "producers", 4, organisation=world.farm), minimum=5,
    )  # fmt: skip
    expect_refusal(refusals.WrongCollege, lambda: world.ask(college_code="producers"))
    expect_refusal(refusals.NotForYou, lambda: world.ask(category="authorities", shares=60))
    expect_refusal(
        refusals.NotForYou, lambda: world.ask(world.mayor, "users", 1, organisation=world.town)
    )
    world.ask()
    expect_refusal(refusals.AlreadyAsked, world.ask)


def test_one_associate_holds_no_more_than_the_statutes_say(db):
    world = w.build(most=("nominal_cents = 2000", "nominal_cents = 2000\nshares_max = 5"))
    world.join(shares=4)

    expect_refusal(refusals.TooManyShares, lambda: world.ask(shares=2), maximum=5)
    assert world.ask(shares=1).state == State.ASKED


def test_a_category_of_two_colleges_asks_which_one(db):
    world = w.build(both=('categories = ["producers"]', 'categories = ["producers", "users"]'))

    expect_refusal(refusals.WrongCollege, world.ask)
    assert world.ask(college_code="producers").college.code == "producers"


def test_without_colleges_everybody_votes_alike(db):
    text = w.text_of("one-person-one-vote") + "\n[capital]\nnominal_cents = 5000\n"
    world = w.build(text)

    assert world.join(category="users").college is None


def test_a_refusal_says_why_and_gives_the_money_back(world):
    request = world.pay(world.ask())
    expect_refusal(
        refusals.NoReason,
        lambda: actions.refuse_request(request=request, reason=" ", by=world.board, now=w.NOW),
    )

    actions.refuse_request(request=request, reason="Hors territoire", by=world.board, now=w.NOW)

    request.refresh_from_db()
    assert (request.state, request.reason) == (State.REFUSED, "Hors territoire")
    assert [world.held(name) for name in ("bank", "due", "capital-received")] == [0, 0, 0]
    assert PaymentIntent.objects.get().refunded_cents == 4000
    assert Agreement.objects.get().state == "cancelled"
    assert "Hors territoire" in OutgoingEmail.objects.get().body
    assert not Associate.objects.exists()


@pytest.mark.parametrize(("is_paid", "state"), [(False, "withdrawn"), (True, "cancelled")])
def test_one_may_give_up_before_the_answer(world, is_paid, state):
    request = world.ask()
    if is_paid:
        world.pay(request)

    actions.withdraw_request(request=request, by=world.amina, now=w.NOW)

    assert Agreement.objects.get().state == state
    assert (world.held("bank"), world.held("due")) == (0, 0)
    expect_refusal(
        refusals.RequestClosed,
        lambda: actions.withdraw_request(request=request, by=world.amina, now=w.NOW),
    )


def test_a_refused_request_that_was_not_paid_is_declined(world):
    request = world.ask()

    actions.refuse_request(request=request, reason="Non", by=world.board, now=w.NOW)

    assert Agreement.objects.get().state == "declined"
    assert PaymentIntent.objects.get().state == "cancelled"


def test_money_that_comes_after_giving_up_goes_back(world):
    request = world.ask()
    actions.withdraw_request(request=request, by=world.amina, now=w.NOW)

    record_payment(intent=PaymentIntent.objects.get(), now=w.LATER)
    actions.note_payments(now=w.LATER)

    request.refresh_from_db()
    assert request.state == State.WITHDRAWN
    assert (world.held("bank"), world.held("due")) == (0, 0)


def test_local_authorities_wait_when_they_would_own_more_than_half(world):
    world.fund(60)

    first = world.ask(world.mayor, "authorities", 61, organisation=world.town)

    assert (first.state, first.agreement) == (State.WAITING, None)
    assert actions.call_waiting(register=world.register, now=w.NOW) == 0


def test_room_asked_for_by_one_authority_is_not_promised_to_another(world):
    world.fund(100)
    other_town = w.organisation("bourg", "Le Bourg", "local-authority")

    first = world.ask(world.mayor, "authorities", 60, organisation=world.town)
    second = world.ask(world.mayor, "authorities", 50, organisation=other_town)

    assert (first.state, second.state) == (State.ASKED, State.WAITING)


def test_those_in_line_are_called_when_there_is_room_and_nobody_overtakes(world):
    world.fund(60)
    hamlet = w.organisation("hameau", "Le Hameau", "local-authority")
    first = world.ask(world.mayor, "authorities", 80, organisation=world.town)
    second = world.ask(world.mayor, "authorities", 50, organisation=hamlet, now=w.LATER)

    world.join(shares=15, now=w.LATER)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.WAITING, State.WAITING)
    world.join(w.person("bea"), shares=5, now=w.LATER)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.ASKED, State.WAITING)
    assert OutgoingEmail.objects.filter(recipient=world.mayor.email).count() == 1


def test_a_ceiling_on_the_capital_makes_a_line(db):
    world = w.build(most=("nominal_cents = 2000", "nominal_cents = 2000\nceiling_cents = 10000"))
    world.join(shares=4)

    waiting = world.ask(w.person("bea"), shares=2)

    assert waiting.state == State.WAITING
    expect_refusal(
        refusals.NotPaidYet, lambda: actions.admit(request=waiting, by=world.board, now=w.NOW)
    )
    actions.withdraw_request(request=waiting, by=waiting.member, now=w.NOW)
    assert world.ask(w.person("cid"), shares=1).state == State.ASKED


def test_an_authority_paid_before_the_capital_fell_waits_and_nothing_is_written(world):
    fund = world.fund(60)
    request = world.pay(world.ask(world.mayor, "authorities", 60, organisation=world.town))
    leaving = actions.ask_to_leave(associate=fund, reason="", by=fund.member, now=w.NOW)
    world.join(shares=20)
    actions.settle_exit(
        departure=leaving, losses_cents=0, reserves_cents=0, by=world.board, now=w.NOW
    )

    expect_refusal(
        refusals.AuthoritiesAtCeiling,
        lambda: actions.admit(request=request, by=world.board, now=w.NOW), room=20,
    )  # fmt: skip
    request.refresh_from_db()
    assert request.state == State.PAID


def test_whoever_left_comes_back_under_another_number_when_the_statutes_let_them(db):
    world = w.build(back=("[leaving]", "[leaving]\nreadmission_after_months = 12"))
    associate = world.join()
    world.fund(10)
    leaving = actions.ask_to_leave(associate=associate, reason="", by=world.amina, now=w.NOW)
    actions.settle_exit(
        departure=leaving, losses_cents=0, reserves_cents=0, by=world.board, now=w.NOW
    )

    expect_refusal(
        refusals.TooSoonToReturn,
        lambda: world.ask(now=w.LATER),
        day=w.NOW.date().replace(year=2027),
    )
    again = world.join(now=w.NOW + timedelta(days=365))
    assert (associate.number, again.number) == (1, 3)


def test_consent_to_electronic_notices_is_dated_and_only_adds_up(world):
    associate = world.join()
    assert queries.last_consent(associate) is None

    first = actions.consent_to_notices(
        associate=associate, is_given=True, by=world.amina, now=w.NOW
    )
    again = actions.consent_to_notices(
        associate=associate, is_given=True, by=world.amina, now=w.LATER
    )
    actions.consent_to_notices(associate=associate, is_given=False, by=world.amina, now=w.LATER)

    assert again == first
    assert not queries.last_consent(associate).is_given
    assert NoticeConsent.objects.count() == 2


def test_a_payment_heard_of_before_it_came_is_not_noted(world):
    request = world.ask()

    assert actions.note_payment(agreement_id=request.agreement_id, now=w.NOW).state == State.ASKED
    tasks.hear(AgreementMoved(agreement_id=request.agreement_id, to_state="accepted"))
    tasks.hear(AgreementMoved(agreement_id=request.agreement_id, to_state="withdrawn"))
    assert world.held("capital-received") == 0


def test_the_job_of_the_worker_notes_payments(world):
    request = world.ask()
    record_payment(intent=PaymentIntent.objects.get(agreement=request.agreement), now=w.NOW)

    tasks.note_payments(timestamp=0)

    request.refresh_from_db()
    assert request.state == State.PAID


def test_rows_say_what_they_are(world):
    associate = world.join(accepts_notices=True)
    movement = associate.movements_in.get()
    actions.keep_certificate(certificate=movement.certificate, now=w.NOW)
    leaving = actions.ask_to_leave(associate=associate, reason="", by=world.amina, now=w.NOW)
    actions.settle_exit(
        departure=leaving, losses_cents=0, reserves_cents=0, by=world.board, now=w.NOW
    )
    rows = [
        world.register, world.register.statutes.get(), associate, associate.category,
        associate.college, movement, movement.certificate, movement.certificate.file,
        movement.request, leaving, leaving.instalments.first(), associate.consents.get(),
    ]  # fmt: skip

    assert all(str(row).startswith("#") for row in rows)
