"""Settings for tests, said in the environment or in a sayso.toml of the test's own folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sayso_config import Settings, SettingsError, load

KEY = "k" * 32
PROMISED: dict[str, str] = dict(  # interface.md section 5: every key, with a value that is not its default
    re.findall(
        r"(\w+)=(\S+)",
        """
SAYSO_DATABASE_URL=sqlite:///other.db SAYSO_REDIS_URL=redis://localhost/1
SAYSO_PUBLIC_URL=https://sayso.example.com SAYSO_SECRET_KEY=kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
SAYSO_TWILIO_ACCOUNT_SID=AC1 SAYSO_TWILIO_AUTH_TOKEN=token
SAYSO_TWILIO_API_URL=https://twilio.example.com SAYSO_SENDGRID_API_KEY=SG.1
SAYSO_SENDGRID_EVENT_PUBLIC_KEY=MFkw SAYSO_SENDGRID_API_URL=https://sendgrid.example.com
SAYSO_LOB_API_KEY=test_1 SAYSO_LOB_WEBHOOK_SECRET=whs SAYSO_LOB_API_URL=https://lob.example.com:8443
SAYSO_VENDOR_TIMEOUT=2.5 SAYSO_UNCONFIRMED_WINDOW=300 SAYSO_UNDO_SECONDS=0 SAYSO_QUIET_HOURS=off
SAYSO_VENDOR_LATEST_ACCEPT=20 SAYSO_VENDOR_LIST_LAG=10 SAYSO_DEFAULT_COUNTRY=GB SAYSO_BURST_BRAKE=off
SAYSO_SMTP_HOST=0.0.0.0 SAYSO_SMTP_PORT=25 SAYSO_SMTP_TLS_CERT=cert.pem SAYSO_SMTP_TLS_KEY=key.pem
SAYSO_MODE=shadow SAYSO_SMTP_RELAY_HOST=mail.example.com SAYSO_SMTP_RELAY_PORT=25
SAYSO_SMTP_RELAY_USERNAME=user SAYSO_SMTP_RELAY_PASSWORD=password SAYSO_WHATSAPP_TOKEN=EAAG
SAYSO_WHATSAPP_PHONE_ID=1555 SAYSO_WHATSAPP_APP_SECRET=app
SAYSO_WHATSAPP_API_URL=https://whatsapp.example.com SAYSO_FAILPOINT=claim:kill SAYSO_HOST=::1
SAYSO_PORT=9000 SAYSO_ALLOW_PRIVATE_HOSTS=crm.local
""",
    )
)


def env(**said: str) -> dict[str, str]:
    """Settings as the environment says them."""
    return {f"SAYSO_{key.upper()}": value for key, value in said.items()}


def from_toml(text: str) -> Settings:
    """What a sayso.toml in the present folder sets."""
    Path("sayso.toml").write_text(text, "utf-8")
    return load({})


def refusal(environ: dict[str, str]) -> str:
    """What is said of settings that are refused."""
    with pytest.raises(SettingsError) as refused:
        load(environ)
    return str(refused.value)


def toml_refusal(text: str) -> str:
    """What is said of a sayso.toml that is refused."""
    with pytest.raises(SettingsError) as refused:
        from_toml(text)
    return str(refused.value)
