"""What people need: the seven doors of the catalogue, across all trades."""

from enum import StrEnum


class Need(StrEnum):
    """A category of need; a trade says which one it serves."""

    EAT = "eat"
    MOVE = "move"
    LODGE = "lodge"
    REPAIR = "repair"
    BORROW = "borrow"
    HELP = "help"
    TRADE = "trade"
