"""The credentials that sayso issues to a CRM: one set in every vendor's shape, shown once."""

from __future__ import annotations

import base64
import secrets
import string
from collections.abc import Sequence
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sayso import store
from sayso.message import Json
from sayso.store import Source, Span, Tx

OVERLAP = timedelta(hours=24)
LETTERS = string.ascii_letters + string.digits


def issue(tx: Tx, source: Source) -> dict[str, Json]:
    """A fresh set of credentials for a source; the only moment in which their secrets can be read."""
    account_sid, auth_token = f"AC{secrets.token_hex(16)}", secrets.token_hex(16)
    token, webhook_secret = f"sayso_src_{secrets.token_urlsafe(32)}", _webhook_secret()
    api_key = f"SG.{_letters(22)}.{_letters(43)}"
    lob_key, lob_secret = f"live_{secrets.token_hex(18)}", secrets.token_hex(24)
    username, password = f"crm-{secrets.token_hex(4)}", secrets.token_urlsafe(24)
    private, public = _event_keys()
    store.add_credential(tx, source.id, "twilio", auth_token, login=account_sid)
    store.add_credential(tx, source.id, "smtp", password, login=username)
    for kind, secret in (
        ("token", token),
        ("webhook", webhook_secret),
        ("sendgrid", api_key),
        ("sendgrid_events", private),
        ("lob", lob_key),
        ("lob_webhook", lob_secret),
    ):
        store.add_credential(tx, source.id, kind, secret)
    return {
        "source": source.name,
        "token": token,
        "webhook_secret": webhook_secret,
        "twilio": {"account_sid": account_sid, "auth_token": auth_token},
        "sendgrid": {"api_key": api_key, "event_public_key": public},
        "lob": {"api_key": lob_key, "webhook_secret": lob_secret},
        "smtp": {"username": username, "password": password},
    }


def rotate(tx: Tx, source: Source, overlap: timedelta = OVERLAP) -> dict[str, Json]:
    """A fresh set; the former ones go on working for a while, so that the CRM can change over."""
    store.end_credentials(tx, source.id, tx.now + overlap)
    store.write_trail(tx, "operator", "source_rotated", {"source": source.id, "hours": overlap / timedelta(hours=1)})
    return issue(tx, source)


def shown(spans: Sequence[Span]) -> list[Json]:
    """When each set of credentials that still works was issued, and when it ends; the newest first."""
    return [
        {"issued_at": one.issued_at.isoformat(), "ends_at": one.ends_at.isoformat() if one.ends_at else None}
        for one in spans
    ]


def told(spans: Sequence[Span]) -> str:
    """The same in words, for a line of a list."""
    ends = (f", until {one.ends_at:%Y-%m-%d %H:%M} UTC" if one.ends_at else "" for one in spans)
    return " and ".join(f"of {one.issued_at:%Y-%m-%d}{end}" for one, end in zip(spans, ends, strict=True)) or "none"


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def _webhook_secret() -> str:
    """Standard Webhooks: `whsec_` and 32 random bytes in base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _event_keys() -> tuple[str, str]:
    """An ECDSA P-256 pair as SendGrid shows its event keys: base64 DER without PEM lines."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(private).decode(), base64.b64encode(public).decode()
