"""What a person does on a card to choose another way than yes or no."""

from __future__ import annotations

from playwright.sync_api import Page

from sayso import store
from sayso.message import Message
from tests.conftest import House

SHOP, BUYER, OTHER = "+12125550100", "+12125550177", "+12125550178"


def held(house: House, body: str = "Your ring is ready.", to: str = BUYER, purpose: str = "") -> str:
    """The id of a message that waits."""
    client = house.client(path=f"/for/{purpose}" if purpose else "")
    return str(house.message(client.messages.create(to=to, from_=SHOP, body=body).sid)["id"])


def look(house: House, message_id: str) -> Message:
    """A message as it is stored."""
    with house.store.read() as tx:
        found = store.get(tx, message_id)
    assert found
    return found


def open_way(page: Page, name: str) -> Page:
    """Open a way's form, behind More or beside it."""
    summary = page.locator("summary").get_by_text(name, exact=True)
    if not summary.is_visible():
        page.locator("summary").get_by_text("More", exact=True).click()
    summary.click()
    return page


def press(page: Page, button: str) -> Page:
    """Press a button."""
    page.get_by_role("button", name=button, exact=True).click()
    return page


def reword(page: Page, words: str) -> Page:
    """Write other words and keep them."""
    open_way(page, "Change the words").get_by_label("The words").fill(words)
    return press(page, "Keep these words")
