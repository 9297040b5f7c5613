"""A year, what was entered for it, what was proposed and what was shared."""

from essaim.commons.sharing.models.variants import Allotment, Variant
from essaim.commons.sharing.models.years import Year, YearLine

__all__ = ["Allotment", "Variant", "Year", "YearLine"]
