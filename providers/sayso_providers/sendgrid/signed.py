"""What only SendGrid can have posted: its signature (ECDSA P-256) over the time and the bytes, made just now."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta

from sayso.message import Account, Denied, Request

# https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
# (read 2026-11-22). It names no window; five minutes are what Standard Webhooks and its followers take.
SIGNATURE, TIMESTAMP = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"
FRESH = timedelta(minutes=5)


def verify(request: Request, account: Account, *, fresh: bool = True) -> None:
    """Denied unless one of the account's keys signed it, and not too long ago where it must be `fresh`."""
    stamp, given = request.headers.get(TIMESTAMP.lower(), ""), request.headers.get(SIGNATURE.lower(), "")
    if not stamp or not given or len(stamp) > 20:
        raise Denied("This is not signed by the vendor.")
    if not any(_signed(key, given, stamp.encode() + request.body) for key in account.callback_keys):
        raise Denied("This is not signed by the vendor.")
    if fresh and not _is_fresh(request, stamp):
        raise Denied("This was signed too long ago, or its clock and ours do not agree.")


def sign_bytes(secret: str, signed: bytes) -> str:
    """The signature of a private key (base64 of its DER), as SendGrid writes one."""
    from cryptography.hazmat.primitives import hashes  # heavy: only where something is signed or verified
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    key = load_der_private_key(base64.b64decode(secret), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("events are signed with an elliptic-curve key")
    return base64.b64encode(key.sign(signed, ec.ECDSA(hashes.SHA256()))).decode()


def _is_fresh(request: Request, stamp: str) -> bool:
    if request.at is None or not (stamp.isascii() and stamp.isdigit()):
        return False
    return abs(request.at.timestamp() - int(stamp)) <= FRESH.total_seconds()


def _signed(key: str, given: str, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        public = load_der_public_key(base64.b64decode(key))
        if not isinstance(public, ec.EllipticCurvePublicKey):
            return False
        public.verify(base64.b64decode(given, validate=True), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, binascii.Error):  # a key that cannot be read verifies nothing
        return False
    return True
