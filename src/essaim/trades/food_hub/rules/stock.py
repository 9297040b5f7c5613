"""Stock shared between pack sizes: 24 jars are 4 cases of 6 or 24 singles."""


def stock_units_needed(variant_units: int, quantity: int) -> int:
    """Return how many units of the pool `quantity` packs of `variant_units` take.

    Raises:
        ValueError: a pack holds no unit, or a negative quantity.
    """
    if variant_units < 1 or quantity < 0:
        raise ValueError(f"{variant_units=} {quantity=}")
    return variant_units * quantity


def max_sellable(pool_units: int, variant_units: int) -> int:
    """Return how many whole packs of `variant_units` the pool still holds.

    Raises:
        ValueError: a pack holds no unit, or the pool is negative (it was oversold).
    """
    if variant_units < 1 or pool_units < 0:
        raise ValueError(f"{variant_units=} {pool_units=}")
    return pool_units // variant_units
