"""What the settings and the folder say: addresses, keys, modes and everything that is meant for tests only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from sayso.building import SHORTEST_KEY
from sayso.doctor.patient import Check, Patient
from sayso.message import Account, Malformed, Request, SaysoError
from sayso.outbound import Http
from sayso.store.seal import Seal
from sayso_providers import DOORS, POSTBAGS, REGISTRY, Call

OWN = re.compile(r"localhost|.*\.localhost|127(\.\d+){3}|::1|0\.0\.0\.0")
OTHERS_MAY = 0o077
SHAPES = {
    "twilio": (re.compile(r"AC[0-9a-fA-F]{32}"), re.compile(r"[0-9a-fA-F]{32}"), "https://api.twilio.com"),
    "lob": (re.compile(""), re.compile(r"(test|live)_\w{20,}"), "https://api.lob.com"),
    "sendgrid": (re.compile(""), re.compile(r"SG\.[\w-]{16,32}\.[\w-]{32,64}"), "https://api.sendgrid.com"),
    "whatsapp": (re.compile(r"[0-9]{5,20}"), re.compile(r"EAA\w{20,}"), "https://graph.facebook.com"),
}
"""How a vendor's login and secret look, at the vendor's own address."""
NO_KEY_YET = f"There is none yet: `sayso run` makes one here, or set SAYSO_SECRET_KEY ({SHORTEST_KEY} characters)."


def mode(patient: Patient) -> Iterator[Check]:
    """Whether what is signed off leaves."""
    told = {
        "test": "Test mode: nothing leaves. Set SAYSO_MODE=enforce before customers are to hear of you.",
        "shadow": "Shadow mode: everything goes out at once; `sayso report` says what would have waited. "
        "Set SAYSO_MODE=enforce before nothing is to go out without somebody's say-so.",
    }
    yield Check("mode", True, told.get(patient.settings.mode, ""))


def secret_key(patient: Patient) -> Iterator[Check]:
    """The key that everything is sealed with."""
    file = patient.folder / "sayso.key"
    if patient.key is None:
        lost = patient.file is not None and patient.file.exists()
        mend = f"Put {file} back: without it this database cannot be read." if lost else NO_KEY_YET
        yield Check("secret_key", False, mend)
    elif len(patient.key) < SHORTEST_KEY:
        yield Check("secret_key", False, f"{file} holds no whole key: put back the one the database was sealed with.")
    elif patient.settings.secret_key is None and file.stat().st_mode & OTHERS_MAY:
        yield Check("secret_key", False, f"Others on this machine can read the key: chmod 600 {file}")
    else:
        yield Check("secret_key", True)


def public_url(patient: Patient) -> Iterator[Check]:
    """Where vendors and CRMs find us."""
    parts, name = urlsplit(patient.settings.public_url or ""), "public_url"
    if patient.testing:
        yield Check(name, True, "" if parts.hostname else "Not set; in test mode no vendor calls back.")
    elif not parts.hostname:
        yield Check(name, False, "Set SAYSO_PUBLIC_URL to the https address under which vendors reach sayso.")
    elif patient.accounts and OWN.fullmatch(parts.hostname):
        yield Check(name, False, "SAYSO_PUBLIC_URL is this machine's own name: no vendor can call back there.")
    elif parts.scheme != "https":
        yield Check(name, False, "Put TLS in front, and let SAYSO_PUBLIC_URL begin with https://.")
    elif patient.online:
        yield _answers(patient, name)
    else:
        yield Check(name, True)


def vendor_keys(patient: Patient) -> Iterator[Check]:
    """The accounts that messages leave by."""
    if patient.testing:
        yield Check("vendor_keys", True, "Not used in test mode.")
        return
    if not patient.accounts:
        yield Check(
            "vendor_keys",
            False,
            "Set a vendor's keys, such as SAYSO_TWILIO_ACCOUNT_SID and SAYSO_TWILIO_AUTH_TOKEN; all is held.",
        )
    for name, account in patient.accounts.items():
        if not _looks_right(account):
            yield Check(f"{name}_keys", False, "They do not look like this vendor's: copy them from its console again.")
        elif patient.online and account.provider in DOORS:
            yield _asked(patient, name)
        else:
            yield Check(f"{name}_keys", True)


def callbacks(patient: Patient) -> Iterator[Check]:
    """Whether what a vendor calls back can be verified."""
    good = patient.testing or bool(patient.accounts)
    yield Check("callbacks", good, "" if good else "Without a vendor's keys its callbacks are refused.")
    for name, account in patient.accounts.items():
        setting = REGISTRY[account.provider].SETTINGS.get("callback_keys")
        if setting and not account.callback_keys and not patient.testing:
            yield Check(f"{name}_callbacks", False, f"{setting} of {name} is not set: what it posts is refused.")


def for_tests_only(patient: Patient) -> Iterator[Check]:
    """What is for tests only: private hosts, and breaking on purpose."""
    hosts = ", ".join(sorted(patient.settings.allow_private_hosts))
    mend = f"CRMs may be called at private hosts ({hosts}): empty SAYSO_ALLOW_PRIVATE_HOSTS unless they are yours."
    yield Check("private_hosts", patient.testing or not hosts, mend if hosts else "")
    mend = "SAYSO_FAILPOINT breaks sayso on purpose: take it away." if patient.settings.failpoint else ""
    yield Check("failpoint", not mend, mend)


def night(patient: Patient) -> Iterator[Check]:
    """Whether somebody may be woken, and by whose clock."""
    off = patient.settings.quiet_minutes is None
    mend = 'Messages go at any hour: set SAYSO_QUIET_HOURS, "21:00-08:00" for one.' if off else ""
    yield Check("quiet_hours", patient.testing or not off, mend)
    zoned = off or patient.settings.policy.time_zone or any(one.time_zone for one in patient.settings.stores.values())
    remark = "No [stores.ID] or [policy] time_zone is set, so only the number says what time it is there."
    yield Check("time_zone", True, "" if zoned else remark)


def files(patient: Patient) -> Iterator[Check]:
    """Who on this machine can read the database's file."""
    file = patient.file
    if file and file.exists():
        open_to_all = file.stat().st_mode & 0o007 and file.absolute().parent.stat().st_mode & 0o001
        mend = f"Everybody on this machine can read the database: chmod 600 {file}" if open_to_all else ""
        yield Check("database_file", not mend, mend)


