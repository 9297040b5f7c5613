"""What the database itself refuses; each guard has a twin without it, that lets the wrong pass."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.models import (
    Associate,
    Category,
    Exit,
    Instalment,
    NoticeConsent,
    ShareMovement,
    StatutesVersion,
)
from essaim.commons.cooperative.tests import world as w


@pytest.fixture
def associate(world):
    return world.join(shares=5)


@pytest.fixture
def other(world):
    return world.join(w.person("bea"), shares=3)


def moved(world, **changes):
    """Write a movement around every action."""
    last = world.register.movements.order_by("-number").first()
    fields = {
        "register": world.register, "number": last.number + 1, "kind": "subscription",
        "shares": 1, "nominal_cents": 2000, "moved_at": last.moved_at,
    }  # fmt: skip
    return ShareMovement.objects.create(**(fields | changes))


def without(trigger, table):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE cooperative_{table} DISABLE TRIGGER {trigger}")


def expect_refused(name, wrong):
    with pytest.raises(IntegrityError, match=name):
        _done_at_once(wrong)


def _done_at_once(wrong):
    with transaction.atomic(), connection.cursor() as cursor:
        wrong()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def erase(rows):
    """Delete as SQL does, around Django's own protection."""
    rows._raw_delete("default")


def expect_let_through(trigger, table, wrong):
    """The sabotage twin: without its guard, the same wrong passes."""
    with transaction.atomic():
        without(trigger, table)
        wrong()
        transaction.set_rollback(True)


KEPT = [
    ("sharemovement", ShareMovement, {"shares": 99}),
    ("statutesversion", StatutesVersion, {"text": "x"}),
    ("noticeconsent", NoticeConsent, {"is_given": False}),
]


@pytest.mark.parametrize(("table", "model", "change"), KEPT)
def test_what_is_written_is_neither_changed_nor_erased(world, associate, table, model, change):
    actions.consent_to_notices(associate=associate, is_given=True, by=world.amina, now=w.NOW)
    trigger = f"cooperative_{table}_is_append_only"
    kept = list(model.objects.order_by("pk").values())

    for wrong in (lambda: model.objects.update(**change), lambda: erase(model.objects.all())):
        expect_refused("never changed", wrong)

    assert list(model.objects.order_by("pk").values()) == kept
    expect_let_through(trigger, table, lambda: model.objects.update(**change))


def test_a_certificate_and_its_printed_form_are_frozen(world, associate):
    certificate = associate.movements_in.get().certificate
    actions.keep_certificate(certificate=certificate, now=w.NOW)

    expect_refused("never changed", lambda: type(certificate).objects.update(sha256="0"))
    expect_refused("never changed", lambda: type(certificate.file).objects.update(pdf=b"x"))
    expect_refused("never changed", lambda: erase(type(certificate.file).objects.all()))


FOLLOWS = ("cooperative_movement_follows", "sharemovement")


def test_numbers_of_movements_have_no_gap(world, associate):
    def wrong():
        moved(world, number=3, to_associate=associate)

    expect_refused("does not follow", wrong)
    expect_let_through(*FOLLOWS, wrong)


def test_a_movement_never_goes_back_in_time(world, associate):
    def wrong():
        moved(world, to_associate=associate, moved_at=w.NOW - timedelta(seconds=1))

    expect_refused("before the one it follows", wrong)
    expect_let_through(*FOLLOWS, wrong)


def test_nobody_gives_more_shares_than_they_hold(world, associate, other):
    def wrong():
        moved(world, kind="transfer", from_associate=associate, to_associate=other, shares=6)

    expect_refused("takes what is not held", wrong)
    expect_let_through(*FOLLOWS, wrong)
    assert queries.shares_held(associate) == 5


def test_shares_do_not_go_to_whoever_left_nor_to_another_register(world, associate, other):
    actions.transfer_shares(
        giver=associate, taker=other, shares=5, reason="", by=world.board, now=w.NOW
    )

    expect_refused("not between its associates", lambda: moved(world, to_associate=associate))
    expect_let_through(*FOLLOWS, lambda: moved(world, to_associate=associate))


