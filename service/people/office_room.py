"""The room of an office: its pages, who may open which, and the pages about its people.

A page says which right it asks for where it is added, and `OfficeRoom.rights` lists them, so that a
test can try every page for every role.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from flask import Response, request, url_for

from credentials.errors import TallystickError
from service.errors import NotFoundError, StoreError
from service.pages import Pages, page_response, redirect
from service.pages.answers import ERRORS
from service.people.acts import Act
from service.people.door import PACKAGE, Door, Kept, Ways
from service.people.entering import add_door
from service.people.office import Office
from service.people.people import User
from service.people.role_missing import Roles, role_missing
from service.web.problems import RequestRefusedError

View = TypeVar("View", bound=Callable[..., Response])


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation inside the office: endpoint, text (marked with `N_`), right."""

    endpoint: str
    text: str
    right: str


@dataclass(frozen=True, slots=True)
class OfficePlan:
    """How an office is laid out.

    `name`, `package`, `prefix`, `upload_bytes` and `form_bytes` are those of its `Pages`; `title`
    is who keeps it.  `roles` have a text (marked with `N_`), `rights` say what each role allows;
    people are looked after by whoever has the right `manage`, the log is read with `audit`;
    `uses` are other packages whose texts the pages say; `happened` says what the office's own
    entries of the log are, by their names (marked with `N_`).
    """

    name: str
    package: str
    prefix: str
    title: str
    roles: Mapping[str, str]
    rights: Mapping[str, frozenset[str]]
    sections: Sequence[Section]
    manage: str
    audit: str
    upload_bytes: int = 0
    form_bytes: int = 262_144
    asks_for_passkey: bool = False
    needs_two: bool = False
    """Whether roles that somebody gives wait until a second person confirms them."""

    has_assets: bool = True
    home: tuple[str, str] = field(default=("start", "Start"))
    uses: tuple[str, ...] = ()
    happened: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody who is signed in and has a role, now."""

    user: User
    roles: frozenset[str]
    rights: frozenset[str]
    at: datetime

    @property
    def act(self) -> Act:
        """What their changes are recorded with."""
        return Act(f"user:{self.user.id}", self.at)


class OfficeRoom:
    """The pages of an office with what they work with."""

    def __init__(
        self, office: Office, plan: OfficePlan, ways: Ways, now: Callable[[], datetime]
    ) -> None:
        """Begin with the pages about people; the office adds its own."""
        self.office, self.plan, self.now = office, plan, now
        self.rights: dict[str, str] = {}
        """What each endpoint asks for."""

        self.pages = Pages(
            plan.name,
            plan.package,
            url_prefix=plan.prefix,
            upload_bytes=plan.upload_bytes,
            form_bytes=plan.form_bytes,
            has_assets=plan.has_assets,
            uses=(PACKAGE, *plan.uses),
        )
        self.pages.register_error_handler(NotFoundError, _not_found)
        self.pages.register_error_handler(StoreError, self._refused)
        self.door = Door(
            pages=self.pages,
            kept=Kept(office.people, office.sessions, office.sign_in),
            ways=ways,
            now=now,
            cookie=f"tallystick-{plan.name}",
            own_page=re.compile(rf"{re.escape(plan.prefix)}(?:/[A-Za-z0-9_-]+)*/?"),
            asks_for_passkey=lambda _user: plan.asks_for_passkey,
            home=plan.home,
        )
        add_door(self.door)

    def at(
        self, rule: str, right: str, *, method: str = "GET", pages: Pages | None = None
    ) -> Callable[[View], View]:
        """Add a page or a form, for whoever has the right.

        A further part of the office, with templates of its own, gives its own `pages`, whose
        prefix lies below that of the office.

        Obligations: 1. somebody is signed in, else a page leads there and a form is refused; 2.
        they used a passkey, if the office asks for one; 3. one of their roles has the right, else
        they are told which role is missing, and who can give it.
        """

        holder = pages or self.pages

        def add(view: View) -> View:
            @wraps(view)
            def guarded(**values: str) -> Response:
                # 1.
                session = self.door.session()
                if session is None:
                    return self.door.to_sign_in()
                # 2.
                if self.plan.asks_for_passkey and not session.has_passkey:
                    return self._to_second_step()
                # 3.
                access = self.access(session.user)
                if right not in access.rights:
                    return self._without_role(access, right)
                return view(access, **values)

            name = view.__name__
            holder.add_url_rule(rule, name, guarded, methods=[method])
            self.rights[f"{holder.name}.{name}"] = right
            return view

        return add

    def show(self, access: Access, template: str, **values: Any) -> Response:
        """Answer with a page; its frame shows what its reader may do.

        `template` is named with its folder, "people/people" for example.
        """
        shared: dict[str, Any] = {"room": self, "access": access, "may": access.rights}
        return page_response(f"{template}.html", **{**shared, **values})

    def address(self, endpoint: str, **values: Any) -> str:
        """Give the address of a page of the office, or of a part by its full endpoint."""
        return url_for(self.endpoint(endpoint), **values)

    def endpoint(self, name: str) -> str:
        """Name an endpoint in full; that of a further part ("senate.start") is so already."""
        return name if "." in name else f"{self.pages.name}.{name}"

    def access(self, user: User) -> Access:
        """Tell what somebody may do now."""
        roles = self.office.roles(user.id)
        known = [self.plan.rights[role] for role in roles if role in self.plan.rights]
        return Access(user, roles, frozenset[str]().union(*known), self.now())

    def _without_role(self, access: Access, right: str) -> Response:
        # Who works here is told to colleagues, and not to somebody without any role.
        members = self.office.members() if access.roles else ()
        colleagues = [one for one in members if one[0] != access.user]
        roles = Roles(self.plan.roles, self.plan.rights, self.plan.manage)
        home = self.address(self.plan.home[0])
        return role_missing(roles, right, access.roles, colleagues, home)

    def _to_second_step(self) -> Response:
        if request.method != "GET":
            text = "This office asks for a passkey. Open one of its pages, and use yours."
            raise RequestRefusedError(text, status=403, code="PASSKEY_MISSING")
        return redirect(self.door.address("second_step", then=request.path))

    def _refused(self, error: TallystickError) -> Response:
        """Say why something cannot be as things are now; the words are those of the store."""
        if error.code == "CHANGED_MEANWHILE":
            return page_response("people/changed.html", status=409, room=self, there=request.path)
        return page_response("people/refused.html", status=409, room=self, text=error.message)


def _not_found(_error: TallystickError) -> Response:
    return page_response("pages/error.html", status=404, status_code=404, text=ERRORS[404])
