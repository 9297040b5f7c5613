"""What the cooperative keeps: statutes, associates, the append-only register of their shares."""

from essaim.commons.cooperative.models.associates import Associate, NoticeConsent
from essaim.commons.cooperative.models.exits import Exit, Instalment
from essaim.commons.cooperative.models.requests import ShareRequest
from essaim.commons.cooperative.models.shares import Certificate, CertificateFile, ShareMovement
from essaim.commons.cooperative.models.statutes import Category, College, Register, StatutesVersion

__all__ = [
    "Associate",
    "Category",
    "Certificate",
    "CertificateFile",
    "College",
    "Exit",
    "Instalment",
    "NoticeConsent",
    "Register",
    "ShareMovement",
    "ShareRequest",
    "StatutesVersion",
]
