"""The solidarity price: how much more or less a buyer may choose to pay."""

from essaim.kernel.errors import RuleBroken


class SolidarityOutOfBounds(RuleBroken):
    """The hub does not offer that much more or less; `details` has `asked_bps min_bps max_bps`."""

    code = "food_hub.solidarity-out-of-bounds"


def check_solidarity(solidarity_bps: int, *, min_bps: int, max_bps: int) -> None:
    """Refuse a solidarity factor outside the bounds of the hub, in basis points of the price.

    Raises:
        SolidarityOutOfBounds: the factor lies outside.
    """
    if not min_bps <= solidarity_bps <= max_bps:
        raise SolidarityOutOfBounds(asked_bps=solidarity_bps, min_bps=min_bps, max_bps=max_bps)
