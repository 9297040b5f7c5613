"""How allauth meets our members: e-mails go to the outbox, sign-in links open a session once."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth import login
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

from essaim.core.members.models import Member

SIGN_IN_SALT = "essaim.members.sign-in-link"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter; only what differs from its defaults."""

    def get_from_email(self) -> str:
        return settings.DEFAULT_FROM_EMAIL


def sign_in_token(member: Member) -> str:
    """Return a signed token that names a member; only the demo hands these out."""
    return TimestampSigner(salt=SIGN_IN_SALT).sign(str(member.public_id))


def member_of_token(token: str, max_age_s: int) -> Member | None:
    """Return the active member a token names, or None when it is forged or too old."""
    try:
        public_id = TimestampSigner(salt=SIGN_IN_SALT).unsign(token, max_age=max_age_s)
    except BadSignature:
        return None
    return Member.objects.filter(public_id=public_id, is_active=True).order_by().first()


def sign_in_request(request: HttpRequest, member: Member) -> None:
    """Open a session for `member` on this browser."""
    login(request, member, backend=settings.AUTHENTICATION_BACKENDS[0])
