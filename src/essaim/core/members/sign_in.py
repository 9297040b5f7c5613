"""How allauth meets our members: names, e-mails to the outbox, links that open a session."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth import login
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from essaim.core.members.models import Member, Organisation

SIGN_IN_SALT = "essaim.members.sign-in-link"
BROWSER_SHOWN_CHARS = 80


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter; only what differs from its defaults."""

    def get_from_email(self) -> str:
        return settings.DEFAULT_FROM_EMAIL

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Write an e-mail in our words, in the language of its reader."""
        kind = template_prefix.rpartition("/")[2]
        member = _reader(email, context)
        with translation.override(member.language if member else translation.get_language()):
            subject, template, own = _letter(kind, context)
            values = {
                "name": member.display_name if member else "",
                "sender": _sender(),
                "site": settings.BASE_URL,
                **own,
            }
            body = render_to_string(f"members/email/{template}.txt", values, using="jinja2")
        to = [email] if isinstance(email, str) else email
        return EmailMessage(subject, body.strip(), self.get_from_email(), to, headers=headers)


def shown_name(member: Member) -> str:
    """Return how the sign-in pages name somebody."""
    return member.display_name or member.email


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


def _letter(kind: str, context: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Return the subject, the template and the values of an e-mail of allauth's."""
    if kind in {"email_confirmation", "email_confirmation_signup", "login_code"}:
        is_confirmation = kind != "login_code"
        values = {"code": context["code"], "is_confirmation": is_confirmation}
        return _("Your code: %(code)s") % values, "code", values
    if kind == "password_reset_key":
        url = context["password_reset_url"]
        return _("Choose a new password"), kind, {"password_reset_url": url}
    if kind == "account_already_exists":
        url = context["password_reset_url"]
        return _("You already have an account"), kind, {"password_reset_url": url}
    if kind == "unknown_account":
        values = {name: context[name] for name in ("email", "signup_url")}
        return _("No account with this address"), kind, values
    return _("Your account has changed"), "changed", _change(kind, context)


def _change(kind: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a notice of a change says; a kind that allauth adds one day is a `KeyError`."""
    sentences = {
        "password_changed": _("Your password was changed."),
        "password_reset": _("Your password was changed."),
        "password_set": _("Your password was changed."),
        "email_confirm": _("Your address is confirmed."),
        "email_changed": _("Your e-mail address is now %(new)s instead of %(old)s.")
        % {"new": context.get("to_email", ""), "old": context.get("from_email", "")},
        "email_deleted": _("The address %(email)s was removed from your account.")
        % {"email": context.get("deleted_email", "")},
        "totp_activated": _("An authenticator app now protects your account."),
        "totp_deactivated": _("No authenticator app protects your account any more."),
        "recovery_codes_generated": _(
            "New recovery codes were made; the old ones are worth nothing."
        ),
        "webauthn_added": _("A passkey was added to your account."),
        "webauthn_removed": _("A passkey was removed from your account."),
    }
    return {
        "what": sentences[kind],
        "ip": context["ip"],
        "browser": context["user_agent"][:BROWSER_SHOWN_CHARS],
        "password_reset_url": f"{settings.BASE_URL}{reverse('account_reset_password')}",
    }


def _reader(email: str | list[str], context: Mapping[str, Any]) -> Member | None:
    """Return the member an e-mail is for, when the address is the one they sign in with."""
    user = context.get("user")
    if isinstance(user, Member):
        return user
    address = email if isinstance(email, str) else email[0]
    return Member.objects.filter(email=address.lower()).order_by().first()


def _sender() -> str:
    """Return who signs the e-mails: the cooperative, or Essaim before there is one."""
    names = Organisation.objects.filter(kind=Organisation.Kind.COOPERATIVE).order_by("pk")
    return names.values_list("name", flat=True).first() or "Essaim"
