"""The listener's own certificate, as the listener and the doctor read it."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import datetime
from pathlib import Path

from cryptography import x509

from sayso.message import Unsafe


def read(cert: str | None, key: str | None) -> ssl.SSLContext | None:
    """What STARTTLS is done with; None where nothing is set, Unsafe where the files do not belong together."""
    if not cert and not key:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert or "", key)
    except (OSError, ValueError) as error:
        raise Unsafe(f"SAYSO_SMTP_TLS_CERT and SAYSO_SMTP_TLS_KEY cannot be used together: {error}") from error
    return context


def ends_at(cert: str) -> datetime:
    """Until when clients believe this certificate."""
    return x509.load_pem_x509_certificates(Path(cert).read_bytes())[0].not_valid_after_utc


def is_own(host: str) -> bool:
    """Whether this is the machine itself, to which nothing crosses a network."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
