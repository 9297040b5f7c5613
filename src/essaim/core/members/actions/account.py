"""What a member does with their own account: language, calendar, keys of programs."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, transaction

from essaim.core.members import queries
from essaim.core.members.models import AccessToken, Member
from essaim.kernel.errors import N_, BadInput, RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.kernel.prepared import run_prepared

TOKENS_MAX = 20
USE_NOTED_EVERY = timedelta(hours=1)
MEMBER_FIELDS = [field.attname for field in Member._meta.concrete_fields]  # noqa: SLF001
TOKEN_PREFIX = "essaim_"  # noqa: S105 - what every token starts with, secret of none

# Every request of a program begins with it. Losing the note of a use harms nobody, so that the
# commit of this statement alone, when it notes one, does not wait for the disk.
LET_IN = f"""
WITH token AS (
    SELECT id, member_id FROM members_accesstoken
     WHERE digest = %(digest)s AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > %(now)s)
), noted AS (
    UPDATE members_accesstoken AS used SET last_used_at = %(now)s FROM token
     WHERE used.id = token.id
       AND (used.last_used_at IS NULL OR used.last_used_at <= %(noted_before)s)
    RETURNING set_config('synchronous_commit', 'off', TRUE)
)
SELECT {", ".join(f"member.{name}" for name in MEMBER_FIELDS)}
  FROM token JOIN members_member AS member ON member.id = token.member_id
 WHERE member.is_active
"""


class UnknownLanguage(BadInput):
    code = "members.unknown-language"
    sentence = N_("These pages do not exist in the language “{language}” yet.")


class TokenNameTaken(RuleBroken):
    """One name, one key: it is also what makes a form sent twice harmless."""

    code = "members.token-name-taken"
    sentence = N_("You already have a key with this name: revoke it first, or choose another name.")


class TooManyTokens(RuleBroken):
    code = "members.too-many-tokens"
    sentence = N_("You have {tokens_max} keys already: revoke those that no program uses.")


@transaction.atomic
def choose_language(*, member: Member, code: str) -> Member:
    """Keep the language of the pages and e-mails of a member.

    Raises:
        UnknownLanguage: Essaim does not speak it.
    """
    if code not in dict(settings.LANGUAGES):
        raise UnknownLanguage(language=code[:20])
    member.language = code
    member.save(update_fields=["language"])
    return member


@transaction.atomic
def renew_agenda_key(*, member: Member) -> Member:
    """Revoke the private calendar feed: its old address stops answering."""
    member.agenda_key = uuid7()
    member.save(update_fields=["agenda_key"])
    return member


@transaction.atomic
def create_access_token(
    *, member: Member, name: str, now: datetime, expires_at: datetime | None = None
) -> str:
    """Make a key for a program of the member; it is returned once, kept as a digest only.

    Args:
        expires_at: when the key stops working by itself; None lasts until it is revoked.

    Raises:
        TokenNameTaken: a key that was not revoked has this name.
        TooManyTokens: the member has as many keys as one may have.
    """
    # The member's row makes two forms sent at the same time queue up.
    Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    kept = AccessToken.objects.filter(member=member, revoked_at=None)
    if kept.filter(name=name).exists():
        raise TokenNameTaken
    if kept.count() >= TOKENS_MAX:
        raise TooManyTokens(tokens_max=TOKENS_MAX)
    token = f"{TOKEN_PREFIX}{secrets.token_urlsafe(32)}"
    AccessToken.objects.create(
        member=member,
        name=name,
        digest=queries.token_digest(token),
        created_at=now,
        expires_at=expires_at,
    )
    return token


@transaction.atomic
def revoke_access_token(*, token: AccessToken, now: datetime) -> AccessToken:
    """Stop a key from working, at once. Revoked twice, the first time stays."""
    AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
    token.refresh_from_db(fields=["revoked_at"])
    return token


def let_in_by_token(*, token: str, now: datetime) -> Member | None:
    """Return the active member of a key in force, its use noted; None lets nobody in (1 query).

    It is the first statement of a program's request, and so tries the connection itself: one that
    died since the last request is opened again, and the statement sent again.
    """
    values = {
        "digest": queries.token_digest(token),
        "now": now,
        "noted_before": now - USE_NOTED_EVERY,
    }
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        row = run_prepared(LET_IN, values).one()
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        row = run_prepared(LET_IN, values).one()
    return None if row is None else Member.from_db(DEFAULT_DB_ALIAS, MEMBER_FIELDS, row)
