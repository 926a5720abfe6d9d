"""Later, by phone, to somebody else, no more of it: each way as a person goes it on a phone with scripts off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from sayso import store
from tests.browser.conftest import Visit
from tests.browser.ways import BUYER, OTHER, SHOP, held, look, open_way, press
from tests.conftest import House, MakeHouse
from tests.vendors import wait_for


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which a decision can be taken back for a minute."""
    return make_house(undo_seconds=60)


def delay(page: Page) -> Page:
    """Put it off by two hours."""
    open_way(page, "Send it later").get_by_label("In two hours").check()
    return press(page, "Send it then")


def phone(page: Page) -> Page:
    """Choose to phone."""
    return press(open_way(page, "Phone instead"), "I phone instead")


def redirect(page: Page, to: str = OTHER) -> Page:
    """Make a new message to another number."""
    open_way(page, "Send it to somebody else").get_by_label("To which number?").fill(to)
    return press(page, "Make the new message")


def suppress(page: Page) -> Page:
    """Stop everything to this number."""
    open_way(page, "No more of these").get_by_label("Nothing at all to this number").check()
    return press(page, "Stop it")


def test_a_message_that_is_put_off_goes_out_then_and_not_before(house: House, visit: Visit) -> None:
    message_id, ana = held(house), visit(house)
    ana.enter()
    page = delay(ana.card(message_id))
    expect(page.get_by_role("status")).to_contain_text("It may go, and leaves ")
    due_at = look(house, message_id).due_at
    assert due_at
    assert timedelta(minutes=118) < due_at - house.clock() <= timedelta(minutes=120)
    house.clock.forward(hours=2)
    house.runtime.dispatch_bell.ring()
    wait_for(lambda: look(house, message_id).state == "sent")


def test_at_night_the_first_choice_is_when_it_is_allowed_there_again(make_house: MakeHouse, visit: Visit) -> None:
    house = make_house(quiet_hours="00:00-23:59")
    message_id, ana = held(house), visit(house)
    ana.enter()
    page = open_way(ana.card(message_id), "Send it later")
    expect(page.get_by_label("When it is allowed there again (")).to_be_checked()
    press(page, "Send it then")
    due_at = look(house, message_id).due_at
    assert due_at
    assert due_at.second == due_at.microsecond == 0


def test_who_is_to_be_phoned_is_on_a_page_until_the_call_is_settled(house: House, visit: Visit) -> None:
    message_id, ana = held(house), visit(house)
    ana.enter()
    page = open_way(ana.card(message_id), "Phone instead")
    expect(page.get_by_role("link", name=BUYER)).to_have_attribute("href", f"tel:{BUYER}")
    expect(page.locator(".steps li")).to_have_count(4)
    press(page, "I phone instead")
    expect(page.get_by_role("link", name="To phone 1")).to_have_attribute("aria-current", "page")
    expect(page.locator(".calls > li")).to_contain_text("Nobody has phoned yet")
    page.locator("summary", has_text="How did the call go?").click()
    page.get_by_label("Call back later").check()
    page.get_by_label("Day and hour").fill(f"{house.clock() + timedelta(days=1):%Y-%m-%dT10:30}")
    page.get_by_label("A note for colleagues").fill("She was driving.")
    press(page, "Keep this")
    expect(page.get_by_role("status")).to_contain_text("Noted. Call back ")
    expect(page.locator(".calls > li")).to_contain_text("10:30")
    expect(page.locator(".calls > li")).to_contain_text("She was driving.")
    page.locator("summary", has_text="How did the call go?").click()
    page.get_by_label("We spoke").check()
    press(page, "Keep this")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody to phone")
    happened = ana.card(message_id).locator(".happened")
    for said in ("You chose to phone instead.", "You agreed to call back at ", "You reached this person by phone."):
        expect(happened).to_contain_text(said)
    assert house.vendor.posts() == []


def test_somebody_else_gets_a_message_of_their_own_that_waits_for_a_yes(house: House, visit: Visit) -> None:
    message_id, boss = held(house), visit(house)
    boss.enter("boss@example.com", "manager")
    page = redirect(boss.card(message_id))
    expect(page.get_by_role("status")).to_contain_text("A new message waits for your yes.")
    expect(page.locator(".to")).to_have_text(OTHER)
    assert message_id not in page.url
    page.get_by_role("link", name="the first message").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A new message to somebody else took its place.")
    page.get_by_role("link", name="The new message").click()
    press(page, "Send it")
    house.clock.forward(minutes=2)
    house.runtime.dispatch_bell.ring()
    wait_for(lambda: [sent["To"] for sent in house.twilio.messages] == [OTHER])
    assert look(house, message_id).stop_reason == "redirected"


