"""What the database itself keeps of a decision; each guard has a twin without it."""

from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.commons.sharing.models import Allotment, Variant
from essaim.commons.sharing.rules.surplus import Wish
from essaim.commons.sharing.tests.test_adopting import DECIDED, UK, adopt, propose, ready
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
    Variant.objects.filter(pk=other.pk).update(adopted_at=DECIDED, decision="x", transfer=another)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trigger", "said", "wrong"),
    [
        ("sharing_variant_is_kept", "sharing_variant_is_kept", rewritten),
        ("sharing_variant_is_kept", "sharing_allotments_add_up", adopted_by_hand),
        ("sharing_allotment_is_append_only", "sharing_is_append_only", changed_allotment),
        ("sharing_allotment_before_adoption", "sharing_allotment_before_adoption", late_allotment),
    ],
)
def test_the_database_keeps_what_was_decided_and_without_its_guard_does_not(trigger, said, wrong):
    cooperative = ready(**UK)
    variant, _other = (
        propose(cooperative, Wish(interest_rate=Fraction(4))),
        propose(cooperative, Wish(interest_rate=Fraction(5))),
    )
    variant = adopt(variant)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        wrong(variant)
    assert refused.value.__cause__.diag.constraint_name == said

    table = "variant" if "variant" in trigger else "allotment"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE sharing_{table} DISABLE TRIGGER {trigger}")
        wrong(variant)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_second_adoption_is_refused_by_the_database_itself():
    cooperative = ready()
    first, other = propose(cooperative), propose(cooperative)
    adopted = adopt(first)
    another = Transfer.objects.exclude(pk=adopted.transfer_id).order_by("pk").first()

    with pytest.raises(IntegrityError, match="sharing_one_variant_adopted"), transaction.atomic():
        Variant.objects.filter(pk=other.pk).update(
            adopted_at=DECIDED, decision="x", transfer=another
        )
