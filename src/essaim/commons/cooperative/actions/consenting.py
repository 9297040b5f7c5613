"""Consent to electronic notices: given, taken back, each time with its date."""

from datetime import datetime

from django.db import transaction

from essaim.commons.cooperative import queries
from essaim.commons.cooperative.actions.moving import current
from essaim.commons.cooperative.models import Associate, NoticeConsent
from essaim.core.members.models import Member


@transaction.atomic
def consent_to_notices(
    *, associate: Associate, is_given: bool, by: Member, now: datetime
) -> NoticeConsent:
    """Write that an associate accepts electronic notices, or no longer does; rows only add up.

    Said again, nothing changes: the date of the first time is what a notice counts from.

    Raises:
        NotAnAssociate: they have left.
    """
    associate = current(associate)
    last = queries.last_consent(associate)
    if last is not None and last.is_given == is_given:
        return last
    return NoticeConsent.objects.create(
        associate=associate, is_given=is_given, recorded_at=now, recorded_by=by
    )
