"""The forms of the sign-in library whose words we change: new passwords, names of passkeys.

Apart from `forms.py`, which the library itself imports before its own forms exist.
"""

from typing import Any

from allauth.account import forms as library
from allauth.mfa.webauthn import forms as keys
from django.utils.translation import gettext_lazy

HELP = gettext_lazy("At least 10 characters. A sentence that nobody else would write is perfect.")


class _PlainHelp:
    """Says in one sentence what the library says in a list of four."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = HELP  # type: ignore[attr-defined]


class SignupForm(_PlainHelp, library.SignupForm):  # type: ignore[misc]
    """Creating an account."""


class ChangePasswordForm(_PlainHelp, library.ChangePasswordForm):  # type: ignore[misc]
    """Changing one's password."""


class SetPasswordForm(_PlainHelp, library.SetPasswordForm):  # type: ignore[misc]
    """Choosing a first password."""


class ResetPasswordKeyForm(_PlainHelp, library.ResetPasswordKeyForm):  # type: ignore[misc]
    """Choosing a password after having lost it."""


class _NamedKey:
    """Says what the name is for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]  # type: ignore[attr-defined]
        name.label = gettext_lazy("Name of the key")
        name.help_text = gettext_lazy("To know it from your others: “my telephone”.")


class AddKeyForm(_NamedKey, keys.AddWebAuthnForm):  # type: ignore[misc]
    """Registering a passkey."""


class EditKeyForm(_NamedKey, keys.EditWebAuthnForm):  # type: ignore[misc]
    """Renaming a passkey."""
