"""The code of the room, signed: by which assembly, for which minute."""

from datetime import datetime

from django.core import signing

from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.secretariat.rules import presence_codes

_SALT = "essaim.commons.secretariat.room"


def code_of(assembly: GeneralAssembly, slot: str) -> str:
    """Return the code of a minute, or the printed one."""
    return signing.dumps([str(assembly.public_id), slot], salt=_SALT)


def is_good(assembly: GeneralAssembly, code: str, now: datetime) -> bool:
    """Whether a code was made here for this assembly, and still serves."""
    try:
        whose, slot = signing.loads(code, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return False
    return whose == str(assembly.public_id) and presence_codes.serves(slot, now)