def handshakes(patient: Patient) -> Iterator[Check]:
    """What is to be entered at a vendor that wants to shake hands with the address it posts to."""
    for name in POSTBAGS:
        if patient.key and not patient.testing and any(one.provider == name for one in patient.accounts.values()):
            token, url = Seal(patient.key).hash("handshake", name), (patient.settings.public_url or "").rstrip("/")
            where = url if patient.prefix and url.endswith(patient.prefix) else url + patient.prefix
            yield Check(
                f"{name}_webhook", True, f"Enter at its console: {where}/callbacks/{name}, verify token {token}"
            )


LOOKS = (mode, secret_key, public_url, vendor_keys, callbacks, handshakes, for_tests_only, night, files)


def _looks_right(account: Account) -> bool:
    """Whether the keys look like those of their vendor, where we know how these look and it is the vendor's own."""
    user, secret, address = SHAPES.get(account.provider, (None, None, None))
    if user is None or secret is None or account.api_url != address:
        return True
    return bool(user.fullmatch(account.user) and secret.fullmatch(account.secret))


def _asked(patient: Patient, name: str) -> Check:
    """Whether the vendor knows our keys."""
    http = Http(timeout=patient.settings.vendor_timeout, private_hosts=patient.settings.allow_private_hosts)
    asked, account = Request("GET", "", "", {}, b""), patient.accounts[name]
    try:
        DOORS[account.provider].forward(Call("forward", account.user), asked, account, http)
    except Malformed as error:
        return Check(f"{name}_keys", False, f"The vendor was asked and did not say yes to these keys: {error}")
    return Check(f"{name}_keys", True)


def _answers(patient: Patient, name: str) -> Check:
    """Whether we are found at our own public address."""
    base = (patient.settings.public_url or "").rstrip("/")
    url = base if patient.prefix and base.endswith(patient.prefix) else base + patient.prefix
    try:
        status = Http(timeout=5.0).request("GET", f"{url}/healthz").status
    except SaysoError as error:
        return Check(name, False, f"Nobody answers there: {error}")
    return Check(name, status == 200, "" if status == 200 else f"{url}/healthz answers {status}: check the proxy.")
