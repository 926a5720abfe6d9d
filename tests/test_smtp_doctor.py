"""`sayso doctor` on the SMTP listener: whether passwords and mails reach it unseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.mail_server import certificate
from tests.test_doctor import MakeShop, make_shop

__all__ = ["make_shop"]  # a fixture from elsewhere


def told(shop: MakeShop, **settings: object) -> tuple[bool, str]:
    """What is said of the listener."""
    return shop(**settings).checks()["smtp_listener"]


def test_a_listener_for_this_machine_alone_needs_no_certificate(make_shop: MakeShop) -> None:
    assert told(make_shop) == (True, "")


def test_a_listener_for_the_network_needs_one(make_shop: MakeShop) -> None:
    good, mend = told(make_shop, smtp_host="10.1.2.3")
    assert not good
    assert "SAYSO_SMTP_TLS_CERT" in mend


def test_a_certificate_must_be_there_and_fit_its_key(make_shop: MakeShop, tmp_path: Path) -> None:
    assert told(make_shop, smtp_tls_cert=str(tmp_path / "no.pem"))[0] is False
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    cert, other = certificate(tmp_path / "a")[0], certificate(tmp_path / "b")[1]
    assert told(make_shop, smtp_tls_cert=cert, smtp_tls_key=other)[0] is False


@pytest.mark.parametrize(("days", "good"), [(0, False), (-30, True)])
def test_a_certificate_that_ends_soon_is_told(make_shop: MakeShop, tmp_path: Path, days: int, good: bool) -> None:
    cert, key = certificate(tmp_path)
    shop = make_shop(smtp_host="10.1.2.3", smtp_tls_cert=cert, smtp_tls_key=key)
    shop.app.extensions["sayso"].clock = lambda: datetime.now(UTC) + timedelta(days=days)
    assert shop.checks()["smtp_listener"][0] is good


def test_the_shops_mail_server_is_an_account(make_shop: MakeShop) -> None:
    assert make_shop(smtp_relay_host="mail.example.com").checks()["smtp_keys"] == (True, "")
