"""One Chromium for the browser tests; without it they are skipped, and say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from sayso import access, store
from tests.conftest import House

CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "four words do well"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser."""
    if not CHROMIUM.exists():
        pytest.skip("no browser: apt-get install chromium, then these tests run")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=flags)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A person at a browser of their own, and all that the browser complained of or asked for."""

    house: House
    context: BrowserContext
    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of the desk."""
        self.page.goto(f"{self.house.url}/desk{path}")
        return self.page

    def card(self, message_id: str) -> Page:
        """Open a card."""
        return self.go(f"/messages/{message_id}")

    def enter(self, email: str = "ana@example.com", role: str = "reviewer") -> Page:
        """Follow an invite and choose a password, as a person does."""
        token = self.house.store.write(lambda tx: access.invite(tx, store.add_staff(tx, email, role).id))
        self.go(f"/invite/{token}")
        self.page.get_by_label("Choose a password").fill(PASSWORD)
        self.page.get_by_role("button", name="Start").click()
        return self.page


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """People at browsers: scripts are off unless asked for, so that nothing depends on them."""
    contexts: list[BrowserContext] = []

    def open_browser(house: House, *, scripts: bool = False, width: int = 360, height: int = 740) -> Visitor:
        context = chromium.new_context(java_script_enabled=scripts, viewport={"width": width, "height": height})
        context.set_default_timeout(15_000)
        contexts.append(context)
        visitor = Visitor(house, context, context.new_page())
        visitor.page.on("console", lambda message: visitor.said.append(message.text))
        visitor.page.on("pageerror", lambda error: visitor.said.append(f"script: {error}"))
        visitor.page.on("request", lambda request: visitor.asked.append(request.url))
        return visitor

    yield open_browser
    for context in contexts:
        context.close()
