"""Signing in, in a browser with an authenticator of its own: by passkey, by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from issuer.store import Role
from service.pages.languages import LANGUAGES
from service.web.reading import BODY_BYTES_SETTING
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, walk
from tests.databases import sqlite_copy
from tests.issuer.console.test_passkeys import demand
from tests.issuer.console.world import PASSWORD, World, console_world

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Door:
    """A console that is served at a name that passkeys are made for."""

    world: World
    address: str

    def sign_in(self, page: Page) -> None:
        """Sign in with a password, and go to what one signs in with."""
        page.goto(f"{self.address}/console/sign-in")
        page.fill("#email", "ana@example.com")
        page.fill("#password", PASSWORD)
        page.click("form[action$=sign-in] button.primary")
        page.wait_for_selector("nav.sections")
        page.goto(f"{self.address}/console/you")


@pytest.fixture
def door(serve: Serve, tmp_path: Path) -> Iterator[Door]:
    """Serve a console whose passkeys are for the port that it got."""
    late = Flask("late")
    late.config[BODY_BYTES_SETTING] = 1_000_000
    address = serve(late).replace("127.0.0.1", "localhost")
    world = console_world(sqlite_copy(tmp_path / "issuer.sqlite"), address)
    world.user(world.tenant(), Role.OWNER)
    late.wsgi_app = world.application.wsgi_app  # type: ignore[method-assign]
    yield Door(world, address)
    world.store.engine.dispose()


def plug_in(page: Page, **changed: object) -> None:
    """Give the browser an authenticator that says who is there."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {**AUTHENTICATOR, **changed}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def press(page: Page, name: str) -> None:
    """Go to a button or a field with the tab key."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.innerText || document.activeElement.id")
        if focused.strip() == name:
            return
    pytest.fail(f"{name} was not reached")


def test_a_passkey_is_added_and_signs_in_by_the_keyboard_alone(page: Page, door: Door) -> None:
    plug_in(page)
    door.sign_in(page)
    press(page, "name")
    page.keyboard.type("Key on my key ring")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=You can sign in with it.")
    press(page, "Sign out")
    page.keyboard.press("Enter")
    page.wait_for_selector("#password")
    press(page, "Sign in with a passkey")
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.sections")
    (kept,) = door.world.store.sign_in.passkeys(
        door.world.store.users.with_email("ana@example.com").id  # type: ignore[union-attr]
    )
    assert kept.name == "Key on my key ring"
    assert kept.used_at is not None


def test_the_second_step_is_asked_for_and_taken(page: Page, door: Door, pictures: Pictures) -> None:
    plug_in(page)
    door.sign_in(page)
    page.fill("#name", "Telephone")
    page.click("text=Add a passkey")
    page.wait_for_selector("text=You can sign in with it.")
    (tenant,) = door.world.store.tenants.all()
    demand(door.world, tenant)
    page.click("text=Sign out >> nth=0")
    page.fill("#email", "ana@example.com")
    page.fill("#password", PASSWORD)
    page.click("form[action$=sign-in] button.primary")
    page.wait_for_selector("h1:has-text('Use your passkey')")
    pictures.take(page, "sign-in-second-step.png")
    is_readable(page)
    page.click("#passkey button")
    page.wait_for_selector("nav.sections")


def test_a_device_without_a_passkey_says_what_happened(page: Page, door: Door) -> None:
    plug_in(page, automaticPresenceSimulation=False, isUserVerified=False)
    page.goto(f"{door.address}/console/sign-in")
    page.evaluate(
        "() => { navigator.credentials.get = async () => "
        "{ throw new DOMException('', 'NotAllowedError'); }; }"
    )
    page.click("text=Sign in with a passkey")
    page.wait_for_selector("[data-told]:visible")
    assert "Nothing was done" in page.inner_text("[data-told]:visible")
    is_readable(page)


def test_without_script_the_password_does(page_without_script: Page, door: Door) -> None:
    page = page_without_script
    door.sign_in(page)
    assert page.is_visible("[data-without-passkeys]")
    assert not page.is_visible("text=Add a passkey")
    page.fill("#password", "another row of words")
    page.click("text=Set the password")
    assert "Your password is set." in page.inner_text("main")


@pytest.mark.parametrize("width", [1100, 320])
def test_the_pages_are_readable(
    browser: Browser, door: Door, width: int, pictures: Pictures
) -> None:
    with a_page(browser, viewport={"width": width, "height": 800}) as page:
        plug_in(page)
        door.sign_in(page)
        page.fill("#name", "A telephone with a very long name, or so it seems to be")
        page.click("text=Add a passkey")
        page.wait_for_selector("text=You can sign in with it.")
        user = door.world.store.users.with_email("ana@example.com")
        assert user is not None
        methods, now = door.world.store.sign_in, door.world.clock()
        methods.link(user.id, "https://login.poly.example", "1", "ana@staff.poly.example", now)
        for one in LANGUAGES:
            for path in ("you", "sign-in", "second-step"):
                page.goto(f"{door.address}/console/{path}?lang={one.tag}")
                picture = f"sign-in-{path}-{one.tag}-{width}.png"
                pictures.take(page, picture)
                is_readable(page)
        page.goto(f"{door.address}/console/you")
        assert walk(page)[0]