def test_no_more_of_a_kind_stops_the_next_of_that_kind_alone(house: House, visit: Visit) -> None:
    message_id, ana = held(house, purpose="marketing"), visit(house)
    ana.enter()
    page = open_way(ana.card(message_id), "No more of these")
    page.get_by_label("No more of this kind (marketing) to this number").check()
    press(page, "Stop it")
    expect(page.get_by_role("status")).to_contain_text("no more of these go there")
    assert look(house, message_id).stop_reason == "suppressed"
    with house.store.read() as tx:
        assert store.suppressed(tx, (BUYER,), "marketing")
        assert not store.suppressed(tx, (BUYER,), "order_update")


@pytest.mark.parametrize("way", [delay, phone, redirect, suppress], ids=lambda way: way.__name__)
def test_every_way_is_taken_back_from_the_toast(house: House, visit: Visit, way: Callable[[Page], Page]) -> None:
    message_id, boss = held(house), visit(house)
    boss.enter("boss@example.com", "manager")
    page = way(boss.card(message_id))
    assert look(house, message_id).state != "held"
    press(page, "Take it back")
    expect(page.get_by_role("status")).to_have_text("It waits again.")
    after = look(house, message_id)
    assert (after.state, after.task) == ("held", None)
    with house.store.read() as tx:
        assert not store.suppressed(tx, (BUYER,), None)
    assert house.vendor.posts() == []


def test_who_comes_second_finds_what_they_typed_in_every_form(house: House, visit: Visit) -> None:
    boss, ana = visit(house), visit(house)
    boss.enter("boss@example.com", "manager")
    ana.enter()
    for n, (way, kept) in enumerate({redirect: OTHER, delay: "", suppress: ""}.items()):
        message_id = held(house, f"Ring number {n} is ready.", f"+1212555020{n}")
        boss.card(message_id)
        press(ana.card(message_id), "Send it")
        press(ana.page, "Take it back")
        page = way(boss.page)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("It changed while you were looking")
        expect(alert).to_contain_text("ana@example.com took it back.")
        assert page.locator(".bar input:checked:visible").count() == (0 if kept else 1)
        if kept:
            expect(alert).to_contain_text(kept)
            expect(page.get_by_label("To which number?")).to_have_value(kept)
        assert look(house, message_id).state == "held"


def test_how_a_call_went_is_kept_when_a_colleague_was_first(house: House, visit: Visit) -> None:
    message_id, ana, ben = held(house), visit(house), visit(house)
    ana.enter()
    ben.enter("ben@example.com")
    phone(ana.card(message_id))
    for visitor, outcome in ((ben, "Voicemail"), (ana, "We spoke")):
        visitor.go("/calls").locator("summary", has_text="How did the call go?").click()
        visitor.page.get_by_label(outcome).check()
    ana.page.get_by_label("A note for colleagues").fill("All is well.")
    press(ben.page, "Keep this")
    page = press(ana.page, "Keep this")
    expect(page.get_by_role("alert")).to_contain_text("ben@example.com phoned, but reached nobody.")
    expect(page.get_by_label("We spoke")).to_be_checked()
    expect(page.get_by_label("A note for colleagues")).to_have_value("All is well.")
    press(page, "Keep this")
    assert look(house, message_id).task == "reached"


def test_the_shops_own_number_is_refused_and_what_was_typed_stays(house: House, visit: Visit) -> None:
    message_id, boss = held(house), visit(house)
    boss.enter("boss@example.com", "manager")
    page = redirect(boss.card(message_id), SHOP)
    expect(page.get_by_role("alert")).to_have_text("That is the number it would be sent from.")
    expect(page.get_by_label("To which number?")).to_have_value(SHOP)
    expect(page.get_by_label("To which number?")).to_have_attribute("aria-invalid", "true")
    redirect_again = page.get_by_label("To which number?")
    redirect_again.fill(OTHER)
    press(page, "Make the new message")
    expect(page.get_by_role("status")).to_contain_text("A new message waits")
