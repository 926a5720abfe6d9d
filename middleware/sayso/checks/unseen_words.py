"""Do we know what would be read, or do the words lie at the vendor under a template's number?"""

from __future__ import annotations

from sayso.message import VENDOR_NAMES, Facts, Finding, Message


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold when nobody has seen the words of a template, or when other words came with it."""
    content = message.content
    if not content.template:
        return ()
    kind = {"email": "e-mail", "letter": "letter", "postcard": "card", "self_mailer": "card"}.get(
        message.channel, "text"
    )
    if in_file(content.template):
        reason = f"Some of the words of this {kind} are in a file, or behind a link: look at it as it will be printed."
        return (Finding("unseen_words", "in_file", reason, "hold", content.template, f"kept in {content.template}"),)
    vendor, own = VENDOR_NAMES[message.provider], (content.body or "").strip()
    code, evidence = "unseen", f"template {content.template}"
    reason = f"The words of this {kind} are kept at {vendor} and we have not seen them."
    if content.seen is not None:
        if own in ("", content.seen.strip()):
            return ()
        code, evidence = "two_texts", f"kept at {vendor}: {content.seen}"[:300]
        reason = f"This {kind} has words of its own and others kept at {vendor}; only one will go."
    return (Finding("unseen_words", code, reason, "hold", content.template, evidence),)


def in_file(template: str) -> bool:
    """Whether what it names is no template but a file or a link, so that nobody can read the words for us."""
    return any(one.startswith("file:") or "://" in one for one in template.split())
