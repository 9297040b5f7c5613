"""The fee engine against a slow, literal reading of docs/explanation/fees-and-rounding.md.

The oracle shares no code with the engine: exact fractions, dictionaries, cents given one by one.
"""

from fractions import Fraction
from math import floor
from random import Random

import pytest

from essaim.trades.food_hub import rules
from essaim.trades.food_hub.rules import FeeKind, FeeTerm, PlatformTerms, PricedLine, Role

TAX_RATES = (0, 210, 550, 1000, 2000)
PRODUCERS = ("ferme", "moulin", "rucher")


def nearest(exact):
    """Round to the nearest integer, halves away from zero."""
    return floor(exact + Fraction(1, 2)) if exact >= 0 else -floor(-exact + Fraction(1, 2))


def slow_order(lines, fees, terms, solidarity_bps):
    """Return {(line, who, why): cents}, {(seller, rate): [gross, tax]}, price and total."""
    tariff = [
        (fee.code, fee.kind.value, fee.amount, fee.beneficiary, fee.applies_to)
        for fee in sorted(fees, key=lambda fee: fee.code)
    ]
    tariff.append(("platform", "percent", terms.platform_bps, terms.platform_key, None))
    tariff.append(("commons", "percent", terms.commons_bps, terms.commons_key, None))
    rate_of = {fee.code: None if fee.inherits_tax else fee.tax_rate_bps for fee in fees}
    rate_of |= {
        "platform": terms.platform_tax_rate_bps,
        "commons": terms.commons_tax_rate_bps,
        "goods": None,
    }
    ledger, gross = {}, {}
    debts = {code: 0 for code, *_ in tariff}

    def book(line_key, line_rate, who, why, cents):
        ledger[line_key, who, why] = ledger.get((line_key, who, why), 0) + cents
        rate = line_rate if rate_of[why] is None else rate_of[why]
        seller = terms.sold_by or who
        gross[seller, rate] = gross.get((seller, rate), 0) + cents

    for line in sorted(lines, key=lambda line: line.line_key):
        fair = {}
        for code, kind, amount, _, producers in tariff:
            if producers is not None and line.producer not in producers:
                continue
            if kind == "percent":
                fair[code] = Fraction(line.unit_price_cents) * Fraction(amount, 10_000)
            if kind == "per_kilo":
                fair[code] = Fraction(line.weight_g_per_item, 1000) * amount
        fair = {code: cents for code, cents in fair.items() if cents}
        fair_sum = sum(fair.values(), Fraction(0))
        fees_of_one = nearest(fair_sum)
        times = Fraction(line.quantity)
        if line.billed_weight_g is not None and line.quantity:
            times = Fraction(line.billed_weight_g, line.weight_g_per_item)
        goods = nearest(line.unit_price_cents * times)
        pot = nearest((line.unit_price_cents + fees_of_one) * times) - goods
        book(line.line_key, line.tax_rate_bps, line.producer, "goods", goods)

        given = dict.fromkeys(fair, 0)
        if pot:
            grains = pot * 10_000 / fair_sum
            claims = {code: floor(grains * cents) for code, cents in fair.items()}
            claims[next(iter(claims))] += pot * 10_000 - sum(claims.values())
            for code, claim in claims.items():
                debts[code] += claim
            for _ in range(pot):
                neediest = max(claims, key=debts.get)
                given[neediest] += 1
                debts[neediest] -= 10_000
        for code, kind, amount, who, producers in tariff:
            if code in given:
                book(line.line_key, line.tax_rate_bps, who, code, given[code])
            if kind == "per_item" and (producers is None or line.producer in producers):
                book(line.line_key, line.tax_rate_bps, who, code, amount * line.quantity)

    bought = {line.producer for line in lines if line.quantity > 0}
    for code, kind, amount, who, producers in tariff:
        if kind == "flat_order" and (bought if producers is None else bought & producers):
            book("", 0, who, code, amount)
    price = sum(ledger.values())
    solidarity = nearest(Fraction(price * solidarity_bps, 10_000))
    ledger["", terms.solidarity_key, "solidarity"] = solidarity
    taxes = {
        key: (cents, nearest(Fraction(cents * key[1], 10_000 + key[1])))
        for key, cents in gross.items()
        if cents
    }
    return ledger, taxes, price, price + solidarity


