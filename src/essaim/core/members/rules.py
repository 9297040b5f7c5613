"""Which roles an organisation has, and what a SIREN is. Pure."""

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as siren_number

ROLES_OF_KIND = {
    "enterprise": ("manager", "worker"),
    "association": ("manager", "worker"),
    "cooperative": ("manager", "worker", "clerk", "board"),
    "local-authority": ("manager", "observer"),
}
"""Roles that can be given in each kind of organisation; the books and the board are the platform
cooperative's, the totals of the territory a local authority's."""

KINDS_ANYBODY_DECLARES = ("enterprise", "association")
"""A member declares these. The platform cooperative and local authorities come with the
installation: their roles open the books and the totals."""


NO_ADDRESS = "sans-adresse.invalid"
"""Domain of the accounts opened for people without e-mail: nothing goes there (RFC 2606)."""


def has_no_address(email: str) -> bool:
    """Whether this stands for somebody who has no e-mail: an account opened on site."""
    return email.endswith(f"@{NO_ADDRESS}")


def plain_siren(text: str) -> str | None:
    """Return the nine digits of a SIREN typed with or without spaces; None when it is not one.

    The ninth digit is a Luhn check digit, so a slip of the fingers is seen.
    """
    try:
        return str(siren_number.validate(text))
    except ValidationError:
        return None
