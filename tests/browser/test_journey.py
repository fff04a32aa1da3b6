"""The learner's whole way across the services, with the keyboard, on a telephone.

Claim, hold, see what adds up, apply, be recognised, choose fields, answer an employer who
verifies, share, be verified, end the link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask_openapi3.openapi import OpenAPI
from playwright.sync_api import Browser, Page

from credentials.json_types import JsonObject
from credentials.strict_json import parse_json, serialize_json
from issuer.issuing.publishing import Publisher
from recognition.desk import DeskStore, Role
from service import migrate, open_database
from service.fetching import FetchPolicy
from service.fetching.messenger import Messenger
from service.status_lists import StatusList
from tests.browser.conftest import LOOPBACK, Serve, a_page, free_port
from tests.browser.keyboard import enter, press, tick
from tests.browser.looking import Pictures, is_readable
from tests.databases import sqlite_copy
from tests.factories import LIST_URL, sign, world
from tests.issuer.wallets.offices import BASE, WalletOffice, new_wallet_office
from tests.recognition.desk.desks import PASSES, PASSWORD, QUICK, TestDesk
from tests.verifier.employer.samples import employer_service
from tests.verifier.pages.samples import TRUST, the_page
from tests.wallet import wallets
from tests.wallet.test_disclosing import SECRET, STATUS_LIST, partible
from tests.wallet.verifiers import WayTo

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@dataclass
class Town:
    """The institution, the wallet service and the employer, each behind an address of its own."""

    poly: WalletOffice
    office: wallets.WalletOffice
    wallet: str
    employer: str
    registrar: str


class Served:
    """Copies of published lists where the wallet finds them, by their addresses."""

    def __init__(self, documents: dict[str, Any]) -> None:
        self.documents = documents

    def read(self, status_list: StatusList) -> JsonObject | None:
        return self.documents.get(status_list.url)

    def write(self, status_list: StatusList, data: bytes) -> None:
        self.documents[status_list.url] = parse_json(data)


class Roads:
    """The institution has a name that is not in the network; the employer is really asked."""

    def __init__(self, poly: WalletOffice, messenger: Messenger) -> None:
        self.institution, self.messenger = WayTo({"badges.poly.example": poly.client}), messenger

    def _to(self, url: str) -> Any:
        return self.institution if url.startswith(BASE) else self.messenger

    def fetch(self, url: str, **how: Any) -> Any:
        return self._to(url).fetch(url, **how)

    def exchange(self, url: str, data: bytes, **how: Any) -> Any:
        return self._to(url).exchange(url, data, **how)


@pytest.fixture(scope="module")
def town(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("journey")
    poly = new_wallet_office(folder)
    engine = open_database(f"sqlite:///{folder / 'wallet.sqlite'}")
    migrate(engine)
    office = wallets.WalletOffice.on(engine)
    office.now = poly.bench.clock()
    office.documents[LIST_URL] = STATUS_LIST
    employer = serve(_employer(office.documents, office.now))
    desk, port = _registrar(folder)
    desk.documents = office.documents
    registrar = serve(desk.application(), port)
    messenger = Messenger(FetchPolicy(allowed_hosts=frozenset({"127.0.0.1"})))
    office.way = Roads(poly, messenger)
    yield Town(poly, office, serve(office.application()), employer, registrar)
    messenger.close()
    desk.store.engine.dispose()
    poly.store.engine.dispose()
    engine.dispose()


def _employer(documents: Any, now: datetime) -> OpenAPI:
    return employer_service(the_page(world=lambda: world(documents, now=now, trust=TRUST)))


def _registrar(folder: Path) -> tuple[TestDesk, int]:
    """Furnish a desk that grants what is at level 4 or above, with somebody who may decide."""
    port = free_port()
    desk = TestDesk(
        DeskStore(open_database(sqlite_copy(folder / "desk.sqlite"))),
        base=f"http://{LOOPBACK}:{port}",
    )
    desk.offer(gates=PASSES)
    person = desk.person(Role.REGISTRAR)
    desk.store.office.people.set_password_hash(desk.act, person.id, QUICK.hash(PASSWORD))
    return desk, port


def test_a_learner_goes_the_whole_way(browser: Browser, town: Town, pictures: Pictures) -> None:
    with a_page(browser, **PHONE) as page:
        _signs_in(page, town)
        claimed = _claims(page, town)
        _adds_what_can_be_shown_in_parts(page, town)
        pictures.take(page, "journey-wallet.png")
        press(page, "a[href='/awards']")
        page.wait_for_selector("h1")
        is_readable(page)
        _applies(page, town, claimed)
        _is_recognised(browser, town)
        _keeps_the_decision(page, town, pictures)
        with a_page(browser, **PHONE) as employer:
            link = _is_asked(employer, town)
            _answers(page, town, link)
            pictures.take(page, "journey-request.png")
            employer.reload()
            is_readable(employer)
            assert "Pipe welding" in employer.inner_text("main")
            assert SECRET not in employer.inner_text("body")
        _shares_and_ends(browser, page, town, pictures)


def _signs_in(page: Page, town: Town) -> None:
    secret = town.office.store.learners.new_link("aroha@example.org", town.office.now)
    page.goto(f"{town.wallet}/open/{secret}")
    is_readable(page)
    press(page, "main button")
    page.wait_for_selector("nav.sections")


def _claims(page: Page, town: Town) -> str:
    """Claim a credential; return its id in the wallet."""
    page.goto(f"{town.wallet}/add")
    is_readable(page)
    link = BASE + town.poly.claim(pin="123456")
    copies = Served(town.office.documents)
    Publisher(town.poly.bench.shop, lambda _tenant, listed: sign(listed), copies).publish_due()
    enter(page, "#link", link)
    enter(page, "#pin", "123456")
    page.keyboard.press("Enter")
    page.wait_for_selector("li.card")
    is_readable(page)
    link = page.locator("li.card h2 a").get_attribute("href") or ""
    return link.rpartition("/")[2]


def _adds_what_can_be_shown_in_parts(page: Page, town: Town) -> None:
    page.goto(f"{town.wallet}/add")
    enter(page, "#text", serialize_json(partible()).decode())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('li.card').length === 2")


def _applies(page: Page, town: Town, claimed: str) -> None:
    page.goto(f"{town.wallet}/applications")
    is_readable(page)
    enter(page, "#desk", f"{town.registrar}/apply")
    page.keyboard.press("Enter")
    page.wait_for_selector("#offer")
    is_readable(page)
    tick(page, f"#c-{claimed}")
    press(page, "form[action$=applications] button.primary")
    page.wait_for_selector("[data-state=new]")
    is_readable(page)


def _is_recognised(browser: Browser, town: Town) -> None:
    """Have the registrar read the case, and put into force what the policy proposes."""
    with a_page(browser) as page:
        page.goto(f"{town.registrar}/desk/sign-in")
        enter(page, "#email", "ana@example.com")
        enter(page, "#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("nav.sections")
        press(page, "a.reference")
        page.wait_for_selector("form[action$=settle]")
        is_readable(page)
        press(page, "form[action$=settle] button.primary")
        page.wait_for_selector(".notice.good")
        is_readable(page)


def _keeps_the_decision(page: Page, town: Town, pictures: Pictures) -> None:
    press(page, "form[action$=ask] button")
    page.wait_for_selector("[data-state=decided]")
    is_readable(page)
    pictures.take(page, "journey-recognised.png")
    page.goto(f"{town.wallet}/")
    assert page.locator("li.card:has-text('Recognition decision for WELD101')").count() == 1


def _is_asked(page: Page, town: Town) -> str:
    page.goto(f"{town.employer}/request")
    enter(page, "#who", "Wellington Pipes")
    enter(page, "#purpose", "your application")
    enter(page, "#type", "OpenBadgeCredential")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/request/."))
    found = re.search(rf"{town.employer}/present/[^?\s]+\?iuv=1", page.inner_text("main"))
    assert found is not None
    return found[0]


def _answers(page: Page, town: Town, link: str) -> None:
    page.goto(f"{town.wallet}/requests")
    is_readable(page)
    enter(page, "#url", link)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-state=open]")
    is_readable(page)
    for box in page.locator("input[name=credential]").all():
        label = box.evaluate("one => one.labels[0].textContent")
        if ("Example Polytechnic" in label) != box.is_checked():
            box.focus()
            page.keyboard.press("Space")
    press(page, "main form button.primary")
    page.wait_for_selector("#fields")
    is_readable(page)
    page.locator("input[value$='/role']").focus()
    page.keyboard.press("Space")
    press(page, "#fields button.primary")
    page.wait_for_selector("[data-state=taken]")
    is_readable(page)


def _shares_and_ends(browser: Browser, page: Page, town: Town, pictures: Pictures) -> None:
    page.goto(f"{town.wallet}/share")
    for box in page.locator("input[name=credential]").all():
        box.focus()
        page.keyboard.press("Space")
    enter(page, "#audience", "Plainsmilk")
    page.keyboard.press("Enter")
    page.wait_for_selector("#fields")
    press(page, "#fields button.primary")
    page.wait_for_selector("code.link")
    is_readable(page)
    link = page.inner_text("code.link")
    with a_page(browser, **PHONE) as anybody:
        anybody.goto(link)
        is_readable(anybody)
        assert anybody.locator("li.card").count() == 3
        assert SECRET not in anybody.inner_text("body")
        pictures.take(anybody, "journey-shared.png")
        _verifies(anybody, town)
        anybody.goto(link)
        page.goto(f"{town.wallet}/shares")
        press(page, "li.card button")
        page.wait_for_selector(".notice.good")
        ended = anybody.reload()
        assert ended is not None
        assert ended.status == 404


def _verifies(page: Page, town: Town) -> None:
    """Have whoever sees the link take the decision to a verifier."""
    card = "li.card:has-text('Recognition decision for WELD101')"
    with page.expect_download() as download:
        press(page, f"{card} a[download]")
    page.goto(town.employer)
    page.set_input_files("#file", download.value.path())
    press(page, "main form button.primary")
    page.wait_for_selector("[data-answer=valid]")
    is_readable(page)
    assert "20 NZQCF" in page.inner_text("main")


def test_what_was_looked_at_is_there_without_a_network_until_signing_out(
    browser: Browser, town: Town
) -> None:
    with a_page(browser, **PHONE) as page:
        _signs_in(page, town)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.goto(f"{town.wallet}/timeline")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        page.goto(f"{town.wallet}/timeline")
        is_readable(page)
        kept = "caches.keys().then(all => all.filter(one => one.startsWith('wallet-of-')).length)"
        assert page.evaluate(kept) == 1
        page.context.set_offline(True)
        page.goto(f"{town.wallet}/timeline")
        assert page.inner_text("h1") == "When I earned what"
        page.context.set_offline(False)
        page.goto(f"{town.wallet}/")
        press(page, ".place button")
        page.wait_for_url(re.compile("/sign-in"))
        assert page.evaluate(kept) == 0
