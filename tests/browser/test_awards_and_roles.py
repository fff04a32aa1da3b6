"""Awards, accounts and missing roles at the desk in a browser: narrow, and in every language."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from recognition.desk import Role
from service.pages.languages import LANGUAGES
from tests.browser.conftest import Serve
from tests.browser.looking import Pictures, is_readable
from tests.browser.test_desk import sign_in
from tests.databases import sqlite_copy
from tests.recognition.desk.awards import applied, furnish, offer, piece
from tests.recognition.desk.desks import PASSWORD, QUICK, TestDesk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestDesk:
    made = TestDesk.on(sqlite_copy(tmp_path / "desk.sqlite"))
    made.has_lists = made.needs_two = True
    return furnish(made, tmp_path, monkeypatch)


def places_of(desk: TestDesk) -> dict[str, str]:
    """Have one award that is short, one that waits and one that was issued; name their pages."""
    short = applied(desk, piece("one"), piece("one"), b"no credential")
    offer(desk, is_read_over=True)
    waits = desk.settling.settle(desk.act, applied(desk, piece("two"), piece("three")))
    offer(desk)
    made = desk.settling.settle(desk.act, applied(desk, piece("four"), piece("five")))
    cases = {"short": short, "waits": waits, "issued": made}
    places = {name: f"desk/cases/{case.id}" for name, case in cases.items()}
    return {**places, "people": "desk/people", "log": "desk/log", "missing": "desk/batches"}


def test_awards_accounts_and_missing_roles_are_readable(
    narrow_page: Page, desk: TestDesk, serve: Serve, pictures: Pictures
) -> None:
    people = desk.store.office.people
    cy = desk.person(Role.AUDITOR, Role.SECOND_READER, name="Cy Cole")
    ana = desk.person(Role.REGISTRAR, Role.AUDITOR, name="Ana Arai")
    other = desk.person(name="Second-Account of Ana")
    act = type(desk.act)(f"user:{ana.id}", desk.now)
    desk.store.office.grant(act, other.id, Role.REGISTRAR, waits=True)
    for user in (cy, ana):
        people.set_password_hash(desk.act, user.id, QUICK.hash(PASSWORD))
    places, address = places_of(desk), serve(desk.application())
    for user, names in ((cy, ("waits", "log", "missing")), (ana, ("short", "issued", "people"))):
        narrow_page.context.clear_cookies()
        sign_in(narrow_page, address, user.email)
        for language in LANGUAGES:
            for name in names:
                narrow_page.goto(f"{address}/{places[name]}?lang={language.tag}")
                is_readable(narrow_page)
                pictures.take(narrow_page, f"desk-{name}-{language.tag}.png")
    narrow_page.goto(f"{address}/desk/people?lang=en")
    assert "wait until another person confirms them" in narrow_page.inner_text("main")
