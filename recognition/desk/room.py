"""The room of the desk: its blueprint, who is signed in, guarding every page, and its sections.

A part adds pages with `room.at(rule, right)`, and an entry of the navigation with `room.section`;
what has templates of its own gives its own `Pages` to `at`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, request, url_for

from credentials.errors import TallystickError
from credentials.limits import DEFAULT_LIMITS
from recognition.desk.access import Person, Right, Visit
from recognition.desk.errors import DeskError, NotAtDeskError
from recognition.desk.services import DeskServices
from recognition.desk.shown import FILTERS
from recognition.errors import RecognitionError
from service.pages import N_, NavigationItem, Pages, page_response, redirect
from service.pages.answers import ERRORS
from service.sign_in.sessions import Session
from service.web.problems import RequestRefusedError, refusal

SITE = N_("Recognition desk")
START = "desk.start"
COOKIE = "tallystick-desk"
"""Holds the secret of a session; it goes only to the desk, and over TLS where there is any."""

PREFIX = "/desk"
"""Everything that is for people who work here lies below it."""

View = TypeVar("View", bound=Callable[..., Response])


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the navigation: the endpoint of its page, its text (`N_`), and who sees it."""

    endpoint: str
    text: str
    right: Right


class DeskRoom:
    """The pages with what they work with."""

    def __init__(self, services: DeskServices) -> None:
        """Begin with no pages; the parts of the desk add theirs."""
        self.services = services
        self.rights: dict[str, Right] = {}
        """What each endpoint of people who work here asks for."""

        self.sections: list[Section] = []
        self.pages = Pages(
            "desk",
            "recognition.desk",
            has_assets=True,
            upload_bytes=DEFAULT_LIMITS.image_bytes,
            form_bytes=DEFAULT_LIMITS.document_bytes,
        )
        self.further: list[Pages] = []
        self.prepare(self.pages)
        for name, filter_ in FILTERS.items():
            self.pages.add_app_template_filter(filter_, name)

    def prepare(self, pages: Pages) -> Pages:
        """Have the pages of a part answer errors and headers as all pages of the desk do."""
        pages.after_request(_keep_to_the_reader)
        pages.register_error_handler(NotAtDeskError, _not_found)
        pages.register_error_handler(DeskError, _refused)
        pages.register_error_handler(RecognitionError, _refused)
        return pages

    def add(self, pages: Pages) -> Pages:
        """Take the pages of a further part, with templates and words of their own."""
        self.further.append(self.prepare(pages))
        return pages

    def section(self, endpoint: str, text: str, right: Right) -> None:
        """Add an entry to the navigation, for whoever has the right."""
        self.sections.append(Section(endpoint, text, right))

    def at(
        self, rule: str, right: Right, *, method: str = "GET", pages: Pages | None = None
    ) -> Callable[[View], View]:
        """Add a page or a form below `PREFIX`, for whoever has the right; it gets the visit first.

        Obligations: 1. somebody is signed in, else a page leads there and a form is refused; 2. one
        of their roles has the right, else it is refused.
        """
        holder = pages or self.pages

        def add(view: View) -> View:
            @wraps(view)
            def guarded(**values: str) -> Response:
                # 1.
                person = self.signed_in()
                if person is None:
                    return self.to_sign_in()
                # 2.
                visit = Visit(person, self.services.now())
                if right not in visit.rights:
                    text = "Your roles at this desk do not allow this."
                    raise RequestRefusedError(text, status=403, code="ROLE_MISSING")
                g.desk_visit = visit
                return view(visit, **values)

            holder.add_url_rule(PREFIX + rule, view.__name__, guarded, methods=[method])
            self.rights[f"{holder.name}.{view.__name__}"] = right
            return view

        return add

    def session(self) -> Session[Person] | None:
        """Find the session of this browser."""
        secret = request.cookies.get(COOKIE)
        return self.services.store.sessions.find(secret, self.services.now()) if secret else None

    def signed_in(self) -> Person | None:
        """Tell who is signed in."""
        session = self.session()
        return None if session is None else session.user

    def to_sign_in(self) -> Response:
        """Lead to the page where one signs in, and from there back to this page."""
        if request.method != "GET":
            raise refusal(401)
        return redirect(url_for("desk.sign_in", then=request.path))

    def show(self, visit: Visit, template: str, **values: Any) -> Response:
        """Answer with a page ("desk/inbox" is that of the desk); its frame shows the sections."""
        own = [one for one in self.sections if one.right in visit.rights]
        items = [NavigationItem(one.endpoint, one.text) for one in own]
        shared: dict[str, Any] = {
            "visit": visit,
            "may": visit.rights,
            "Right": Right,
            "sections": items,
        }
        return page_response(f"{template}.html", **{**shared, **values})


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
