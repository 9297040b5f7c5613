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
    """Return {(line, who, why): cents}, {(seller, rate): (gross, tax)}, price and total."""
    tariff = slow_tariff(fees, terms)
    entries = []
    debts = {code: 0 for code, *_ in tariff}
    for line in sorted(lines, key=lambda line: line.line_key):
        entries += slow_line(line, tariff, debts)
    bought = {line.producer for line in lines if line.quantity > 0}
    for code, kind, amount, who, producers, rate in tariff:
        if kind == "flat_order" and (bought if producers is None else bought & producers):
            entries.append(("", who, code, rate, amount))

    ledger, gross = {}, {}
    for key, who, why, rate, cents in entries:
        ledger[key, who, why] = ledger.get((key, who, why), 0) + cents
        seller = terms.sold_by or who
        gross[seller, rate] = gross.get((seller, rate), 0) + cents
    price = sum(ledger.values())
    solidarity = nearest(Fraction(price * solidarity_bps, 10_000))
    ledger["", terms.solidarity_key, "solidarity"] = solidarity
    taxes = {
        key: (cents, nearest(Fraction(cents * key[1], 10_000 + key[1])))
        for key, cents in gross.items()
        if cents
    }
    return ledger, taxes, price, price + solidarity


def slow_tariff(fees, terms):
    tariff = [
        (
            fee.code,
            fee.kind.value,
            fee.amount,
            fee.beneficiary,
            fee.applies_to,
            None if fee.inherits_tax else fee.tax_rate_bps,
        )
        for fee in sorted(fees, key=lambda fee: fee.code)
    ]
    platform = (terms.platform_bps, terms.platform_key, None, terms.platform_tax_rate_bps)
    commons = (terms.commons_bps, terms.commons_key, None, terms.commons_tax_rate_bps)
    return [*tariff, ("platform", "percent", *platform), ("commons", "percent", *commons)]


def slow_line(line, tariff, debts):
    borne = [row for row in tariff if row[4] is None or line.producer in row[4]]
    fair = {}
    for code, kind, amount, *_ in borne:
        if kind == "percent":
            fair[code] = Fraction(line.unit_price_cents) * Fraction(amount, 10_000)
        if kind == "per_kilo":
            fair[code] = Fraction(line.weight_g_per_item, 1000) * amount
    fair = {code: cents for code, cents in fair.items() if cents}
    fees_of_one = nearest(sum(fair.values(), Fraction(0)))
    times = Fraction(line.quantity)
    if line.billed_weight_g is not None and line.quantity:
        times = Fraction(line.billed_weight_g, line.weight_g_per_item)
    goods = nearest(line.unit_price_cents * times)
    pot = nearest((line.unit_price_cents + fees_of_one) * times) - goods
    given = give_one_by_one(pot, fair, debts)
    given |= {
        code: amount * line.quantity for code, kind, amount, *_ in borne if kind == "per_item"
    }
    yield line.line_key, line.producer, "goods", line.tax_rate_bps, goods
    for code, _, _, who, _, rate in borne:
        if code in given:
            own_rate = line.tax_rate_bps if rate is None else rate
            yield line.line_key, who, code, own_rate, given[code]


def give_one_by_one(pot, fair, debts):
    """Give each cent of the pot to whoever is then owed most, in ten-thousandths of a cent."""
    given = dict.fromkeys(fair, 0)
    if pot == 0:
        return given
    grains = Fraction(pot * 10_000) / sum(fair.values())
    claims = {code: floor(grains * cents) for code, cents in fair.items()}
    claims[next(iter(claims))] += pot * 10_000 - sum(claims.values())
    for code, claim in claims.items():
        debts[code] += claim
    for _ in range(pot):
        neediest = max(claims, key=debts.get)
        given[neediest] += 1
        debts[neediest] -= 10_000
    return given


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
    } == taxes
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
