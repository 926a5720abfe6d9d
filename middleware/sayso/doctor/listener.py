"""The SMTP listener: whether passwords and mails reach it unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from sayso.doctor.patient import Check, Patient
from sayso.message import Unsafe
from sayso.smtp import certificate

SOON = timedelta(days=14)


def listener(patient: Patient) -> Iterator[Check]:
    """Its certificate, wherever it listens for more than this machine."""
    settings, name = patient.settings, "smtp_listener"
    try:
        tls = certificate.read(settings.smtp_tls_cert, settings.smtp_tls_key)
    except Unsafe as error:
        yield Check(name, False, f"{error}.")
        return
    if tls and settings.smtp_tls_cert:
        left = certificate.ends_at(settings.smtp_tls_cert) - patient.clock()
        mend = f"The certificate in SAYSO_SMTP_TLS_CERT ends in {left.days} days: renew it, and start sayso smtp anew."
        yield Check(name, left > SOON, "" if left > SOON else mend)
    elif certificate.is_own(settings.smtp_host):
        yield Check(name, True)
    else:
        mend = "It is reached from the network: set SAYSO_SMTP_TLS_CERT and _KEY, or SAYSO_SMTP_HOST=127.0.0.1."
        yield Check(name, False, mend)


LOOKS: tuple[Callable[[Patient], Iterator[Check]], ...] = (listener,)
