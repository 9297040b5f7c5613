"""A refusal names its fact, and nothing at all is written."""

import pytest

from essaim.commons.cooperative.models import Associate, Exit, ShareMovement, ShareRequest
from essaim.core.agreements.models import Agreement
from essaim.core.ledger.models import Entry


def expect_refusal(kind, wrong, **details):
    before = written()
    with pytest.raises(kind) as refusal:
        wrong()
    assert written() == before
    assert refusal.value.details == details


def written():
    return [
        list(model.objects.order_by("pk").values())
        for model in (ShareRequest, Agreement, ShareMovement, Associate, Exit, Entry)
    ]
