"""The Senate's way through its pages, and the public page, in a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from recognition.desk import DeskStore, Role
from recognition.register_of_decisions import ActKind
from recognition.senate.jobs import Job, JobKind, State
from service import open_database
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import Pictures, is_readable, paper, walk
from tests.databases import sqlite_copy
from tests.factories import NOW
from tests.recognition.senate.senates import SenateDesk, fill, signed, text_of
from tests.recognition.senate.test_what_if_pages import SOFTER

TEXT = text_of()
NEXT = text_of(version="2", valid_from="2027-01-01", appeal={"days": 20, "body": "Appeals"})


def beside(work: Callable[[], None]) -> None:
    """Have a job done in a thread, as the service does."""
    threading.Thread(target=work, daemon=True).start()


@pytest.fixture(scope="module")
def senate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SenateDesk]:
    path = tmp_path_factory.mktemp("senate") / "senate.sqlite"
    made = SenateDesk(DeskStore(open_database(sqlite_copy(path))), start=beside)
    fill(made.register)
    yield made
    made.store.engine.dispose()


@pytest.fixture(scope="module")
def address(senate: SenateDesk, serve: Serve) -> str:
    return serve(senate.application())


def signed_in(page: Page, senate: SenateDesk, address: str, name: str) -> None:
    """Give the browser the session of a member of the Senate."""
    member = senate.person(Role.SENATE_MEMBER, name=name)
    secret = senate.store.office.sessions.begin(member, NOW)
    page.context.add_cookies(
        [{"name": "tallystick-desk", "value": secret, "url": f"{address}/desk"}]
    )


def hand_in(page: Page, address: str, text: str) -> None:
    page.goto(f"{address}/desk/senate/policies")
    file = {"name": "policy.json", "mimeType": "application/json", "buffer": signed(text)}
    page.set_input_files("#policy", [file])
    page.click("text=Hand it in")
    page.wait_for_selector("text=is adopted")


def test_a_member_adopts_compares_tries_marks_publishes_and_suspends(
    page: Page, senate: SenateDesk, address: str, pictures: Pictures
) -> None:
    signed_in(page, senate, address, "Carla Cole")
    hand_in(page, address, TEXT)
    hand_in(page, address, NEXT)
    is_readable(page)
    pictures.take(page, "senate-policy.png")
    page.click("text=Compare >> nth=-1")
    page.wait_for_selector("text=Line by line")
    is_readable(page)
    pictures.take(page, "senate-differences.png")
    page.goto(f"{address}/desk/senate/policies")
    is_readable(page)
    pictures.take(page, "senate-policies.png")
    page.goto(f"{address}/desk/senate/what-if")
    is_readable(page)
    page.fill("#text", SOFTER)
    page.click("text=Try it")
    page.wait_for_selector("text=would be others")
    is_readable(page)
    pictures.take(page, "senate-what-if.png")
    page.goto(f"{address}/desk/senate/review")
    is_readable(page)
    page.select_option("#policy", index=1)
    page.click("button.primary")
    page.wait_for_selector("text=You still have 5 decisions to mark.")
    is_readable(page)
    mark_all(page, pictures)
    page.goto(f"{address}/desk/senate/figures")
    page.click("text=Compute them now")
    page.wait_for_selector("text=Cohen's kappa is")
    is_readable(page)
    pictures.take(page, "senate-figures.png")
    assert len(paper(page)) > 5_000
    page.emulate_media(media="screen")
    page.fill("#first", "2026-01-01")
    page.fill("#last", "2026-06-30")
    page.click("text=Compute the figures")
    page.wait_for_selector("text=This is what everybody would see.")
    is_readable(page)
    page.click("text=Publish for everybody")
    page.wait_for_selector("text=The figures are published")
    page.goto(f"{address}/desk/senate/acts")
    is_readable(page)
    pictures.take(page, "senate-acts.png")
    suspend(page, address)
    assert [act.kind for act in senate.register.acts.all()][-1] is ActKind.SUSPENSION


def test_a_page_about_a_job_says_by_itself_that_the_service_has_started_again(
    page: Page, senate: SenateDesk, address: str, pictures: Pictures
) -> None:
    signed_in(page, senate, address, "Ema Eru")
    job = Job("held", JobKind.WHAT_IF, "A draft", 100, lambda _step: None)
    job.state = State.RUNNING
    senate.jobs._jobs[job.id] = job
    page.goto(f"{address}/desk/senate/jobs/held")
    page.wait_for_selector("text=Decisions gone through")
    page.route("**/progress.json", lambda route: route.fulfill(status=503))
    page.wait_for_selector("text=The service does not answer just now.")
    is_readable(page)
    page.unroute("**/progress.json")
    page.wait_for_selector("text=does not answer just now", state="hidden")
    del senate.jobs._jobs[job.id]
    page.wait_for_selector("text=The service has started again since this one was begun")
    is_readable(page)
    pictures.take(page, "senate-job-gone.png")


def mark_all(page: Page, pictures: Pictures) -> None:
    """Mark each drawn decision, without a look at how it came out."""
    sample = page.url
    for number in range(1, 6):
        page.goto(f"{sample}/{number}")
        if number == 1:
            is_readable(page)
            pictures.take(page, "senate-blind.png")
        page.check("#outcome-GRANT" if number > 1 else "#outcome-REFUSE")
        page.click("text=Record my mark")
        page.wait_for_selector("text=As it was decided")
    is_readable(page)
    pictures.take(page, "senate-marked.png")
    page.goto(sample)
    is_readable(page)


def suspend(page: Page, address: str) -> None:
    """Suspend the first policy with the keyboard alone."""
    page.goto(f"{address}/desk/senate/policies")
    page.focus("tbody a")
    page.keyboard.press("Enter")
    page.wait_for_selector("#reason")
    page.focus("#reason")
    page.keyboard.type("The gate for hours is wrong.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=nothing is decided by it until that is lifted")
    is_readable(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_public_page_is_readable_without_script_and_on_paper(
    browser: Browser, address: str, pictures: Pictures, scheme: str
) -> None:
    with a_page(browser, color_scheme=scheme, java_script_enabled=scheme == "dark") as page:
        answer = page.goto(f"{address}/transparency/")
        assert answer is not None
        assert len(answer.body()) < 100_000
        assert page.locator("h1").inner_text() == "Recognition of prior learning in figures"
        pictures.take(page, f"transparency-{scheme}.png")
        if scheme == "dark":
            is_readable(page)
            assert "Save as JSON" in walk(page)
            assert len(paper(page)) > 5_000


def test_every_page_is_readable_when_narrow_and_in_every_language(
    narrow_page: Page, senate: SenateDesk, address: str, pictures: Pictures
) -> None:
    signed_in(narrow_page, senate, address, "Dora Dee")
    acts = senate.register.acts.all()
    digest, draw = acts[0].subject, next(one for one in acts if one.kind is ActKind.DRAW)
    for language in ("en", "fr-CA", "es"):
        for path in (
            "transparency/",
            "desk/senate/policies",
            f"desk/senate/policies/{digest}",
            f"desk/senate/policies/{acts[1].subject}/differences?with={digest}&",
            "desk/senate/what-if",
            "desk/senate/review",
            f"desk/senate/review/{draw.sequence}",
            f"desk/senate/review/{draw.sequence}/1",
            "desk/senate/figures",
            "desk/senate/acts",
        ):
            joined = path if path.endswith("&") else f"{path}?"
            narrow_page.goto(f"{address}/{joined}lang={language}")
            is_readable(narrow_page)
            name = path.replace("/", "-").split("?")[0]
            pictures.take(narrow_page, f"narrow-{language}-{name}.png")
