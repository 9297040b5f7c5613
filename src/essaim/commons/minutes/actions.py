"""Asking for signatures, signing, recording a signed paper."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from essaim.commons.assembly.models import Minutes
from essaim.commons.minutes import queries
from essaim.commons.minutes.models import Scan, Signatory, Signature
from essaim.commons.minutes.rules.refusals import (
    NotYourSignature,
    OtherMinutes,
    SignedAlready,
    UnreadableScan,
)
from essaim.commons.minutes.rules.signing import (
    SCAN_MEGABYTES_MAX,
    Means,
    Role,
    names_these,
    scan_kind,
)
from essaim.core.members.models import Member


@transaction.atomic
def ask_to_sign(
    *, minutes: Minutes, member: Member, role: Role, by: Member, now: datetime
) -> Signatory:
    """Name somebody who signs these minutes; asked twice is asked once."""
    found, _created = Signatory.objects.get_or_create(
        minutes=minutes, member=member, role=role.value, defaults={"asked_at": now, "asked_by": by}
    )
    return found


@transaction.atomic
def sign(
    *, minutes: Minutes, role: Role, copied: str, means: Means, by: Member, now: datetime
) -> Signature:
    """Sign these minutes as oneself.

    Args:
        copied: the first characters of the digest, as they read it at the end of the minutes.
        means: what they proved of themselves; never paper.

    Raises:
        NotYourSignature: their signature in this quality is not asked for.
        SignedAlready: they signed. OtherMinutes: the characters are not those of these minutes.
    """
    if (role, by) not in queries.asked(minutes):
        raise NotYourSignature
    if not names_these(copied, minutes.digest):
        raise OtherMinutes
    return _write(
        Signature(
            minutes=minutes, role=role.value, member=by, name=by.display_name, means=means.value,
            digest=minutes.digest, signed_at=now, recorded_by=by,
        )
    )  # fmt: skip


@transaction.atomic
def record_paper(
    *,
    minutes: Minutes,
    signed: Sequence[tuple[Role, str]],
    content: bytes,
    by: Member,
    now: datetime,
) -> list[Signature]:
    """Record the signatures of a paper, with its scan; by the secretary.

    Args:
        signed: the quality and the name of each who signed this paper.

    Raises:
        UnreadableScan: no PDF, JPEG or PNG, or too large. SignedAlready: one is recorded already.
    """
    media_type = scan_kind(content)
    if media_type is None:
        raise UnreadableScan(megabytes_max=SCAN_MEGABYTES_MAX)
    digest = hashlib.sha256(content).hexdigest()
    scan, _created = Scan.objects.get_or_create(
        minutes=minutes,
        sha256=digest,
        defaults={"content": content, "media_type": media_type, "recorded_at": now},
    )
    people = {(role, one.display_name): one for role, one in queries.asked(minutes)}
    return [
        _write(
            Signature(
                minutes=minutes, role=role.value, member=people.get((role, name)), name=name,
                means=Means.PAPER.value, digest=minutes.digest, signed_at=now, recorded_by=by,
                scan=scan,
            )
        )
        for role, name in signed
    ]  # fmt: skip


def _write(signature: Signature) -> Signature:
    try:
        with transaction.atomic():
            signature.save(force_insert=True)
    except IntegrityError as problem:
        if "signed_once" not in str(problem):
            raise
        raise SignedAlready from problem
    return signature
