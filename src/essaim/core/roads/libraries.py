"""Libraries of the extra `[roads]`, asked for only when needed: pages need none of them."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from essaim.core.roads.refusals import RoadsToolMissing

PACKAGES = {"osmium": "osmium", "routingkit_ch": "ch-router", "scipy": "scipy"}


def library(name: str) -> Any:
    """Return a module of the extra.

    Raises:
        RoadsToolMissing: its package is not installed; `details` has the `package`.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        raise RoadsToolMissing(package=PACKAGES[name.split(".", maxsplit=1)[0]]) from missing


def is_available(name: str) -> bool:
    """Return whether a module of the extra can be asked for."""
    return find_spec(name) is not None
