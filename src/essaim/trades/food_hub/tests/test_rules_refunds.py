"""A refund is given back by those who were paid, each their part, never more."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from essaim.trades.food_hub.rules import (
    ORDER_LEVEL,
    RefundTooLarge,
    Role,
    Share,
    left_to_refund_cents,
    price_order,
    refund_split,
)
from essaim.trades.food_hub.tests import rules_strategies as some
from essaim.trades.food_hub.tests.rules_strategies import (
    CARROTS,
    EVERYDAY_FEES,
    EVERYDAY_TERMS,
    FLOUR,
)


def everyday_order(solidarity_bps=0):
    return price_order([CARROTS, FLOUR], EVERYDAY_FEES, EVERYDAY_TERMS, solidarity_bps)


def cents_of(shares):
    counted = Counter()
    for share in shares:
        counted[share.beneficiary, share.basis] += share.cents
    return {key: cents for key, cents in counted.items() if cents}


def test_a_line_refunded_whole_takes_back_exactly_its_parts():
    order = everyday_order()

    refund = refund_split(order, left_to_refund_cents(order, ["farine"]))

    assert refund.price_cents == refund.paid_back_cents == order.lines[1].amount_cents
    assert refund.parts == tuple(part for part in order.lines[1].parts if part.cents)


def test_a_part_refund_is_given_back_in_proportion():
    refund = refund_split(everyday_order(), {"carottes": 299})

    assert refund.shares == (
        Share("ferme", Role.PRODUCER, 240, "goods"),
        Share("reseau", Role.COORDINATOR, 8, "coordination"),
        Share("hub", Role.HUB, 20, "hub"),
        Share("hub", Role.HUB, 5, "packing"),
        Share("hub", Role.HUB, 20, "transport"),
        Share("platform", Role.PLATFORM, 5, "platform"),
        Share("commons", Role.COMMONS, 1, "commons"),
    )


def test_the_fee_per_order_can_be_refunded_too():
    refund = refund_split(everyday_order(), {ORDER_LEVEL: 150})

    assert refund.shares == (Share("hub", Role.HUB, 150, "pickup"),)


def test_the_solidarity_of_what_is_refunded_returns_to_the_fund():
    order = everyday_order(-3000)

    refund = refund_split(order, {"carottes": 897})

    assert refund.price_cents == 897
    assert refund.paid_back_cents == 897 - 269
    assert refund.shares[-1] == Share("solidarity", Role.SOLIDARITY, -269, "solidarity")


def test_more_than_what_is_left_is_refused():
    order = everyday_order()
    first = refund_split(order, {"carottes": 600})

    with pytest.raises(RefundTooLarge) as refusal:
        refund_split(order, {"carottes": 298}, first.parts)

    assert refusal.value.code == "food_hub.refund-too-large"
    assert refusal.value.details == {
        "line_key": "carottes",
        "asked_cents": 298,
        "left_cents": 297,
    }


@pytest.mark.parametrize("amounts", [{"carottes": -1}, {"inconnu": 0}])
def test_a_refund_of_nothing_known_is_a_bug_of_the_caller(amounts):
    with pytest.raises(ValueError, match="line_key"):
        refund_split(everyday_order(), amounts)


def test_a_refund_of_zero_gives_nothing_back():
    refund = refund_split(everyday_order(-3000), {"carottes": 0, ORDER_LEVEL: 0})

    assert (refund.parts, refund.shares, refund.taxes) == ((), (), ())
    assert (refund.price_cents, refund.paid_back_cents) == (0, 0)


def test_an_order_without_fee_per_order_has_none_to_refund():
    order = price_order([CARROTS], [], EVERYDAY_TERMS)

    with pytest.raises(RefundTooLarge):
        refund_split(order, {ORDER_LEVEL: 1})


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=some.lines,
    fees=some.fees,
    terms=some.platform_terms,
    factor=some.solidarity,
    data=st.data(),
)
def test_repeated_refunds_never_exceed_a_share_and_end_by_giving_all_back(
    lines, fees, terms, factor, data
):
    order = price_order(lines, fees, terms, factor)
    keys = [line.line_key for line in lines] + [ORDER_LEVEL]
    parts, paid_back, taxes = [], 0, Counter()

    for round_number in range(4):
        left = left_to_refund_cents(order, keys, parts)
        amounts = {
            key: data.draw(st.integers(0, cents)) if round_number < 3 else cents
            for key, cents in left.items()
        }
        refund = refund_split(order, amounts, parts)
        assert refund.price_cents == sum(amounts.values())
        assert refund.paid_back_cents == sum(share.cents for share in refund.shares)
        assert sum(tax.gross_cents for tax in refund.taxes) == refund.price_cents
        assert all(tax.base_cents + tax.tax_cents == tax.gross_cents for tax in refund.taxes)
        parts += refund.parts
        paid_back += refund.paid_back_cents
        assert paid_back >= 0
        for tax in refund.taxes:
            taxes[tax.seller, tax.rate_bps] += tax.tax_cents
        given_back = cents_of(order.shares)
        for part in parts:
            given_back[part.beneficiary, part.basis] -= part.cents
        assert all(
            cents <= 0 if basis == "solidarity" and factor < 0 else cents >= 0
            for (_, basis), cents in given_back.items()
        )

    assert paid_back == order.total_cents
    assert not any(given_back.values())
    assert {key: cents for key, cents in taxes.items() if cents} == {
        (tax.seller, tax.rate_bps): tax.tax_cents for tax in order.taxes if tax.tax_cents
    }
