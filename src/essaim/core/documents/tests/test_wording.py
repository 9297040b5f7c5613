"""Numbers, digests and categories: the same facts always give the same words."""

from hypothesis import given
from hypothesis import strategies as st

from essaim.core.documents.rules import Buyer, Kind, Operation, digest, number, operation_of

FACTS = st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=20), max_size=6)


def test_a_number_says_kind_year_and_rank():
    assert number(Kind.INVOICE, 2026, 42) == "F-2026-00042"
    assert number(Kind.CREDIT_NOTE, 2026, 7) == "A-2026-00007"
    assert number(Kind.RECEIPT, 2026, 123_456) == "R-2026-123456"


@given(facts=FACTS)
def test_the_digest_does_not_depend_on_the_order_of_keys(facts):
    turned = dict(reversed(list(facts.items())))

    assert digest(facts) == digest(turned)


@given(facts=FACTS, name=st.text(max_size=8), value=st.integers())
def test_any_change_changes_the_digest(facts, name, value):
    changed = facts | {name: value}

    assert (digest(changed) == digest(facts)) == (changed == facts)


def test_the_category_follows_what_the_journal_says_was_done():
    assert operation_of(frozenset()) is Operation.GOODS
    assert operation_of(frozenset({"transfer"})) is Operation.GOODS
    assert operation_of(frozenset({"work"})) is Operation.SERVICES
    assert operation_of(frozenset({"transfer", "deliver_service"})) is Operation.MIXED


def test_a_number_of_a_company_makes_a_professional_buyer():
    assert not Buyer("Amina").is_professional
    assert Buyer("Cantine", siren="552100554").is_professional
