"""Looking at a page as people do: with a keyboard, on a small screen, on paper, by its names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES: dict[str, Any] = {
    # What is in order need not be told, which is most of the work of telling.
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}
TARGET_PIXELS = 24
"""Smallest side of what can be pressed (WCAG 2.2, 2.5.8); links inside sentences are exempt."""

TEXT_PIXELS = 40
"""Narrowest column for a text of some words: about five letters."""

_OVERFLOWING = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_SQUEEZED = """least => [...document.querySelectorAll("caption, p, dt, dd, li, tbody td, h1, h2")]
  .filter(one => one.innerText.trim().length > 12 && one.checkVisibility())
  .map(one => [one.innerText, one.getBoundingClientRect().width])
  .filter(([, width]) => width > 1 && width < least)
  .map(([text]) => text)"""
_FOCUSED = """() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  return {
    name: (one.innerText || one.value || one.name || one.id || one.tagName).trim().slice(0, 60),
    tag: one.tagName,
    isSeen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    hasOutline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""
_SMALL_TARGETS = """least => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter(one => one.type !== "hidden" && !one.closest("p, dd, td, li p, .foreign"))
  .map(one => [one.innerText || one.name, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < least || box.height < least))
  .map(([name]) => name)"""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where pictures of pages go, if somebody wants to look at them."""

    folder: Path | None

    def take(self, page: Page, name: str) -> None:
        """Take a picture of a whole page."""
        if self.folder is not None:
            page.screenshot(path=self.folder / name, full_page=True)


def violations(page: Page) -> list[str]:
    """Name what axe finds wrong with a page."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


def overflows(page: Page) -> bool:
    """Tell whether a page has to be scrolled sideways to be read (WCAG 1.4.10)."""
    return bool(page.evaluate(_OVERFLOWING))


def small_targets(page: Page) -> list[str]:
    """Name what is too small to be pressed."""
    return list(page.evaluate(_SMALL_TARGETS, TARGET_PIXELS))


def squeezed(page: Page) -> list[str]:
    """Name texts in a column so narrow that hardly a word stands on one line."""
    return list(page.evaluate(_SQUEEZED, TEXT_PIXELS))


def walk(page: Page, most: int = 80) -> list[str]:
    """Go through a page with the tab key, as far as it goes; each stop must be seen."""
    stops: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused["tag"] in ("BODY", "HTML"):
            break
        assert focused["isSeen"], focused
        assert focused["hasOutline"], focused
        stops.append(focused["name"])
    return stops


def is_readable(page: Page) -> None:
    """Require of a page what can be required of every page, as it is shown now."""
    assert violations(page) == []
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.title()
    assert not overflows(page)
    assert small_targets(page) == []
    assert squeezed(page) == []


def paper(page: Page) -> bytes:
    """Print a page."""
    page.emulate_media(media="print")
    return page.pdf(format="A4")
