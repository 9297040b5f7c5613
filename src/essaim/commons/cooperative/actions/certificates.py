"""Certificates of shares: frozen in the transaction that gives them, printed when first asked."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from essaim.commons.cooperative import queries, wording
from essaim.commons.cooperative.models import (
    Associate,
    Certificate,
    CertificateFile,
    ShareMovement,
)
from essaim.core.documents.rendering import typeset

TEMPLATE = Path(__file__).parents[1] / "typst" / "certificate.typ"


def issue_certificate(*, movement: ShareMovement) -> Certificate:
    """Freeze what proves the shares that a movement gave, as everything is at this instant."""
    associate = movement.to_associate
    if associate is None:
        raise ValueError(f"movement {movement.pk} gives nothing")
    cooperative = movement.register.organisation
    snapshot: dict[str, Any] = {
        "number": movement.number,
        "issued_at": movement.moved_at.isoformat(),
        "kind": movement.kind,
        "cooperative": {
            "name": cooperative.name,
            "legal_form": cooperative.legal_form,
            "siren": cooperative.siren,
            "address": cooperative.address,
            "postcode": cooperative.postcode,
            "town": cooperative.town,
        },
        "holder": holder_name(associate),
        "associate_number": associate.number,
        "category": associate.category.label,
        "college": associate.college.label if associate.college else "",
        "admitted_at": associate.admitted_at.isoformat(),
        "shares": movement.shares,
        "nominal_cents": movement.nominal_cents,
        "held_shares": queries.shares_held(associate),
    }
    body = json.dumps(snapshot, sort_keys=True, ensure_ascii=False)
    return Certificate.objects.create(
        movement=movement,
        issued_at=movement.moved_at,
        snapshot=snapshot,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
    )


@transaction.atomic
def keep_certificate(*, certificate: Certificate, now: datetime) -> bytes:
    """Return the printed form of a certificate, made the first time it is asked for."""
    known = CertificateFile.objects.filter(certificate=certificate).order_by().first()
    if known is not None:
        return bytes(known.pdf)
    snapshot = certificate.snapshot
    pdf = typeset(TEMPLATE, wording.certificate_sheet(snapshot), issued_at=certificate.issued_at)
    kept, _ = CertificateFile.objects.get_or_create(
        certificate=certificate, defaults={"pdf": pdf, "rendered_at": now}
    )
    return bytes(kept.pdf)


def holder_name(associate: Associate) -> str:
    """Return the name an associate signs with: the organisation's, else the person's."""
    if associate.organisation is not None:
        return associate.organisation.name
    return associate.member.display_name if associate.member else ""
