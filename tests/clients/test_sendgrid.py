"""A mail handed in through the clients that CRMs use, in other languages and versions; base URL and key are ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from tests.clients.install import HERE, Library, node_module
from tests.mailing import KAYLA, SCOTT, SHOP, Post, post

__all__ = ["post"]  # a fixture from elsewhere

NODE = tuple(Library("node", version, package="@sendgrid/mail") for version in ("6.5.5", "7.7.0", "8.1.6"))
MAIL: dict[str, Any] = {
    "from": {"email": SHOP, "name": "Smith & Sons"},
    "subject": "Your ring",
    "text": "It is ready.",
    "html": "<p>It is ready.</p>",
    "personalizations": [{"to": KAYLA, "cc": SCOTT, "customArgs": {"order": "8812"}}],
    "attachments": [{"content": "UERG", "filename": "a.pdf", "type": "application/pdf", "disposition": "attachment"}],
}


def ask(post: Post, library: Library, mail: dict[str, Any], key: str = "") -> dict[str, Any]:
    """What the library says of one mail."""
    if not shutil.which("node"):
        pytest.skip("there is no Node on this machine")
    asked = json.dumps({"url": post.house.url, "key": key or post.key, "mail": mail}) + "\n"
    line = ["node", str(HERE / "mailer.js"), node_module(library)]
    ran = subprocess.run(line, input=asked, capture_output=True, text=True, timeout=60, check=True)
    return dict(json.loads(ran.stdout))


@pytest.mark.parametrize("library", NODE, ids=str)
def test_a_mail_from_node_is_taken_as_the_vendor_would(post: Post, library: Library) -> None:
    heard = ask(post, library, MAIL)
    assert (heard["status"], heard.get("body") or "") == (202, "")
    content = post.look(heard["id"]).content
    assert (content.to, content.body) == ((KAYLA, SCOTT), "It is ready.")
    assert dict(content.metadata) == {"order": "8812"}
    assert dict(content.fields)["attachments"].startswith("a.pdf")


@pytest.mark.parametrize("library", NODE, ids=str)
def test_errors_reach_a_program_of_node_as_the_vendors(post: Post, library: Library) -> None:
    bad = ask(post, library, MAIL | {"personalizations": [{"to": "kayla@nowhere"}]})
    assert (bad["status"], bad["errors"][0]["field"]) == (400, "personalizations.0.to.0.email")
    assert ask(post, library, MAIL, key="SG.other.key")["status"] == 401


def test_a_mail_from_django_is_taken_and_its_id_is_known(post: Post) -> None:
    pytest.importorskip("anymail", reason="django-anymail is not installed here")
    import django
    from django.conf import settings
    from django.core.mail import EmailMultiAlternatives, get_connection

    if not settings.configured:
        settings.configure(INSTALLED_APPS=["anymail"], DEFAULT_CHARSET="utf-8")
        django.setup()
    backend = "anymail.backends.sendgrid.EmailBackend"
    connection = get_connection(backend, api_key=post.key, api_url=f"{post.house.url}/v3/")
    mail = EmailMultiAlternatives("Your ring", "It is ready.", SHOP, [KAYLA, SCOTT], connection=connection)
    mail.attach_alternative("<p>It is ready.</p>", "text/html")
    mail.attach("a.pdf", b"%PDF", "application/pdf")
    mail.metadata = {"order": "8812"}
    mail.merge_data = {KAYLA: {"name": "Kayla"}, SCOTT: {"name": "Scott"}}
    assert mail.send() == 1
    with post.house.store.read() as tx:
        from sayso import store

        assert store.count_states(tx) == {"held": 2}
