"""Telling open pages that something changed, so that they ask for it again.

Only the topic travels, never what changed: the page asks the site itself, which knows who may read
what. A page holds the signed address of its topic; `essaim.site.live` serves it. Without that
process, or without scripts, the page is simply as old as its last reload.
"""

from django.conf import settings
from django.core import signing
from django.db import connection

CHANNEL = "essaim_live"
ADDRESS_AGE_MAX_S = 24 * 3600
_SALT = "essaim.web.live"


def announce(topic: str) -> None:
    """Tell whoever watches a topic that it changed (1 statement; heard after commit).

    Not for the hottest paths: the database commits transactions that announce one after another.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])


def address_of(topic: str) -> str:
    """Return the address a page listens to, good for a day."""
    return f"{settings.LIVE_URL}/live/{signing.dumps(topic, salt=_SALT)}"


def topic_of(signed: str) -> str | None:
    """Return the topic of the last part of an address, None when it is forged or too old."""
    try:
        return str(signing.loads(signed, salt=_SALT, max_age=ADDRESS_AGE_MAX_S))
    except signing.BadSignature:
        return None
