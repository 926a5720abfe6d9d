"""The message itself, what is known about it, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sayso.message.people import Colleague, Contact, Json, Story
from sayso.message.states import State

ABOUT_PEOPLE = frozenset({
    "recipient_role", "embargo", "stale_relationship", "stale_occasion", "ex_partner", "deceased", "bereaved",
    "shared_endpoint", "stale_place", "open_complaint", "bad_news", "consent", "suppressed_person", "contact_cap",
    "first_contact", "rejected_twin", "wrong_salutation", "facts",
})  # fmt: skip
"""The checks that speak of people, whom another source may have told us about."""
TOLD: Mapping[str, str] = {
    "duplicate": "The same words were handed in for this recipient a short while ago.",
    "suppressed_address": "This recipient must not be written to.",
    "recipient_role": "This address is not known to be that of the person whose business this is.",
    **dict.fromkeys(ABOUT_PEOPLE - {"recipient_role"}, "Somebody at the shop is to look at this before it goes."),
}
"""What a CRM hears instead of a reason that speaks of what others told us."""
NO_STORY = Story()


@dataclass(frozen=True, slots=True)
class Content:
    """What would be sent: endpoints, words and the CRM's own request; stored sealed, hashed whole.

    `part` names what of the request is stored once beside it, for all of its messages: files, the body of a mail.
    """

    to: tuple[str, ...]
    sender: str | None
    body: str | None
    media: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    callback_url: str | None = None
    template: str | None = None
    seen: str | None = None
    subject_line: str | None = None
    html: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    part: str | None = None

    @property
    def words(self) -> str:
        """What the recipient would read: the body, or what the vendor's template says where we have seen it."""
        return self.body or self.seen or ""

    @property
    def size(self) -> int:
        """How many characters it has, whoever reads them."""
        return len(self.words) + len(self.html or "") + sum(len(value) for _, value in self.fields)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a door read from one request, valid by the vendor's rules and not yet stored; `door` is the vendor's own.

    `part` is what of the request its messages share, kept as it came; `batch` the CRM's own name for the run that the
    message belongs to, or the vendor's.
    """

    channel: str
    provider: str
    crm_id: str
    content: Content
    purpose: str | None = None
    subject: str | None = None
    person: str | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    door: str = ""
    part: bytes | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check saw: `verdict` is hold or stop, `reason` a sentence a shop assistant can act on."""

    check: str
    code: str
    reason: str
    verdict: str = "hold"
    subject: str = ""
    evidence: str = ""
    proposal: Mapping[str, Json] | None = None

    @property
    def told(self) -> str:
        """The reason as a CRM may read it: what others sent, or asked for, is not its business."""
        return TOLD.get(self.check, self.reason)

    @property
    def for_staff(self) -> bool:
        """Whether a CRM hears nothing of it at all: that it is there would tell what another source sent."""
        return (self.check, self.code) == ("duplicate", "elsewhere")

    @property
    def key(self) -> str:
        """The stable name by which a reviewer accepts this finding and the second screening compares it."""
        return f"{self.check}:{self.code}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a message is for: its lane (`at_once` or `sign_off`) and how long a hold stays worth sending.

    `valid_for` are seconds; `valid_until` says it in words that only the matter makes a moment, such as `subject_time`.
    """

    name: str
    lane: str
    sentence: str
    valid_for: int | None = None
    auto_clear: bool = False
    on_expiry: str = "drop"
    valid_until: str = ""
    principal_is: str = "customer"
    discloses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cell:
    """What the matrix says of a purpose for somebody in a role: allow, hold or stop, and why."""

    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a fact counts as true, in days, and how much is too much; `default.toml` has what is in force."""

    greeting_days: int = 730
    couple_days: int = 365
    hint_days: int = 180
    occasion_days: int = 400
    place_days: int = 365
    place_print_days: int = 95
    bereaved_days: int = 180
    deceased_match_days: int = 90
    surprise_days: int = 45
    surprise_margin_days: int = 3
    recent_days: int = 90
    twin_days: int = 14
    marketing_cap: int = 2
    contact_cap: int = 4
    cap_days: int = 7


@dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds that checks may read; `hash` names the policy a screening was made under."""

    purposes: Mapping[str, Purpose]
    quiet_hours: tuple[int, int] | None
    default_country: str
    default_zone: str
    duplicate_window: int
    hold_for: int
    hash: str = ""
    approvers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    two_people: frozenset[str] = frozenset()
    """The shops that have two approvers or more, named or only counted, by their id."""
    closed_regions: frozenset[str] = frozenset()
    matrix: Mapping[tuple[str, str], Cell] = field(default_factory=dict)
    shop_matrix: Mapping[tuple[str, str, str], Cell] = field(default_factory=dict)
    knows: Mapping[str, frozenset[str]] = field(default_factory=dict)
    limits: Limits = Limits()
    burst_brake: tuple[int, float] | None = None
    regions: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    print_cut_off: int | None = None
    """The minute of the shop's day at which printed pieces leave; None for none."""

    def cell(self, shop: str | None, purpose: str, role: str) -> Cell | None:
        """What the matrix says of a purpose for a role, in a shop that may have changed it; None for no such cell."""
        return self.shop_matrix.get((shop or "", purpose, role)) or self.matrix.get((purpose, role))

    def lane(self, purpose: str | None) -> str:
        """The lane of a purpose; one that is not known waits for sign-off."""
        known = self.purposes.get(purpose or "")
        return known.lane if known else "sign_off"

    def lets_approve(self, store: str | None, email: str) -> bool:
        """Whether a shop takes this person's yes; one that lists nobody takes everybody's."""
        listed = self.approvers.get(store or "")
        return listed is None or email.lower() in listed


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier message with the same words to the same endpoint; `own` where it is of the same source."""

    message_id: str
    state: str
    at: datetime
    own: bool = True


@dataclass(frozen=True, slots=True)
class OptOut:
    """That a person asked for no more: why we think so, when they last wrote a plain stop, and whether we confirmed."""

    reason: str
    stopped_at: datetime | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a check may know beside the message: the moment, the recipient's clocks, the policy, the record.

    `opted_out` are those who wrote to us that they want no more; `suppressed` those of whom somebody else says so.
    `colleagues` are known where the message is signed by somebody.
    `zones` are the clocks that quiet hours are judged by (none while they are off), `clocks` the same clocks always.
    """

    now: datetime
    policy: Policy
    zones: tuple[ZoneInfo, ...] = ()
    zones_from: str = ""
    suppressed: Mapping[str, str] = field(default_factory=dict)
    opted_out: Mapping[str, OptOut] = field(default_factory=dict)
    twins: tuple[Twin, ...] = ()
    given: Mapping[str, Json] = field(default_factory=dict)
    story: Story = NO_STORY
    contacts: tuple[Contact, ...] = ()
    burst: int = 0
    clocks: tuple[ZoneInfo, ...] = ()
    clocks_from: str = ""
    colleagues: tuple[Colleague, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One stored message, as a step of the walk reads it; times are aware datetimes.

    `door` is where it came in and whose words its CRM hears; `parent_id` the message or reply it was made from;
    `task` what a person is to do by phone (`phone`, or how the last call ended), `task_at` when to call again;
    `edited_by` the member of staff who wrote the words as they are now; `reading` how its last screening read it:
    purpose, subject, who the people are (`facts.reading` makes it); `account` is the vendor account that carries it,
    and `part` what its request's messages share, read only to send it.
    """

    id: str
    crm_id: str
    source_id: str
    channel: str
    provider: str
    state: State
    version: int
    content_hash: str
    content: Content
    created_at: datetime
    updated_at: datetime
    door: str = ""
    parent_id: str | None = None
    store: str | None = None
    stop_reason: str | None = None
    purpose: str | None = None
    subject: str | None = None
    person: str | None = None
    batch_id: str | None = None
    idempotency_key: str | None = None
    send_at: datetime | None = None
    due_at: datetime | None = None
    hold_expires_at: datetime | None = None
    delivery: str | None = None
    delivery_word: str | None = None
    error_code: str | None = None
    provider_id: str | None = None
    sent_at: datetime | None = None
    task: str | None = None
    task_at: datetime | None = None
    edited_by: str | None = None
    deleted_at: datetime | None = None
    edition: int = 1
    repeats: int = 0
    tries: int = 0
    findings: tuple[Finding, ...] = ()
    accepted: frozenset[str] = frozenset()
    reading: Mapping[str, Json] = field(default_factory=dict)
    account: str | None = None
    part: bytes | None = field(default=None, repr=False)

    @property
    def carrier(self) -> str:
        """The name of the vendor account that it goes by."""
        return self.account or self.provider
