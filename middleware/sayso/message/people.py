"""What is known about people: one fact as it was handed in, a person, and the story of a message about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

LISTS = (
    *("people", "relationships", "purchases", "wishlists", "appointments", "repairs", "occasions", "consents"),
    *("complaints", "embargoes", "suppressions", "staff"),
)
"""The lists that facts are handed in by, in the order in which they are taken."""
KINDS: dict[str, str] = {
    "purchase": "purchases", "order": "purchases", "wishlist": "wishlists", "repair": "repairs",
    "appointment": "appointments", "occasion": "occasions", "complaint": "complaints", "person": "people",
}  # fmt: skip
"""The kinds that a subject may have (`kind/id`), and the list whose items they name."""
COUPLE = frozenset({"partner", "engaged", "spouse"})
KIN = frozenset({"parent", "child", "sibling", "household"})
ENDED_STATES = frozenset({"returned", "refunded", "exchanged", "traded_in"})


@dataclass(frozen=True, slots=True)
class Known:
    """One value of a fact: since when it is known to be true (None: undated), who says so, and when we heard.

    `by` is the item's own `source` ("till 3"), else the name of the CRM, else the e-mail of who confirmed it on the
    desk, which `desk` says.
    """

    value: Json
    at: datetime | None
    by: str
    desk: bool
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One item of one list, merged field by field; `refs` are the keys of the facts that a field names by their ids.

    `key` is the same for the same source, list and id; the key of a fact in `people` is that person's key.
    `endpoints` are what it can be found by: numbers in E.164, e-mail addresses in small letters, postal addresses as
    `endpoints.place_key` spells them.
    """

    key: str
    list: str
    id: str
    source: str
    values: Mapping[str, Known]
    refs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    endpoints: tuple[str, ...] = ()

    def get(self, name: str) -> Json:
        """The value of a field; None where nothing is known."""
        known = self.values.get(name)
        return known.value if known else None

    def text(self, name: str) -> str:
        """A field that is a text; empty where it is none."""
        value = self.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a field that is a list."""
        value = self.get(name)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def moment(self, name: str) -> datetime | None:
        """A field that is a moment; a day counts from its midnight in UTC."""
        try:
            found = datetime.fromisoformat(self.text(name))
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def people(self, name: str) -> tuple[str, ...]:
        """The keys of the people (or the matter) that a field names."""
        return self.refs.get(name, ())

    @property
    def confirmed_at(self) -> datetime | None:
        """When somebody last knew it to be true; None where nobody ever said."""
        dates = [known.at for known in self.values.values() if known.at]
        return max(dates, default=None)

    @property
    def said_by(self) -> str:
        """Who said the newest part of it."""
        newest = max(self.values.values(), key=lambda known: known.heard_at, default=None)
        return newest.by if newest else self.source


@dataclass(frozen=True, slots=True)
class Person:
    """One person, who may be known to several sources: `keys` are all their keys, `facts` what each says of them.

    `endpoints` are numbers in E.164, e-mail addresses in small letters and postal addresses as `place_key` spells them.
    """

    key: str
    name: str
    keys: frozenset[str]
    facts: tuple[Fact, ...]
    endpoints: frozenset[str]
    because: str = ""

    def known(self, name: str) -> Known | None:
        """The best that is known of a field: confirmed on the desk, else the newest, else what was heard last."""
        found = [fact.values[name] for fact in self.facts if name in fact.values]
        return max(found, key=_worth, default=None)

    def get(self, name: str) -> Json:
        """The value of that field; None where nothing is known."""
        known = self.known(name)
        return known.value if known else None

    def moment(self, name: str) -> datetime | None:
        """A field that is a moment, from whoever knows it best."""
        found = [fact for fact in self.facts if name in fact.values]
        return max(found, key=lambda fact: _worth(fact.values[name])).moment(name) if found else None


def _worth(known: Known) -> tuple[bool, bool, datetime, datetime]:
    return (known.value is not None, known.at is not None, known.at or known.heard_at, known.heard_at)


@dataclass(frozen=True, slots=True)
class Role:
    """Who somebody is to this matter: a role of roles.csv, and how we know as a sentence with source and age."""

    name: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Behind:
    """One person behind an address (None: nobody known), in every role that applies, the one that counts first."""

    person: Person | None
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of a message and everybody behind it; `crowded` when more stand behind it than we look at."""

    address: str
    behind: tuple[Behind, ...]
    crowded: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """The purpose or the subject of a message: its name, whether we inferred it, and how as a sentence.

    `sure` is False where nothing in the message itself points there, and it is only the likeliest.
    """

    name: str
    inferred: bool
    how: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Embargo:
    """A surprise: what it is about, from whom it is hidden and until when (None: until somebody says so).

    `subject` is `kind/id`; `owners` are the keys of those whose secret it is; `asks` when its day is over but only a
    person may end it; `inferred` when no till and no clerk said so.
    """

    subject: str
    items: frozenset[str]
    hidden_from: frozenset[str]
    owners: frozenset[str]
    until: datetime | None
    reason: str
    set_by: str
    bridal: bool = False
    asks: bool = False
    inferred: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """An earlier message to these addresses, or to others of the people behind them: when, what for, what became of it.

    `stop_reason` has behind a colon why somebody rejected it; `channel` is how it was to go.
    """

    message_id: str
    at: datetime
    purpose: str
    state: str
    stop_reason: str
    subject: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Who everybody is to a message: what it is for, what it is about, whose business that is, what it would tell.

    `told` is False while nobody has handed in a single person: then nothing is said about roles. `own` says that all
    of it was told by the message's own source (or its host), which may therefore hear of it. `people` has
    everybody who was looked at by every key of theirs, `facts` all that touches them; `subject_fact` is the fact of
    the subject, `principals` the keys of those whose business it is, `tells` what its words and purpose disclose.
    """

    told: bool = False
    own: bool = True
    purpose: Named | None = None
    subject: Named | None = None
    subject_fact: Fact | None = None
    principals: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    recipients: tuple[Recipient, ...] = ()
    embargoes: tuple[Embargo, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    tells: frozenset[str] = frozenset()

    def of(self, kind: str, *keys: str) -> tuple[Fact, ...]:
        """The facts of one list, or those of them that touch one of these people."""
        wanted = frozenset(keys)
        found = (fact for fact in self.facts if fact.list == kind)
        return tuple(
            fact for fact in found if not wanted or wanted & {key for refs in fact.refs.values() for key in refs}
        )

    @property
    def behind(self) -> tuple[Behind, ...]:
        """Everybody behind every address."""
        return tuple(one for recipient in self.recipients for one in recipient.behind)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here, or did: by what name a card may be signed, and the fact that says so, if it is one."""

    name: str
    is_here: bool
    fact: Fact | None = None