def random_order(random):
    some = random.choice
    fees = [
        FeeTerm(
            code=f"fee-{code}",
            label="",
            kind=(kind := some(list(FeeKind))),
            amount=some((0, 1, 7, 25, 33, 150, 350, 825, 1200)) // (8 if kind != "percent" else 1),
            role=some((Role.PRODUCER, Role.COORDINATOR, Role.HUB)),
            beneficiary=some(("hub", "coordination", "ferme")),
            applies_to=some((None, None, frozenset({"ferme"}), frozenset(PRODUCERS[1:]))),
            tax_rate_bps=some(TAX_RATES),
            inherits_tax=kind != FeeKind.FLAT_ORDER and random.random() < 0.3,
        )
        for code in random.sample("abcdefgh", random.randrange(6))
    ]
    terms = PlatformTerms(
        platform_bps=some((0, 50, 125, 300)),
        commons_bps=some((0, 25, 50, 100)),
        sold_by=some((None, None, "hub")),
    )
    return [random_line(random, key) for key in random.sample("mnopqr", random.randrange(5))], (
        fees,
        terms,
        some((0, 0, -3000, -517, 250, 5000)),
    )


def random_line(random, key):
    weight_g = random.choice((0, 125, 333, 1000, 1750))
    line = PricedLine(
        line_key=key,
        producer=random.choice(PRODUCERS),
        unit_price_cents=random.choice((0, 1, 15, 99, 120, 250, 333, 487, random.randrange(1500))),
        quantity=random.choice((0, 1, 1, 2, 3, 7)),
        weight_g_per_item=weight_g,
        tax_rate_bps=random.choice(TAX_RATES),
    )
    if weight_g and random.random() < 0.3:
        real_g = int(line.quantity * weight_g * random.uniform(0.5, 1.3))
        return rules.reweighed_line(line, real_g, 1000)
    return line


def assert_same(lines, fees, terms, solidarity_bps):
    ledger, taxes, price, total = slow_order(lines, fees, terms, solidarity_bps)

    order = rules.price_order(lines, fees, terms, solidarity_bps)

    engine = {}
    for part in [*order.price_parts, *order.solidarity_parts]:
        key = part.line_key, part.beneficiary, part.basis
        assert key not in engine
        engine[key] = part.cents
    assert (order.price_cents, order.total_cents) == (price, total)
    assert {key: cents for key, cents in engine.items() if cents} == {
        key: cents for key, cents in ledger.items() if cents
    }
    assert {
        (tax.seller, tax.rate_bps): (tax.gross_cents, tax.tax_cents) for tax in order.taxes
    } == {key: amounts for key, amounts in taxes.items() if amounts[0]}
    shares = {}
    for (_, who, why), cents in ledger.items():
        shares[who, why] = shares.get((who, why), 0) + cents
    assert {(share.beneficiary, share.basis): share.cents for share in order.shares} == {
        key: cents for key, cents in shares.items() if cents
    }


@pytest.mark.parametrize("chunk", range(20))
def test_a_hundred_thousand_random_orders_equal_the_slow_oracle(chunk):
    random = Random(chunk)

    for _ in range(5_000):
        lines, (fees, terms, solidarity_bps) = random_order(random)

        assert_same(lines, fees, terms, solidarity_bps)


def test_long_orders_equal_the_slow_oracle():
    random = Random(2026)

    for _ in range(100):
        _, (fees, terms, solidarity_bps) = random_order(random)
        lines = [random_line(random, f"line-{number:03d}") for number in range(40)]

        assert_same(lines, fees, terms, solidarity_bps)
