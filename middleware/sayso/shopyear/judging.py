"""What the screening made of a message of the year, against the truth about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sayso.message import Json, Message
from sayso.shopyear.shapes import Sent

SEES: Mapping[str, frozenset[str]] = {
    harm: frozenset(checks.split())
    for harm, checks in {
        "surprise": "embargo recipient_role", "ex_partner": "ex_partner recipient_role stale_relationship",
        "came_back": "returned_piece ex_partner stale_relationship", "deceased": "deceased bereaved",
        "bereaved": "bereaved deceased recipient_role", "opted_out": "suppressed_person suppressed_address consent",
        "no_consent": "consent", "wrong_person": "recipient_role first_contact wrong_salutation",
        "private": "recipient_role shared_endpoint", "complaint": "open_complaint",
        "bad_news": "bad_news recipient_role", "internal": "recipient_role",
        "dressed": "lane_guard mislabelled mixed_content consent recipient_role",
        "wrong_time": "lane_proof appointment_time",
    }.items()
}  # fmt: skip
"""The checks that speak of a harm; a finding of another one is luck."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One message of the year, and what became of it; `findings` are check, code and verdict."""

    sent: Sent
    state: str
    purpose: str
    subject: str
    role: str
    findings: tuple[tuple[str, str, str], ...]

    @property
    def counts(self) -> bool:
        """Whether there is a true subject and role to find."""
        return bool(self.sent.truth.roles)

    @property
    def subject_found(self) -> bool:
        """Whether the subject is the true one, or none where there is none."""
        return self.subject == self.sent.truth.subject

    @property
    def role_found(self) -> bool:
        """Whether the role is one that is right."""
        return self.role in self.sent.truth.roles

    @property
    def found(self) -> bool:
        """Whether nobody needs to say what this is about, and who its reader is to it."""
        return self.subject_found and self.role_found

    @property
    def stops(self) -> bool:
        """Whether anything says stop."""
        return any(verdict == "stop" for _, _, verdict in self.findings)

    @property
    def unseen(self) -> bool:
        """Whether it would do harm and nothing at all was found."""
        return bool(self.sent.truth.harm) and not self.findings

    @property
    def by_luck(self) -> bool:
        """Whether it would do harm, and what was found speaks of something else."""
        harm = self.sent.truth.harm
        return bool(harm and self.findings) and not SEES[harm] & {check for check, _, _ in self.findings}

    @property
    def line(self) -> str:
        """Two lines for whoever mends what was missed."""
        truth, body = self.sent.truth, self.sent.body
        said = " ".join(f"{name}={body[name]}" for name in ("purpose", "subject") if name in body) or "undeclared"
        found = f"{self.purpose or '?'} {self.subject or '-'} {self.role}"
        wanted = f"{truth.purpose} {truth.subject or '-'} {'|'.join(sorted(truth.roles))}"
        alarms = " ".join(":".join(finding) for finding in self.findings)
        text = body.get("body") or body.get("content")
        return f"[{self.sent.case}] ({said}) wanted {wanted}; found {found}; {self.state}; {alarms}\n      {text}"


def judge(sent: Sent, message: Message) -> Judged:
    """What the screening made of a message."""
    to = message.reading.get("to")
    first = to[0] if isinstance(to, list) and to else None
    role = first.get("role") if isinstance(first, dict) else None
    findings = tuple((one.check, one.code, one.verdict) for one in message.findings)
    purpose, subject = (_named(message.reading.get(name)) for name in ("purpose", "subject"))
    return Judged(sent, message.state.value, purpose, subject, str(role or ""), findings)


def _named(read: Json) -> str:
    return str(read.get("name") or "") if isinstance(read, dict) else ""
