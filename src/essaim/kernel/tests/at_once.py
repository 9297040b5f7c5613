"""Several acts at the same time, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from essaim.kernel.errors import RuleBroken

PATIENCE_S = 30


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Start all acts at one moment; return their answers in order, a refusal by its code."""
    start = Barrier(len(acts))

    def apart(act: Callable[[], Any]) -> Any:
        start.wait(PATIENCE_S)
        try:
            return act()
        except RuleBroken as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(apart, acts))
