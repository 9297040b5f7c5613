"""The solidarity price: how much more or less a buyer may choose to pay."""

from decimal import Decimal

from essaim.kernel.errors import N_, BadInput


class SolidarityOutOfBounds(BadInput):
    """The hub does not offer that much more or less.

    `details` has `asked_bps`, and the bounds as percentages to read: `min_percent max_percent`.
    """

    code = "food_hub.solidarity-out-of-bounds"
    sentence = N_("Choose a solidarity price between {min_percent} % and {max_percent} %.")


def check_solidarity(solidarity_bps: int, *, min_bps: int, max_bps: int) -> None:
    """Refuse a solidarity factor outside the bounds of the hub, in basis points of the price.

    Raises:
        SolidarityOutOfBounds: the factor lies outside.
    """
    if not min_bps <= solidarity_bps <= max_bps:
        raise SolidarityOutOfBounds(
            asked_bps=solidarity_bps,
            min_percent=_percent(min_bps),
            max_percent=_percent(max_bps),
        )


def _percent(bps: int) -> str:
    return f"{Decimal(bps) / 100:f}"
