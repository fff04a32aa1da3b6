"""Using a page with the keyboard alone, as somebody does who has no mouse."""

from __future__ import annotations

from playwright.sync_api import Page

OPTIONS = 60
"""More options than any list of choices has that is gone through here."""


def press(page: Page, selector: str) -> None:
    """Go to a button or a link, and press Enter."""
    page.locator(selector).first.focus()
    page.keyboard.press("Enter")


def follow(page: Page, selector: str) -> None:
    """Press what leads to another page, and wait until that is there."""
    with page.expect_navigation():
        press(page, selector)


def enter(page: Page, selector: str, text: str) -> None:
    """Write into a field, in the place of what stands there."""
    page.locator(selector).first.focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def tick(page: Page, selector: str) -> None:
    """Choose a box, or one of several buttons."""
    box = page.locator(selector).first
    box.focus()
    page.keyboard.press("Space")
    assert box.is_checked()


def choose(page: Page, selector: str, value: str) -> None:
    """Go down a list of choices until the wanted one is chosen."""
    choices = page.locator(selector)
    choices.focus()
    page.keyboard.press("Home")
    for _ in range(OPTIONS):
        if choices.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{selector} has no choice {value}")
