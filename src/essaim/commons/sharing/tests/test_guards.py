"""What the database itself keeps of a decision; each guard has a twin without it."""

from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.commons.sharing.models import Allotment, Variant
from essaim.commons.sharing.rules.surplus import Wish
from essaim.commons.sharing.tests import votes
from essaim.commons.sharing.tests.test_adopting import DAY, DECIDED, UK, adopt, propose, ready
from essaim.core.ledger.models import Transfer


def rewritten(variant):
    Variant.objects.filter(pk=variant.pk).update(people_cents=1)


def erased(variant):
    Variant.objects.filter(pk=variant.pk)._raw_delete("default")


def changed_allotment(variant):
    Allotment.objects.filter(variant=variant).update(cents=1)


def late_allotment(variant):
    Allotment.objects.create(variant=variant, use="workers", member=variant.proposed_by, cents=5)


def adopted_by_hand(variant):
    """The other proposal promises interest that nobody is owed."""
    another = Transfer.objects.exclude(pk=variant.transfer_id).order_by("pk").first()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX sharing_one_variant_adopted")
    other = Variant.objects.exclude(pk=variant.pk).get()
    vote = other.motions.get()
    Variant.objects.filter(pk=other.pk).update(
        adopted_at=DECIDED, decision="x", transfer=another, carried_by=vote
    )


def adopted_without_a_vote(variant):
    """The vote of the other one does not count for this one."""
    another = Transfer.objects.exclude(pk=variant.transfer_id).order_by("pk").first()
    other = Variant.objects.exclude(pk=variant.pk).get()
    for change in (
        "DISABLE TRIGGER sharing_variant_is_kept",
        "DROP CONSTRAINT sharing_variant_carried_by_id_key",
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE sharing_variant {change}")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX sharing_one_variant_adopted")
    Variant.objects.filter(pk=other.pk).update(
        adopted_at=DECIDED, decision="x", transfer=another, carried_by=variant.carried_by_id
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trigger", "said", "wrong"),
    [
        ("sharing_variant_is_kept", "sharing_variant_is_kept", rewritten),
        ("sharing_variant_is_kept", "sharing_allotments_add_up", adopted_by_hand),
        ("sharing_shared_by_a_vote", "sharing_shared_by_a_vote", adopted_without_a_vote),
        ("sharing_allotment_is_append_only", "sharing_is_append_only", changed_allotment),
        ("sharing_allotment_before_adoption", "sharing_allotment_before_adoption", late_allotment),
    ],
)
def test_the_database_keeps_what_was_decided_and_without_its_guard_does_not(trigger, said, wrong):
    cooperative = ready(**UK)
    variant, other = (
        propose(cooperative, Wish(interest_rate=Fraction(4))),
        propose(cooperative, Wish(interest_rate=Fraction(5))),
    )
    votes.carry(variant, other, day=DAY)
    variant = adopt(variant)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        wrong(variant)
    assert refused.value.__cause__.diag.constraint_name == said

    table = "allotment" if "allotment" in trigger else "variant"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE sharing_{table} DISABLE TRIGGER {trigger}")
        wrong(variant)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_second_adoption_is_refused_by_the_database_itself():
    cooperative = ready()
    first, other = propose(cooperative), propose(cooperative)
    votes.carry(first, other, day=DAY)
    adopted = adopt(first)
    another = Transfer.objects.exclude(pk=adopted.transfer_id).order_by("pk").first()
    vote = other.motions.get()

    with pytest.raises(IntegrityError, match="sharing_one_variant_adopted"), transaction.atomic():
        Variant.objects.filter(pk=other.pk).update(
            adopted_at=DECIDED, decision="x", transfer=another, carried_by=vote
        )
