"""Sealing ballots to a key that nobody holds alone (HPKE, RFC 9180: X25519, SHA-256, AES-128-GCM).

Anybody can seal with the public key; only the private key opens. Sealing the same slip twice gives
two different texts, and what was sealed for one urn does not open for another.
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from essaim.kernel.errors import N_, RuleBroken

KEY_BYTES: Final = 32
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


class NotTheKey(RuleBroken):
    code = "urn.not-the-key"
    sentence = N_("This key does not open this urn.")


def new_key() -> tuple[bytes, bytes]:
    """Return a new private key and its public key, 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def public_key_of(private_key: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def seal(content: bytes, *, public_key: bytes, purpose: str) -> bytes:
    """Seal a content for a key; `purpose` names the only use it opens for."""
    return _SUITE.encrypt(
        content, X25519PublicKey.from_public_bytes(public_key), info=purpose.encode()
    )


def unseal(sealed: bytes, *, private_key: bytes, purpose: str) -> bytes:
    """Return what was sealed.

    Raises:
        NotTheKey: another key, another purpose, or a sealed text that was tampered with.
    """
    private = X25519PrivateKey.from_private_bytes(private_key)
    try:
        return _SUITE.decrypt(sealed, private, info=purpose.encode())
    except InvalidTag as problem:
        raise NotTheKey from problem
