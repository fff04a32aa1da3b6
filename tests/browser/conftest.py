"""Pages in a real browser: `make browser` runs these tests, `make test` does not."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from service.web.reading import BODY_BYTES_SETTING
from service.web.serving import Address, addresses_of, new_server, run_until_stopped
from tests.browser.looking import Pictures

LOOPBACK = "127.0.0.1"
WANTED = "TALLYSTICK_PICTURES"
"""Variable with the folder where pictures of pages are wanted."""

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Serve(Protocol):
    """Serves an application, at a port of its own or at a free one; returns its address."""

    def __call__(self, application: Flask, port: int = 0) -> str:
        """Serve an application until the tests are over."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the Chromium of the system; one that Playwright brings is never downloaded."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("Chromium is not installed; on Debian it is the package chromium.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@contextmanager
def a_page(browser: Browser, **options: object) -> Iterator[Page]:
    """Open a page of its own, which fails the test if it asks for anything of another host."""
    # Without animations, what is focused is where it will be.
    context = browser.new_context(reduced_motion="reduce", **options)  # type: ignore[arg-type]
    page = context.new_page()
    foreign: list[str] = []
    faults: list[str] = []
    page.on("request", lambda one: foreign.append(one.url) if not _is_own(one.url) else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert foreign == []
    # A status that says that something was refused is told in the console, too.
    assert [fault for fault in faults if "status of" not in fault] == []


def free_port() -> int:
    """Find a port at which nobody listens, for what has to know its address before it is served."""
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


def _is_own(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "http://localhost:", "blob:", "data:"))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_page(browser, viewport={"width": 1100, "height": 900}) as opened:
        yield opened


@pytest.fixture
def narrow_page(browser: Browser) -> Iterator[Page]:
    """Return a page of 320 CSS pixels, which is also what 400 % of 1280 leaves (WCAG 1.4.10)."""
    with a_page(browser, viewport={"width": 320, "height": 640}) as opened:
        yield opened


@pytest.fixture
def page_without_script(browser: Browser) -> Iterator[Page]:
    with a_page(browser, java_script_enabled=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Return a function that serves an application until the tests are over, and its address."""
    stopping = threading.Event()
    running: list[threading.Thread] = []

    def start(application: Flask, port: int = 0) -> str:
        body_bytes = application.config[BODY_BYTES_SETTING]
        server = new_server(application, Address(port=port), body_bytes)
        run = partial(run_until_stopped, server, stopping, drain=0)
        running.append(threading.Thread(target=run, daemon=True))
        running[-1].start()
        return f"http://127.0.0.1:{addresses_of(server)[0][1]}"

    yield start
    stopping.set()
    for thread in running:
        thread.join(5)


@pytest.fixture
def pictures() -> Pictures:
    """Return what takes pictures of pages, if a folder is named for them."""
    named = os.environ.get(WANTED)
    folder = Path(named) if named else None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return Pictures(folder)
