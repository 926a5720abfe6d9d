"""Is it bad news for the right person? Then a voice is kinder than a text."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.checks import who
from sayso.message import Facts, Finding, Message

CHECK = "bad_news"
NEWS: Mapping[str, str] = {
    "repair_problem": "This is bad news about {name}\u2019s piece; a phone call is kinder.",
    "complaint_followup": "{name} complained; a phone call is kinder, and somebody should put their name to it.",
}


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold that proposes to phone, where the reader is the one whose business it is; the others are not ours."""
    sentence = NEWS.get(message.purpose or "")
    if not sentence or not facts.story.told:
        return ()
    mine = who.once(one.person for one in facts.story.behind if one.person and who.has_role(one, "principal"))
    if not mine:
        return ()
    reason = who.as_sentence(sentence.format(name=who.together(mine)))
    proof = "; ".join(role.evidence for one in facts.story.behind for role in one.roles if role.name == "principal")
    return (Finding(CHECK, message.purpose or "", reason, "hold", "", proof, {"kind": "phone"}),)
