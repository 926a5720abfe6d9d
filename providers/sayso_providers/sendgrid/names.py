"""The names of a mail-send request: one that SendGrid might read as its own, though it is written otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sayso.message import Json, Malformed
from sayso_providers.base.names import by_letters, meant

# https://github.com/twilio/sendgrid-oai, tsg_mail_v3 (read 2026-11-22)
KNOWN = by_letters(
    "asm attachments batch_id bcc bypass_bounce_management bypass_list_management bypass_spam_management "
    "bypass_unsubscribe_management categories cc click_tracking content content_id custom_args disposition "
    "dynamic_template_data email enable enable_text filename footer from ganalytics group_id groups_to_display headers "
    "html ip_pool_name mail_settings name open_tracking personalizations post_to_url reply_to reply_to_list "
    "sandbox_mode sections send_at spam_check subject subscription_tracking substitution_tag substitutions template_id "
    "text threshold to tracking_settings type utm_campaign utm_content utm_medium utm_source utm_term value".split()
)
FREE = frozenset({"headers", "substitutions", "custom_args", "dynamic_template_data", "sections"})
"""What holds names of the CRM's own."""


def check(body: Mapping[str, Json]) -> None:
    """Malformed 400 where SendGrid could read what nobody here has seen: `BCC` beside `bcc`."""
    todo: list[tuple[str, Json]] = [("", dict(body))]
    while todo:  # not by calling itself: the request says how deep it goes
        place, given = todo.pop()
        for name, inner in _inside(given):
            if isinstance(given, dict) and meant(name, KNOWN) != name:
                # as SendGrid words it: https://github.com/sendgrid/sendgrid-php/issues/559 (read 2026-11-22)
                raise Malformed(400, f"{place}{name}"[:200], f"Additional property {name[:60]} is not allowed.")
            if isinstance(inner, dict | list) and name not in FREE:
                todo.append((f"{place}{name}."[:200], inner))


def _inside(given: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(given, dict):
        yield from given.items()
    elif isinstance(given, list):
        yield from ((str(n), one) for n, one in enumerate(given))
