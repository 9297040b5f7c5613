"""The code of the room: shown on the screen, it changes every minute and serves for three.

A photograph of the screen sent to somebody at home serves two minutes at most; the desk sees each
arrival as it comes, and who came by the code. A code printed for the door serves as long as the
doors are open: it protects less, and the page says so.
"""

from datetime import datetime, timedelta
from typing import Final

DOORS_OPEN: Final = timedelta(hours=2)
"""How long before the hour of the meeting people may arrive by the code."""
SLOT_S: Final = 60
SLOTS_KEPT: Final = 2
PRINTED: Final = "door"


def slot_at(now: datetime) -> str:
    """Return the part of a code that changes every minute."""
    return str(int(now.timestamp()) // SLOT_S)


def serves(slot: str, now: datetime) -> bool:
    """Whether a code still serves: that of this minute, of the two before, or a printed one."""
    if slot == PRINTED:
        return True
    current = int(slot_at(now))
    return slot.isdecimal() and current - SLOTS_KEPT <= int(slot) <= current


def are_doors_open(meets_at: datetime, now: datetime, *, is_sitting: bool) -> bool:
    """Whether one arrives by the code: while the assembly sits, and in the two hours before."""
    return is_sitting or meets_at - DOORS_OPEN <= now
