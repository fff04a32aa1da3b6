"""A key that a browser makes and keeps: made, claimed for, signed with, by the keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from service import migrate, open_database
from tests.browser.conftest import Serve
from tests.browser.keyboard import enter, follow, tick
from tests.browser.looking import Pictures, is_readable, walk
from tests.issuer.wallets.offices import BASE, new_wallet_office
from tests.wallet.verifiers import Employer, WayTo
from tests.wallet.wallets import WalletOffice

LANGUAGES = ("en", "fr-CA", "es")
KEPT = """() => new Promise((resolve) => {
  const opening = indexedDB.open("tallystick-device-keys", 1);
  opening.onsuccess = () => {
    const all = opening.result.transaction("keys").objectStore("keys").getAll();
    all.onsuccess = () => resolve(all.result.map((one) => [one.type, one.extractable]));
  };
})"""


WITHOUT_ED25519 = """
const real = crypto.subtle.generateKey.bind(crypto.subtle);
crypto.subtle.generateKey = (algorithm, ...others) => algorithm.name === "Ed25519"
  ? Promise.reject(new DOMException("Not here.", "NotSupportedError"))
  : real(algorithm, ...others);
"""


@pytest.fixture
def employer() -> Employer:
    return Employer.new()


@pytest.fixture
def office(tmp_path: Path, employer: Employer) -> WalletOffice:
    engine = open_database(f"sqlite:///{tmp_path / 'wallet.sqlite'}")
    migrate(engine)
    made = WalletOffice.on(engine)
    poly = new_wallet_office(tmp_path)
    made.now = poly.bench.clock()
    made.way = WayTo({"badges.poly.example": poly.client, "localhost": employer.client})
    made.documents["claim"] = BASE + poly.claim()
    return made


def readable_in_every_language(page: Page, pictures: Pictures, name: str) -> None:
    """Look at a page that can be had again, in each language."""
    address = page.url.partition("?")[0]
    for language in LANGUAGES:
        page.goto(f"{address}?lang={language}")
        is_readable(page)
        pictures.take(page, f"{name}-{language}.png")
    page.goto(f"{address}?lang=en")


def sign_page_in_every_language(page: Page, pictures: Pictures, name: str) -> None:
    """Look at a page that follows a form, in each language; the last one stays."""
    for language in ("fr-CA", "es", "en"):
        follow(page, f"button[value='{language}']")
        page.wait_for_selector("form[data-sign]:not([hidden])")
        assert not page.is_visible("[data-elsewhere], [data-without-keys]")
        is_readable(page)
        pictures.take(page, f"{name}-{language}.png")


def test_a_key_is_made_claimed_for_and_signed_with_by_the_keyboard_alone(
    narrow_page: Page,
    serve: Serve,
    office: WalletOffice,
    employer: Employer,
    pictures: Pictures,
) -> None:
    page, address = narrow_page, serve(office.application())
    link = office.documents.pop("claim")
    page.goto(f"{address}/open/{office.store.learners.new_link('ana@example.org', office.now)}")
    follow(page, "main button")
    page.goto(f"{address}/mine/keys")
    readable_in_every_language(page, pictures, "keys-none")
    enter(page, "#name", "My telephone")
    follow(page, "form[data-make-key] button")
    sign_page_in_every_language(page, pictures, "keys-prove")
    assert "Sign with the key of My telephone" in walk(page)
    follow(page, "form[data-sign] button")
    page.wait_for_selector("[data-here]:not([hidden])")
    readable_in_every_language(page, pictures, "keys-one")
    assert page.evaluate(KEPT) == [["private", False]]

    page.goto(f"{address}/add")
    page.wait_for_selector("fieldset[data-device-keys]:not([hidden])")
    readable_in_every_language(page, pictures, "keys-add")
    page.wait_for_selector("fieldset[data-device-keys]:not([hidden])")
    enter(page, "#link", link)
    tick(page, "[data-device-key] input")
    follow(page, "main form button.primary")
    sign_page_in_every_language(page, pictures, "keys-claim")
    follow(page, "form[data-sign] button")
    page.wait_for_selector("li.card")
    follow(page, "li.card a")
    assert "the key of My telephone" in page.inner_text("main")

    page.goto(f"{address}/requests")
    enter(page, "#url", employer.ask())
    follow(page, "main form button.primary")
    is_readable(page)
    follow(page, "main form button.primary")
    sign_page_in_every_language(page, pictures, "keys-present")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    is_readable(page)
    follow(page, "form[data-sign] button")
    page.wait_for_selector('[data-state="taken"]')
    assert "did:key:z6Mk" in employer.page()
    assert "Who presents this credential is not" not in employer.page()


def test_a_browser_without_ed25519_makes_a_key_on_p256_and_forgets_it_when_it_is_retired(
    page: Page, serve: Serve, office: WalletOffice
) -> None:
    page.add_init_script(WITHOUT_ED25519)
    address = serve(office.application())
    page.goto(f"{address}/open/{office.store.learners.new_link('ana@example.org', office.now)}")
    follow(page, "main button")
    page.goto(f"{address}/mine/keys")
    follow(page, "form[data-make-key] button")
    page.wait_for_selector("form[data-sign]:not([hidden])")
    follow(page, "form[data-sign] button")
    page.wait_for_selector("[data-here]:not([hidden])")
    assert "did:key:zDna" in page.inner_text("main")
    # Signing out has the browser forget pages, and not keys.
    follow(page, ".place button")
    page.goto(f"{address}/open/{office.store.learners.new_link('ana@example.org', office.now)}")
    follow(page, "main button")
    page.goto(f"{address}/mine/keys")
    page.wait_for_selector("[data-here]:not([hidden])")
    page.locator("summary").click()
    follow(page, "li details button")
    page.wait_for_selector('[data-state="retired"]')
    page.wait_for_function(f"async () => (await ({KEPT})()).length === 0")


def test_without_script_the_page_says_what_is_possible(
    page_without_script: Page, serve: Serve, office: WalletOffice
) -> None:
    page, address = page_without_script, serve(office.application())
    page.goto(f"{address}/open/{office.store.learners.new_link('ana@example.org', office.now)}")
    follow(page, "main button")
    page.goto(f"{address}/mine/keys")
    assert page.is_visible("[data-without-keys]")
    assert not page.is_visible("form[data-make-key]")
