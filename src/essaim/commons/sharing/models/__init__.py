"""A year, what was entered for it, what was proposed and shared; the commons fund by quarter."""

from essaim.commons.sharing.models.funds import FundBallot, FundSupport, Project, Quarter
from essaim.commons.sharing.models.variants import Allotment, Variant, VariantMotion
from essaim.commons.sharing.models.years import Year, YearLine

__all__ = [
    "Allotment",
    "FundBallot",
    "FundSupport",
    "Project",
    "Quarter",
    "Variant",
    "VariantMotion",
    "Year",
    "YearLine",
]