@pytest.mark.parametrize(
    ("kind", "giver", "taker"),
    [
        ("subscription", True, True), ("subscription", False, False), ("transfer", True, False),
        ("transfer", False, True), ("refund", True, True), ("refund", False, True),
        ("cancellation", False, False), ("loss-reduction", True, True), ("gift", True, True),
    ],
)  # fmt: skip
def test_each_kind_of_movement_has_its_ends(world, associate, other, kind, giver, taker):
    ends = {
        "from_associate": associate if giver else None, "to_associate": other if taker else None
    }  # fmt: skip

    expect_refused("movement_has_its_ends", lambda: moved(world, kind=kind, **ends))


def test_shares_move_between_two_associates_and_are_something(world, associate):
    expect_refused(
        "between_two",
        lambda: moved(world, kind="transfer", from_associate=associate, to_associate=associate),
    )
    expect_refused("moves_something", lambda: moved(world, to_associate=associate, shares=0))


KEEPS = ("cooperative_associate_is_kept", "associate")


def enrolled(world, **changes):
    fields = {
        "register": world.register, "number": 9, "member": world.farmer, "admitted_at": w.NOW,
        "category": world.register.categories.get(code="users"),
    }  # fmt: skip
    return Associate.objects.create(**(fields | changes))


def test_a_number_is_given_once_and_never_again(world, associate, other):
    wrongs = [
        lambda: erase(Associate.objects.filter(pk=other.pk)),
        lambda: Associate.objects.filter(pk=other.pk).update(number=7),
        lambda: enrolled(world, number=1),
    ]

    for wrong in wrongs:
        expect_refused("cooperative: associate refused|number_given_once", wrong)
    expect_let_through(*KEEPS, wrongs[1])
    assert sorted(world.register.associates.values_list("number", flat=True)) == [1, 2]


def test_whoever_holds_shares_has_not_left_and_whoever_left_does_not_come_back(world, associate):
    def leave():
        Associate.objects.filter(pk=associate.pk).update(left_at=w.LATER)

    expect_refused("holds_nothing", leave)
    expect_let_through(*KEEPS, leave)
    empty = enrolled(world)
    Associate.objects.filter(pk=empty.pk).update(left_at=w.LATER)
    expect_refused("has_left", lambda: Associate.objects.filter(pk=empty.pk).update(left_at=None))


def test_an_associate_belongs_to_a_category_of_their_own_register(world, associate):
    register = actions.open_register(
        organisation=w.organisation("autre", "Autre"), territory=world.register.territory, now=w.NOW
    )
    foreign = Category.objects.create(register=register, code="x", label="x", role="supporter")

    expect_refused("of_the_register", lambda: enrolled(world, category=foreign))
    expect_let_through(*KEEPS, lambda: enrolled(world, category=foreign))


def test_a_holder_is_one_member_or_one_organisation_once(world, associate):
    expect_refused("one_holder", lambda: enrolled(world, organisation=world.farm))
    expect_refused("one_holder", lambda: enrolled(world, member=None))
    expect_refused("associate_once", lambda: enrolled(world, member=world.amina))


@pytest.fixture
def departure(world, associate, other):
    asked = actions.ask_to_leave(associate=associate, reason="", by=world.amina, now=w.NOW)
    return actions.settle_exit(
        departure=asked, losses_cents=0, reserves_cents=0, by=world.board, now=w.NOW
    )


def test_instalments_add_up_to_the_refund_and_are_only_paid_once(world, departure):
    first = departure.instalments.order_by("position").first()
    rows = Instalment.objects.filter(pk=first.pk)

    def one_more():
        Instalment.objects.create(
            exit=departure, position=9, due_date=first.due_date, amount_cents=1
        )

    expect_refused("do not add up", one_more)
    expect_refused("do not add up", lambda: Exit.objects.update(refund_cents=9_999, loss_cents=1))
    expect_refused("only paid, once", lambda: rows.update(amount_cents=1))
    expect_refused("only paid, once", lambda: erase(rows))
    actions.pay_instalment(instalment=first, by=world.board, now=w.NOW)
    expect_refused("only paid, once", lambda: rows.update(paid_at=None, transfer=None))
    expect_let_through("cooperative_instalment_is_kept", "instalment",
                       lambda: rows.update(paid_at=None, transfer=None))  # fmt: skip


def test_an_exit_adds_up_and_an_exclusion_says_why(departure):
    expect_refused("exit_adds_up", lambda: Exit.objects.update(loss_cents=1))
    expect_refused("exclusion_says_why", lambda: Exit.objects.update(kind="exclusion"))
    expect_refused("settled_whole", lambda: Exit.objects.update(movement=None))
