"""Hypothesis strategies of baskets, fees and terms, and two everyday examples."""

from dataclasses import replace

from hypothesis import strategies as st

from essaim.trades.food_hub.rules import FeeKind, FeeTerm, PlatformTerms, PricedLine, Role

TAX_RATES = (0, 210, 550, 1000, 2000)
PRODUCERS = ("ferme", "moulin", "rucher")


def _without_tax_to_inherit(fee: FeeTerm) -> FeeTerm:
    return replace(fee, kind=FeeKind.FLAT_ORDER, inherits_tax=False)


_fee_terms = st.builds(
    FeeTerm,
    code=st.sampled_from([f"fee-{letter}" for letter in "abcdefgh"]),
    label=st.just(""),
    kind=st.sampled_from([FeeKind.PERCENT, FeeKind.PER_ITEM, FeeKind.PER_KILO]),
    amount=st.integers(0, 1500),
    role=st.sampled_from([Role.PRODUCER, Role.COORDINATOR, Role.HUB]),
    beneficiary=st.sampled_from(["hub", "coordination", "ferme"]),
    applies_to=st.none() | st.frozensets(st.sampled_from(PRODUCERS)),
    tax_rate_bps=st.sampled_from(TAX_RATES),
    inherits_tax=st.booleans(),
)
fee_terms = _fee_terms | _fee_terms.map(_without_tax_to_inherit)
fees = st.lists(fee_terms, max_size=6, unique_by=lambda fee: fee.code)
platform_terms = st.builds(
    PlatformTerms,
    platform_bps=st.integers(0, 500),
    commons_bps=st.integers(0, 200),
    sold_by=st.sampled_from([None, None, "hub"]),
)
lines = st.lists(
    st.builds(
        PricedLine,
        line_key=st.sampled_from("mnopqrstuv"),
        producer=st.sampled_from(PRODUCERS),
        unit_price_cents=st.integers(0, 5000),
        quantity=st.integers(0, 12),
        weight_g_per_item=st.integers(0, 5000),
        tax_rate_bps=st.sampled_from(TAX_RATES),
    ),
    max_size=10,
    unique_by=lambda line: line.line_key,
)
solidarity = st.integers(-10_000, 5_000)

EVERYDAY_FEES = (
    FeeTerm("coordination", "Coordination", FeeKind.PERCENT, 350, Role.COORDINATOR, "reseau"),
    FeeTerm("hub", "Hub", FeeKind.PERCENT, 800, Role.HUB, "hub", tax_rate_bps=2000),
    FeeTerm("packing", "Packing", FeeKind.PER_ITEM, 5, Role.HUB, "hub", inherits_tax=True),
    FeeTerm("transport", "Transport", FeeKind.PER_KILO, 20, Role.HUB, "hub", tax_rate_bps=2000),
    FeeTerm("pickup", "Pick-up", FeeKind.FLAT_ORDER, 150, Role.HUB, "hub", tax_rate_bps=2000),
)
EVERYDAY_TERMS = PlatformTerms(platform_bps=200, commons_bps=50)
CARROTS = PricedLine("carottes", "ferme", 240, 3, 1000, 550)
FLOUR = PricedLine("farine", "moulin", 315, 2, 1500, 550)
CHICKEN = PricedLine("poulet", "ferme", 1800, 1, 1500, 550)
