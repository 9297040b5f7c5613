"""From the question to the published list: preparing, casting, closing, opening the urn."""

from essaim.commons.urn.actions.casting import (
    PaperDrawn,
    Receipt,
    cast_named,
    cast_sealed,
    draw_paper,
)
from essaim.commons.urn.actions.opening import (
    annul_poll,
    close_poll,
    give_key,
    sweep,
    sweep_counted,
)
from essaim.commons.urn.actions.preparing import (
    Option,
    Voter,
    keep_outside_result,
    open_poll,
    prepare_poll,
    take_key,
)

__all__ = [
    "Option",
    "PaperDrawn",
    "Receipt",
    "Voter",
    "annul_poll",
    "cast_named",
    "cast_sealed",
    "close_poll",
    "draw_paper",
    "give_key",
    "keep_outside_result",
    "open_poll",
    "prepare_poll",
    "sweep",
    "sweep_counted",
    "take_key",
]
