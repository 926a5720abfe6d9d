"""Do we have the words at all, or do they lie at the vendor under a template's number?"""

from __future__ import annotations

from sayso.message import Facts, Finding, Message


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold when the message names a template of the vendor and brings no words of its own."""
    content = message.content
    if not content.template or (content.body or "").strip():
        return ()
    kind = {"email": "e-mail", "letter": "letter", "postcard": "card", "self_mailer": "card"}.get(
        message.channel, "text"
    )
    reason = f"The words of this {kind} are kept at {message.provider.capitalize()} and we have not seen them."
    return (Finding("unseen_words", "unseen", reason, "hold", content.template, f"template {content.template}"),)
