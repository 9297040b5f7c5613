"""Real weights: the price follows the scale, within the tolerance agreed."""

from dataclasses import replace

from essaim.kernel.money import BPS
from essaim.trades.food_hub.rules.terms import PricedLine


def reweighed_line(line: PricedLine, real_weight_g: int, tolerance_bps: int) -> PricedLine:
    """Return the line billed at its real weight, never above the tolerance.

    Goods and proportional fees follow the weight by the rule of three on the price that was
    displayed; fees per item stay. Above the tolerance the buyer pays the tolerance, rounded down
    to the gram; below the ordered weight they pay what they get; a weight of zero is a missing
    item and costs nothing. Weighing again starts again from what was ordered.

    Args:
        real_weight_g: weight of the whole line, all its items together.

    Raises:
        ValueError: a negative weight or tolerance, or a line without nominal weight.
    """
    if real_weight_g < 0 or tolerance_bps < 0 or line.weight_g_per_item == 0:
        raise ValueError(f"{real_weight_g=} {tolerance_bps=} {line=}")
    if real_weight_g == 0:
        return missing_line(line)
    ordered_g = line.quantity * line.weight_g_per_item
    cap_g = ordered_g * (BPS + tolerance_bps) // BPS
    return replace(line, billed_weight_g=min(real_weight_g, cap_g))


def missing_line(line: PricedLine) -> PricedLine:
    """Return the line of an item that did not come: kept in sight, costing nothing."""
    return replace(line, quantity=0, billed_weight_g=None)
