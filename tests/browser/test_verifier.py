"""The verifier's page in a browser: as people use it, and as people attack it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from service.pages.languages import LANGUAGES
from tests.browser.conftest import WANTED, Serve, a_page
from tests.browser.looking import Pictures, is_readable, overflows, paper, walk
from tests.verifier.pages.samples import page_service, samples
from tests.verifier.pages.test_fixtures import payloads, with_texts
from verifier.answers import Answer

EVERY = 12
"""One of how many batches of hostile texts is shown."""

AT_ONCE = 50


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(page_service())


def file_of(data: bytes, name: str = "badge.json") -> Any:
    return {"name": name, "mimeType": "application/json", "buffer": data}


def check(page: Page, address: str, *files: Any, language: str = "en", framework: str = "") -> None:
    page.goto(f"{address}/?lang={language}")
    page.set_input_files("#file", list(files))
    if framework:
        page.click("details summary")
        page.select_option("#framework", framework)
    page.click("button.primary")
    page.wait_for_selector("[data-answer]")


def answer_on(page: Page) -> str | None:
    return page.get_attribute("[data-answer]", "data-answer")


WAYS = (("en", 1100, "light"), ("fr-CA", 1100, "dark"), ("es", 320, "light"))
"""Languages, widths and colours: each answer is looked at in one, and pictured in all."""


@pytest.mark.parametrize("number", range(len(Answer)))
def test_each_answer_is_readable(
    browser: Browser, address: str, pictures: Pictures, number: int
) -> None:
    answer = list(Answer)[number]
    looked_at = WAYS[number % len(WAYS)]
    for way in WAYS if WANTED in os.environ else [looked_at]:
        language, width, scheme = way
        with a_page(browser, viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
            sent = file_of(samples()[answer])
            check(page, address, sent, language=language, framework="ie-nfq")
            assert answer_on(page) == answer.value
            pictures.take(page, f"{answer}-{language}.png")
            if way == looked_at:
                is_readable(page)
                assert paper(page).startswith(b"%PDF")
                assert page.is_visible("h1")
                assert not page.is_visible(".actions")


def test_start_and_several_answers_are_readable(
    browser: Browser, address: str, pictures: Pictures
) -> None:
    files = [file_of(data, f"{answer}.json") for answer, data in samples().items()]
    for width in (1100, 320):
        with a_page(browser, viewport={"width": width, "height": 900}) as page:
            page.goto(address)
            page.click("details summary")
            is_readable(page)
            pictures.take(page, f"start-{width}.png")
            check(page, address, *files)
            is_readable(page)
            pictures.take(page, f"several-{width}.png")
            page.click("tbody tr:nth-child(6) button")
            page.wait_for_selector("h1:has-text('Revoked')")


def test_a_credential_is_checked_with_the_keyboard_alone(page: Page, address: str) -> None:
    page.goto(address)
    stops = walk(page)
    assert stops[0] == "Skip to the content"
    assert any(stop.startswith("Check") for stop in stops)
    page.goto(address)
    page.focus("#text")
    page.keyboard.insert_text(samples()[Answer.EXPIRED].decode())
    while page.evaluate("document.activeElement.className").strip() != "primary":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Expired')")
    stops = walk(page)
    assert {"Check again now", "Save the full report", "Print"} <= set(stops)


def test_a_file_that_is_dropped_is_checked_at_once(page: Page, address: str) -> None:
    page.goto(address)
    transfer = page.evaluate_handle(
        "text => { const one = new DataTransfer();"
        " one.items.add(new File([text], 'badge.json')); return one; }",
        samples()[Answer.VALID].decode(),
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})
    page.wait_for_selector("h1:has-text('Valid')")
    assert answer_on(page) == "valid"


def test_it_works_without_script(page_without_script: Page, address: str) -> None:
    page = page_without_script
    check(page, address, file_of(samples()[Answer.REVOKED]))
    assert answer_on(page) == "revoked"
    page.click("button[lang=fr-CA]")
    page.wait_for_selector("h1:has-text('Révoqué')")
    page.select_option("#framework", "ie-nfq")
    page.click("text=L’exprimer dans ce cadre")
    page.wait_for_selector("text=NFQ")
    assert page.input_value("#framework") == "ie-nfq"
    assert page.get_attribute("html", "lang") == "fr-CA"
    for button, name in (
        ("Enregistrer le rapport complet", "verification-report.json"),
        ("Enregistrer la réponse en PDF", "verification.pdf"),
        ("Enregistrer un reçu signé", "verification-receipt.json"),
    ):
        with page.expect_download() as download:
            page.click(f"text={button}")
        assert download.value.suggested_filename == name


def test_no_hostile_text_does_anything(page: Page, address: str, conformance: Path) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    texts = payloads(conformance)
    tags = "[...document.querySelectorAll('*')].map(one => one.localName)"
    check(page, address, file_of(with_texts(["text"] * AT_ONCE)))
    known = set(page.evaluate(tags)) | {"em", "code", "ol", "pre", "hr", "table", "blockquote"}
    for start in range(0, len(texts) - AT_ONCE, AT_ONCE * EVERY):
        batch = texts[start : start + AT_ONCE]
        check(page, address, file_of(with_texts(batch), batch[0][:80]))
        assert set(page.evaluate(tags)) <= known | {f"h{level}" for level in range(1, 7)}
        scripts = page.evaluate("[...document.scripts].map(one => one.src)")
        assert [one for one in scripts if "/assets/" not in one] == []
        assert not overflows(page)
    assert dialogs == []


def test_whom_the_verifier_believes_can_be_read_on_any_screen(
    page: Page, narrow_page: Page, address: str, pictures: Pictures
) -> None:
    for one, width in ((page, 1100), (narrow_page, 320)):
        one.goto(address)
        one.click("text=Whom this verifier believes")
        one.wait_for_selector("h1:has-text('Whom this verifier believes')")
        is_readable(one)
        pictures.take(one, f"trust-{width}.png")


def test_the_first_page_is_there_in_every_language(page: Page, address: str) -> None:
    for language in LANGUAGES:
        page.goto(f"{address}/?lang={language.tag}")
        is_readable(page)
