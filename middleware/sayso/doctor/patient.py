"""What the doctor looks at: the settings, the folder, and the database where there is one; nothing is made here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sayso import logs
from sayso.accounts import vendor_accounts
from sayso.building import known_key
from sayso.message import Account
from sayso.store import Clock, Store
from sayso.watch import Lookout
from sayso_config import Settings

PATIENCE = 5.0
NO_KEY = "-" * 32


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `mend` is what to do, or a remark where nothing must be done."""

    check: str
    ok: bool
    mend: str = ""


@dataclass(slots=True)
class Patient:
    """An app's settings and places, and its database as far as it can be read."""

    settings: Settings
    folder: Path
    prefix: str
    clock: Clock
    hosted: bool
    online: bool
    store: Store | None = field(default=None, init=False)
    current: bool = field(default=False, init=False)

    @property
    def testing(self) -> bool:
        """Whether nothing leaves, so that nothing can go wrong with vendors."""
        return self.settings.mode == "test"

    @property
    def url(self) -> str:
        """The database's URL, as `sayso run` would have it."""
        return self.settings.database_url or f"sqlite:///{self.folder / 'sayso.db'}"

    @property
    def file(self) -> Path | None:
        """Where the database lies, if it is one file."""
        return Path(self.url.partition(":///")[2].partition("?")[0]) if self.url.startswith("sqlite") else None

    @property
    def key(self) -> str | None:
        """The secret key, if there is one already."""
        return known_key(self.settings, self.folder)

    @property
    def accounts(self) -> dict[str, Account]:
        """The vendor accounts whose keys are set."""
        return vendor_accounts(self.settings)

    def reach(self) -> str:
        """Why the database cannot be reached within a few seconds; empty when it can, and `store` is there then."""
        if self.file and not self.file.exists():
            return "There is none yet: start `sayso run` here, or run this in the folder where it runs."
        here, reasons = Store(self.url, self.key or NO_KEY, self.clock), []

        def look() -> bool:
            try:
                with here.engine.connect():
                    return True
            except Exception as error:  # noqa: BLE001  # whatever it is, it is told
                reasons.append(in_words(error))
                return False

        if Lookout(PATIENCE).is_ready(look):
            self.store = here
            return ""
        here.close()
        why = reasons[0] if reasons else f"it did not answer within {PATIENCE:.0f} seconds"
        return f"Start the database, or mend SAYSO_DATABASE_URL: {why}."

    def leave(self) -> None:
        """Give the database's connections back."""
        if self.store:
            self.store.close()


def in_words(error: BaseException) -> str:
    """An error on one line, without a key or a number in it."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return logs.hide(f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__)
