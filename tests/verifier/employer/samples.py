"""The pages for employers in this process: jobs are done before the form is answered."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask_openapi3.openapi import OpenAPI

from credentials.json_types import JsonObject
from service.web import WebSettings
from tests.services import Clock, challenges, draws
from tests.verifier.pages.samples import the_page
from verifier.checks.world import World
from verifier.employer import EmployerRoom, Jobs, JobTools
from verifier.employer.jobs import Pair
from verifier.employer.requests import Requests
from verifier.employer.rows import found_of
from verifier.pages import VerifierPage
from verifier.verifier import Verifier
from verifier.web import VerifierInstance, new_verifier_application


class Beside:
    """Does work at once, or keeps it until a test has it done."""

    def __init__(self) -> None:
        self.waits = False
        self.works: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.works.append(work)
        if not self.waits:
            self.finish()

    def finish(self) -> None:
        while self.works:
            self.works.pop()()


def check_here(world: Callable[[], World]) -> Any:
    """Check documents in this process."""

    def check(documents: Iterator[Pair]) -> Generator[tuple[int, JsonObject], None, None]:
        for number, data in documents:
            yield number, found_of(Verifier(world()).check(data))

    return check


def new_jobs(page: VerifierPage, **changes: Any) -> Jobs:
    tools: dict[str, Any] = {
        "check": check_here(page.world),
        "fetch": page.fetch,
        "start": Beside(),
        "draw": draws(),
        "clock": page.clock,
    }
    return Jobs(JobTools(**tools | changes))


def employer_service(page: VerifierPage | None = None, **changes: Any) -> OpenAPI:
    """Build a verifier with all its pages; `changes` are those of the tools of jobs."""
    made = page or the_page()
    return service_of(EmployerRoom(made, new_jobs(made, **changes), Requests(draws(), Clock())))


def service_of(room: EmployerRoom) -> OpenAPI:
    """Build a verifier with its pages for employers."""
    instance = VerifierInstance("", lambda _expected: room.page.world(), challenges(Clock()))
    settings = WebSettings("Verifier", "Verifies.")
    return new_verifier_application(settings, [instance], room.page, room)


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
