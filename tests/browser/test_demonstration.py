"""What `make demo SERVE=1` opens, as a newcomer goes through it: every address, every link."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import a_page
from tests.browser.looking import Pictures, is_readable

DOOR = re.compile(r"^ {3}(\S.*):\n {6}(http\S+)\n", re.MULTILINE)
LAST_LINE = "Interrupt (Ctrl+C) to end."
PASSWORD = "correct horse battery"


@dataclass
class Story:
    """The demonstration as it runs: its folder, and the addresses that it printed, by title."""

    folder: Path
    text: str
    doors: dict[str, str]

    def door(self, title: str) -> str:
        (found,) = (address for one, address in self.doors.items() if one.startswith(title))
        return found


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("story")
    command = [sys.executable, "-m", "tallystick", "demo", "--serve", "--keep", str(folder)]
    own = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=own) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if LAST_LINE in line:
                break
        text = "".join(lines)
        assert process.poll() is None, text
        yield Story(folder, text, dict(DOOR.findall(text)))
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0
    told = [one.read_bytes() for one in Path("/proc").glob("[0-9]*/cmdline") if one.exists()]
    assert not [one for one in told if os.fsencode(folder) in one]


def enters(page: Page, link: str) -> str:
    """Set a password by a link; return the address of the service."""
    page.goto(link)
    is_readable(page)
    page.fill("#password", PASSWORD)
    page.click("main button.primary")
    page.wait_for_load_state()
    is_readable(page)
    return re.match(r"http://[^/]+", link)[0]  # type: ignore[index]


def test_every_address_opens_and_every_link_signs_in_once(
    browser: Browser, story: Story, pictures: Pictures
) -> None:
    links = [title for title in story.doors if title.startswith("Console of")]
    assert len(links) == 2
    for title, address in story.doors.items():
        if "password" in title and title not in links:
            continue
        with a_page(browser) as page:
            if title in links:
                enters(page, address)
                assert page.goto(address).status == 404  # type: ignore[union-attr]
            else:
                assert page.goto(address).status == 200  # type: ignore[union-attr]
                is_readable(page)
            pictures.take(page, f"demonstration-{title[:20]}.png")


def test_the_registrar_finds_the_cases_of_the_story_and_decides_the_one_that_waits(
    page: Page, story: Story
) -> None:
    desk = enters(page, story.door("Registrar's desk"))
    page.goto(f"{desk}/desk/inbox?show=decided")
    shown = page.inner_text("tbody")
    assert [shown.count(one) for one in ("Granted", "Refused")] == [2, 1]
    page.goto(f"{desk}/desk/inbox")
    page.click("tbody tr:has-text('Safe lifting for warehouses') a.reference")
    page.select_option("#outcome", "GRANT")
    page.fill("#amount", "1")
    page.fill("#reason", "The course was observed, and lasts fifty hours.")
    page.click("form[action$=rule] button")
    page.wait_for_selector("text=It is decided and recorded.")
    is_readable(page)


def test_the_senate_reads_its_policy_and_tries_the_draft(page: Page, story: Story) -> None:
    desk = enters(page, story.door("The Senate's pages"))
    page.click("tbody a")
    page.wait_for_selector("text=What the policy says, in plain words.")
    page.goto(f"{desk}/desk/senate/what-if")
    page.set_input_files("input[type=file]", str(story.folder / "policy-2.toml"))
    page.click("main form button.primary")
    page.wait_for_selector("tbody :text('Granted → Referred to a person')")
    is_readable(page)


def test_the_course_of_the_story_is_approved_and_published(page: Page, story: Story) -> None:
    desk = enters(page, story.door("Authority's desk"))
    page.click("text=Safe lifting for warehouses")
    page.click("form[action$=approve] button")
    page.wait_for_selector("text=It is approved.")
    page.goto(f"{desk}/desk/editions/next")
    page.click("text=Sign this edition")
    page.wait_for_selector("text=is signed")
    page.click("tbody button.primary")
    page.wait_for_selector("text=is published")
    page.goto(f"{story.door('Public pages')}?words=lifting")
    assert "Safe lifting for warehouses" in page.inner_text("main")


def test_the_learners_wallet_is_as_he_left_it(page: Page, story: Story) -> None:
    page.goto(story.door("Wallet"))
    page.fill("#email", "jose@example.com")
    page.click("main button.primary")
    page.click("text=open my wallet")
    page.click("main button.primary")
    page.wait_for_selector("li.card")
    assert page.locator("li.card").count() == 2
    assert page.locator("[data-answer=valid]").count() == 2


def test_the_kept_files_can_be_served_again(story: Story) -> None:
    commands = re.findall(r"^ {6}(.*tallystick .* serve .*)$", story.text, re.MULTILINE)
    assert len(commands) == 5
    assert all(str(story.folder) in one for one in commands)
