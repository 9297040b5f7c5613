"""A general assembly: who was convened, who came, who stood for whom, what was decided."""

from essaim.commons.assembly.models.meeting import (
    AgendaFile,
    AgendaItem,
    Attendance,
    GeneralAssembly,
    Minutes,
    Notice,
    Proxy,
    Question,
)
from essaim.commons.assembly.models.votes import Amendment, AnnulledVote, BylawChange, Motion

__all__ = [
    "AgendaFile", "AgendaItem", "Amendment", "AnnulledVote", "Attendance", "BylawChange",
    "GeneralAssembly", "Minutes", "Motion", "Notice", "Proxy", "Question",
]  # fmt: skip
