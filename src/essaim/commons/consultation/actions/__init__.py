"""What is done with voices and questions between assemblies."""

from essaim.commons.consultation.actions.consulting import (
    answer,
    count,
    count_due,
    open_consultation,
)
from essaim.commons.consultation.actions.delegating import (
    add_subject,
    close_subject,
    delegate,
    revoke,
)

__all__ = [
    "add_subject",
    "answer",
    "close_subject",
    "count",
    "count_due",
    "delegate",
    "open_consultation",
    "revoke",
]
