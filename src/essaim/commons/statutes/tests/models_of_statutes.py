"""The statutes shipped with the package, and small changes of them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from essaim.commons.statutes.rules import reading

DATA = Path(__file__).parents[1] / "data"
TODAY = date(2026, 11, 24)


def text_of(name):
    return (DATA / f"{name}.toml").read_text(encoding="utf-8")


def statutes_of(name="territory", **changes):
    return replace(reading.from_toml(text_of(name)), **changes)
