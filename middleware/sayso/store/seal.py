"""Sealing: what people and words are stored as, and the keyed hash by which they are found again."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"


class Seal:
    """AES-256-GCM under a key derived from the secret key (HKDF, RFC 5869); each value is bound to its place."""

    def __init__(self, secret_key: str) -> None:
        self._box = AESGCM(_derive(secret_key, b"seal"))
        self._pepper = _derive(secret_key, b"hash")

    def seal(self, plain: bytes, place: str) -> bytes:
        """The sealed bytes of `plain`, which open only at the same `place` (table|row)."""
        nonce = os.urandom(12)
        return VERSION + nonce + self._box.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The plain bytes; cryptography's InvalidTag if the row was moved or changed."""
        return self._box.decrypt(sealed[1:13], sealed[13:], place.encode())

    def hash(self, kind: str, text: str) -> str:
        """The keyed hash (HMAC-SHA256, hex) of a normalised text, for look-up without storing it."""
        return hmac.digest(self._pepper, f"{kind}|{text}".encode(), "sha256").hex()

    def token(self, kind: str, text: str) -> bytes:
        """48 bits of a quick keyed hash (BLAKE2b, RFC 7693) for the many words of a text: found by, never read back."""
        return hashlib.blake2b(f"{kind}|{text}".encode(), digest_size=6, key=self._pepper).digest()


def token_hash(token: str) -> str:
    """The SHA-256 (hex) by which a random token of ours is looked up; tokens carry at least 128 bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _derive(secret_key: str, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sayso|" + use).derive(secret_key.encode())
