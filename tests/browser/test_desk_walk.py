"""The desk as a person uses it: a real browser, mostly a phone, with scripts off."""

from __future__ import annotations

import itertools

import pytest
import requests
from playwright.sync_api import Page, expect

from sayso import access, store
from tests.browser.conftest import PASSWORD, Visit
from tests.conftest import House, MakeHouse
from tests.vendors import wait_for

SHOP, BUYER = "+12125550100", "+12125550177"


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which a decision can be taken back for a minute."""
    return make_house(undo_seconds=60)


def held(house: House, body: str = "Your ring is ready.", to: str = BUYER) -> str:
    """The id of a message that waits."""
    return str(house.message(house.client().messages.create(to=to, from_=SHOP, body=body).sid)["id"])


def state(house: House, message_id: str) -> object:
    """Where a message is."""
    return house.message(message_id)["state"]


def reject(page: Page, note: str, reason: str = "Wrong person") -> None:
    """Say no, and why."""
    page.locator("summary", has_text="Do not send").click()
    page.get_by_label(reason).check()
    page.get_by_label("A note for colleagues").fill(note)
    page.get_by_role("button", name="Confirm: do not send").click()


def test_from_an_invite_to_a_yes_without_any_script(make_house: MakeHouse, visit: Visit) -> None:
    house = make_house()
    message_id, ana = held(house), visit(house)
    page = ana.enter()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 waiting")
    page.get_by_role("link", name="We found nothing amiss").click()
    expect(page.locator(".bubble")).to_have_text("Your ring is ready.")
    page.get_by_role("button", name="Send it", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing waits")
    wait_for(lambda: state(house, message_id) == "sent")
    assert [message["Body"] for message in house.twilio.messages] == ["Your ring is ready."]


def test_a_no_keeps_its_reason_and_its_note(house: House, visit: Visit) -> None:
    message_id, ana = held(house), visit(house)
    ana.enter()
    reject(ana.card(message_id), "Kayla must not know yet.")
    expect(ana.page.get_by_role("status")).to_contain_text("It will not go out.")
    assert state(house, message_id) == "stopped"
    expect(ana.card(message_id).locator(".happened")).to_contain_text("You said no: wrong person. “Kayla must not know")


def test_the_second_reviewer_is_told_who_was_first_and_keeps_the_note(house: House, visit: Visit) -> None:
    message_id, ana, ben = held(house), visit(house), visit(house)
    ana.enter()
    ben.enter("ben@example.com")
    ana.card(message_id)
    ben.card(message_id)
    ana.page.get_by_role("button", name="Send it", exact=True).click()
    reject(ben.page, "She is away this week.")
    alert = ben.page.get_by_role("alert")
    expect(alert).to_contain_text("It changed while you were looking")
    expect(alert).to_contain_text("ana@example.com said yes.")
    expect(alert).to_contain_text("She is away this week.")
    assert state(house, message_id) == "cleared"


def test_a_note_stands_in_the_form_again_when_the_message_still_waits(house: House, visit: Visit) -> None:
    message_id, ana, ben = held(house), visit(house), visit(house)
    ana.enter()
    ben.enter("ben@example.com")
    ben.card(message_id)
    ana.card(message_id).get_by_role("button", name="Send it", exact=True).click()
    ana.page.get_by_role("button", name="Take it back").click()
    reject(ben.page, "She is away this week.", "Wrong time")
    expect(ben.page.get_by_label("A note for colleagues")).to_have_value("She is away this week.")
    expect(ben.page.get_by_label("Wrong time")).to_be_checked()
    ben.page.get_by_role("button", name="Confirm: do not send").click()
    wait_for(lambda: state(house, message_id) == "stopped")


@pytest.mark.parametrize("said", ["yes", "no"])
def test_a_decision_is_taken_back_from_the_toast(house: House, visit: Visit, said: str) -> None:
    message_id, ana = held(house), visit(house)
    ana.enter()
    page = ana.card(message_id)
    if said == "yes":
        page.get_by_role("button", name="Send it", exact=True).click()
    else:
        reject(page, "")
    page.get_by_role("status").get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status")).to_have_text("It waits again.")
    assert state(house, message_id) == "held"
    assert house.vendor.posts() == []


def test_taking_back_too_late_is_said_kindly(house: House, visit: Visit) -> None:
    message_id, ana = held(house), visit(house)
    ana.enter()
    ana.card(message_id).get_by_role("button", name="Send it", exact=True).click()
    house.clock.forward(minutes=2)
    house.runtime.dispatch_bell.ring()
    wait_for(lambda: state(house, message_id) == "sent")
    ana.page.get_by_role("button", name="Take it back").click()
    expect(ana.page.get_by_role("alert")).to_contain_text("Your choice was not carried out.")


def test_what_nobody_knows_can_be_said_to_have_arrived(house: House, visit: Visit) -> None:
    house.twilio.lose_answers = True
    message_id, ana = held(house), visit(house)
    ana.enter()
    ana.card(message_id).get_by_role("button", name="Send it", exact=True).click()
    house.clock.forward(minutes=2)
    house.runtime.dispatch_bell.ring()
    wait_for(lambda: state(house, message_id) == "unconfirmed")
    page = ana.card(message_id)
    expect(page.get_by_role("heading", level=1)).to_have_text("We do not know whether this went out.")
    expect(page.get_by_role("button", name="Send again")).to_be_visible()
    page.get_by_role("button", name="It arrived").click()
    wait_for(lambda: state(house, message_id) == "sent")


def test_signing_out_makes_the_old_cookie_worthless(house: House, visit: Visit) -> None:
    ana = visit(house)
    page = ana.enter()
    cookie = {c["name"]: c["value"] for c in ana.context.cookies()}
    assert requests.get(f"{house.url}/desk", cookies=cookie, timeout=10, allow_redirects=False).status_code == 200
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert ana.context.cookies() == []
    assert requests.get(f"{house.url}/desk", cookies=cookie, timeout=10, allow_redirects=False).status_code == 303


def test_signing_in_again_leads_back_to_the_card(house: House, visit: Visit) -> None:
    message_id, ana = held(house), visit(house)
    ana.enter()
    ana.page.get_by_role("button", name="Sign out").click()
    page = ana.card(message_id)
    page.get_by_label("E-mail").fill("ana@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".bubble")).to_have_text("Your ring is ready.")


@pytest.mark.parametrize("width", [320, 360])
def test_a_phone_shows_the_whole_width_and_the_decision_at_thumb_height(house: House, visit: Visit, width: int) -> None:
    message_id = held(house, "https://example.com/" + "verylongword" * 40 + " Hi {{first_name}}")
    ana = visit(house, scripts=True, width=width)
    ana.enter()
    for path in ("", "/history", f"/messages/{message_id}", "/nowhere"):
        page = ana.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page = ana.card(message_id)
    boxes = [
        box for part in page.locator(".bar summary:visible, .bar button:visible").all() if (box := part.bounding_box())
    ]
    assert len(boxes) == 4
    for box in boxes:
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert box["y"] > 740 / 2
        assert box["y"] + box["height"] <= 740
    for one, other in itertools.combinations(boxes, 2):
        beside = other["x"] - one["x"] - one["width"] >= 8 or one["x"] - other["x"] - other["width"] >= 8
        assert beside or abs(other["y"] - one["y"]) >= one["height"] + 8
    for small in page.locator("button:visible, nav a:visible, summary:visible, fieldset label:visible").all():
        box = small.bounding_box()
        assert box
        assert box["height"] >= 44, small.inner_text()


def test_the_focus_is_never_behind_the_decision_bar(house: House, visit: Visit) -> None:
    """The last control before the bar is focused while it lies behind the bar: the page moves it up."""
    message_id, ana = held(house, "Hi {{first_name}}. " * 30), visit(house, scripts=True)
    ana.enter()
    page = ana.card(message_id)
    page.evaluate(
        "() => { const last = document.querySelector('.raw summary').getBoundingClientRect();"
        " document.querySelector('header button').focus({preventScroll: true});"
        " scrollTo(0, last.bottom + scrollY - innerHeight) }"
    )
    page.keyboard.press("Tab")
    focused, bar = page.locator(".raw summary:focus").bounding_box(), page.locator(".bar").bounding_box()
    assert focused
    assert bar
    assert focused["y"] + focused["height"] <= bar["y"]


def test_somebody_with_a_keyboard_alone_says_yes(house: House, visit: Visit) -> None:
    message_id, ana = held(house), visit(house)
    page = ana.enter()
    _tab_to(page, "We found nothing amiss")
    page.keyboard.press("Enter")
    page.wait_for_url("**/messages/*")
    _tab_to(page, "Send it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It may go")
    assert state(house, message_id) == "cleared"


def _tab_to(page: Page, name: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and focused.inner_text().startswith(name):
            return
    raise AssertionError(f"no way to {name} with the Tab key")


def test_every_control_has_a_name_that_says_what_it_does(house: House, visit: Visit) -> None:
    message_id, ana = held(house), visit(house)
    ana.enter()
    tree = ana.card(message_id).locator("body").aria_snapshot()
    for control in ('button "Sign out"', 'button "Send it"', 'link "History"', 'region "Decide"', "Do not send"):
        assert control in tree
    ana.page.locator("summary", has_text="Do not send").click()
    tree = ana.page.locator("body").aria_snapshot()
    for control in ('group "Why not?"', 'radio "Wrong person"', 'textbox "A note for colleagues"', "Confirm: do not"):
        assert control in tree
    assert ana.page.title().endswith("– sayso")  # noqa: RUF001  # the dash of the title
    assert ana.page.locator("h1").count() == 1


def test_no_page_makes_the_browser_complain_or_call_elsewhere(house: House, visit: Visit) -> None:
    message_id = held(house, "Hi {{first_name}}, see https://example.com/ring.jpg")
    ana = visit(house, scripts=True, width=1280)
    ana.enter()
    for path in ("", "/history", f"/messages/{message_id}", "/sign-in"):
        ana.go(path)
    ana.card(message_id).locator(".bar > form button").click()
    ana.page.get_by_role("button", name="Take it back").click()
    assert ana.said == []
    assert {url for url in ana.asked if not url.startswith((f"{house.url}/desk", "data:,"))} == set()


def test_right_to_left_words_are_set_from_the_right_and_hidden_letters_are_seen(house: House, visit: Visit) -> None:
    ana = visit(house)
    ana.enter()
    page = ana.card(held(house, "שלום רבקה, הטבעת מוכנה \u202eabc"))
    assert page.locator(".bubble").get_attribute("dir") == "auto"
    expect(page.locator("mark.hidden")).to_contain_text("U+202E")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_words_stands_out_from_its_ground(house: House, visit: Visit, scheme: str) -> None:
    """WCAG 1.4.3: 4.5 to 1 for every text on the card, the list and the door."""
    message_id, ana = held(house, "Hi {{first_name}}\u200b"), visit(house, scripts=True)
    ana.enter()
    ana.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a parametrized literal
    house.store.write(lambda tx: store.add_stop(tx, "Prices are wrong.", "operator"))
    for path in ("", "/history", f"/messages/{message_id}", "/sign-in"):
        assert ana.go(path).evaluate(PALE) == []


PALE = """() => {
  const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = (c) => { const [r, g, b] = c.map(v => v / 255)
      .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c.slice(0, 3) } return [255, 255, 255] };
  const pale = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
    const a = light(rgb(getComputedStyle(e).color).slice(0, 3)), b = light(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) pale.push([e.tagName, e.className, e.textContent.slice(0, 30), ratio.toFixed(2)]);
  }
  return pale }"""


def test_the_first_person_of_all_is_asked_for_an_e_mail(make_house: MakeHouse, visit: Visit) -> None:
    house = make_house()
    token = house.store.write(lambda tx: access.invite(tx, None))
    page = visit(house).go(f"/invite/{token}")
    page.get_by_label("Your e-mail").fill("owner@example.com")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing waits")
