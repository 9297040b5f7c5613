"""The statutes shipped with the package, and small changes of them."""

from dataclasses import replace
from datetime import date

from essaim.commons.statutes import models_of_statutes
from essaim.commons.statutes.rules import reading

TODAY = date(2026, 11, 24)
text_of = models_of_statutes.text


def statutes_of(name="territory", **changes):
    return replace(reading.from_toml(text_of(name)), **changes)
