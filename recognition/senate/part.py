"""The Senate's part of the desk, put together."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from credentials.errors import TallystickError
from credentials.limits import DEFAULT_LIMITS
from recognition.desk import DeskRoom
from recognition.desk.access import Right
from recognition.policies.reading import POLICY_CHARACTERS
from recognition.senate.figure_pages import add_figure_pages
from recognition.senate.job_pages import add_job_pages
from recognition.senate.jobs import JobError
from recognition.senate.policy_pages import add_policy_pages
from recognition.senate.review_pages import add_review_pages
from recognition.senate.services import SenateServices
from recognition.senate.transparency_pages import new_transparency_pages
from recognition.senate.what_if_pages import add_what_if_pages
from service.pages import Pages, page_response, redirect
from service.people import Access

PREFIX = "/desk/senate"
FORM_BYTES = 4 * POLICY_CHARACTERS + 65_536
"""The text of a policy, percent-encoded at worst, and the rest of a form."""


def add_senate(services: SenateServices) -> Callable[[DeskRoom], None]:
    """Make the part that `new_desk` takes: pages for the Senate, and the public one."""

    def add(room: DeskRoom) -> None:
        pages = room.part(
            Pages(
                "senate",
                "recognition.senate",
                url_prefix=PREFIX,
                upload_bytes=DEFAULT_LIMITS.document_bytes,
                form_bytes=FORM_BYTES,
                has_assets=True,
                uses=("recognition.policies",),
            )
        )
        pages.register_error_handler(JobError, _full)
        _add_start(room, pages)
        add_policy_pages(room, pages, services)
        add_what_if_pages(room, pages, services)
        add_review_pages(room, pages, services)
        add_figure_pages(room, pages, services)
        add_job_pages(room, pages, services)
        # Not a part of the office: these pages may be kept by anybody, and know nobody.
        room.parts.append(new_transparency_pages(services))

    return add


def _add_start(room: DeskRoom, pages: Pages) -> None:
    @room.at("/", Right.SENATE, pages=pages)
    def start(access: Access) -> Response:
        """Lead whoever opens the address that the documents name to the first page."""
        return redirect(room.address("senate.policies"))


def _full(error: TallystickError) -> Response:
    return page_response("desk/refused.html", status=409, text=error.message, code=error.code)
