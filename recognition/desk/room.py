"""The room of the desk: an office whose pages ask for rights, and its sections.

A part adds pages with `room.at(rule, right)`, and an entry of the navigation with `room.section`;
what has templates of its own makes its `Pages` with `room.part`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from credentials.errors import TallystickError
from credentials.limits import DEFAULT_LIMITS
from recognition.desk.access import RIGHTS, Right
from recognition.desk.checked import UnusableError
from recognition.desk.errors import ChangedMeanwhileError
from recognition.desk.naming import name_in_decisions
from recognition.desk.shown import FILTERS, HAPPENED, ROLES, STATES
from recognition.errors import RecognitionError
from service.errors import NotFoundError, StoreError
from service.pages import N_, Pages, page_response
from service.pages.answers import ERRORS
from service.people import Access, OfficeRoom
from service.people.office_room import OfficePlan, Section

if TYPE_CHECKING:
    from recognition.desk.services import DeskServices

SITE = N_("Recognition desk")
START = "desk.start"
PREFIX = "/desk"
CHANGES_SHOWN = 5
"""Everything that is for people who work here lies below it."""


class DeskRoom(OfficeRoom):
    """The pages with what they work with."""

    def __init__(self, services: DeskServices) -> None:
        """Begin with the pages by which people sign in; the parts of the desk add theirs."""
        self.services = services
        self.sections: list[Section] = []
        self.parts: list[Pages] = []
        """The pages of further parts, and those that are for everybody."""

        plan = OfficePlan(
            name="desk",
            package="recognition.desk",
            prefix=PREFIX,
            title=services.title,
            roles=ROLES,
            rights=RIGHTS,
            sections=self.sections,
            manage=Right.MANAGE,
            audit=Right.AUDIT,
            upload_bytes=DEFAULT_LIMITS.image_bytes,
            form_bytes=DEFAULT_LIMITS.document_bytes,
            home=("start", N_("To the start page")),
            needs_two=services.needs_two,
            uses=("recognition.policies",),
            happened=HAPPENED,
        )
        super().__init__(services.store.office, plan, services.ways, services.now)
        self._prepare(self.pages)
        for name, filter_ in FILTERS.items():
            self.pages.add_app_template_filter(filter_, name)

    def part(self, pages: Pages) -> Pages:
        """Take pages with templates, words and style of their own; return them."""
        self.parts.append(pages)
        pages.register_error_handler(NotFoundError, _not_found)
        pages.register_error_handler(StoreError, _refused)
        self._prepare(pages)
        return pages

    def name_of(self, access: Access) -> str:
        """Tell by which name somebody stands in the register: decides, reads over, reviews."""
        return name_in_decisions(self.office, access.user)

    def section(self, endpoint: str, text: str, right: Right) -> None:
        """Add an entry to the navigation ("inbox", or "senate.policies" of a further part)."""
        self.sections.append(Section(endpoint, text, right))

    def _prepare(self, pages: Pages) -> None:
        pages.after_request(_keep_to_the_reader)
        for kind in (RecognitionError, UnusableError):
            pages.register_error_handler(kind, _refused)
        pages.register_error_handler(ChangedMeanwhileError, self._changed)

    def _changed(self, error: ChangedMeanwhileError) -> Response:
        """Show what somebody entered beside what stands now; sent again, it counts."""
        session = self.door.session()
        if session is None:
            return _refused(error)
        store = self.services.store
        case = store.cases.get(error.case_id)
        entered = [pair for pair in request.form.items(multi=True) if pair[0] != "version"]
        since = [one for one in store.office.about(case.id) if not one.kind.endswith(".viewed")]
        return self.show(
            self.access(session.user),
            "desk/changed",
            status=409,
            case=case,
            entered=entered,
            there=request.path,
            since=since[-CHANGES_SHOWN:],
            names=store.office.names(),
            states=STATES,
        )


def _keep_to_the_reader(response: Response) -> Response:
    """A page about somebody is kept by nobody else, and found by no search."""
    if not (request.endpoint or "").endswith(".static"):
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _not_found(_error: TallystickError) -> Response:
    """Answer alike for what does not exist and for what is somebody else's."""
    return page_response("pages/error.html", status=404, status_code=404, text=ERRORS[404])


def _refused(error: TallystickError) -> Response:
    """Say why something cannot be as things are now."""
    return page_response("desk/refused.html", status=409, text=error.message, code=error.code)
