"""The room of the console: its blueprint, who is signed in, and guarding every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, request

from credentials.errors import TallystickError
from issuer.console.access import RIGHTS, Access, Right
from issuer.console.services import ConsoleServices
from issuer.console.shown import ROLES, achievement_state
from issuer.rosters import DEFAULT_ROSTER_LIMITS
from issuer.store import NotFoundError, StoreError, Tenant, User
from service.pages import N_, Pages, html_of_markdown, page_response, redirect
from service.pages.answers import ERRORS
from service.people.door import PACKAGE, Door, Kept, Ways
from service.people.role_missing import Roles, role_missing
from service.web.problems import RequestRefusedError, refusal

SITE = N_("Issuing")
"""What the pages are called, above each."""

COOKIE = "tallystick-console"
"""Holds the secret of a session; it goes only to the console, and over TLS where there is any."""

PREFIX = "/console"
AT = "/at/<institution>"
"""Where the pages of an institution are, by its name."""

OWN_PAGE = re.compile(rf"{PREFIX}/(?:you|at/[a-z0-9-]+(?:/[A-Za-z0-9_-]+)*/?)")
"""Where signing in may lead to: a page of ours, whatever a link says."""

FORM_BYTES = 1_048_576
"""Size of a form beside files: a definition with its image as text."""

_ROLES = Roles(
    {role.value: text for role, text in ROLES.items()},
    {role.value: rights for role, rights in RIGHTS.items()},
    Right.MANAGE,
)

View = TypeVar("View", bound=Callable[..., Response])


class Console:
    """The pages of the console with what they work with."""

    def __init__(self, services: ConsoleServices) -> None:
        """Begin with no pages; the modules of this package add theirs."""
        self.services = services
        self.rights: dict[str, Right] = {}
        """What the endpoints of institutions ask for."""

        self.pages = Pages(
            "console",
            "issuer.console",
            url_prefix=PREFIX,
            upload_bytes=DEFAULT_ROSTER_LIMITS.file_bytes,
            form_bytes=FORM_BYTES,
            has_assets=True,
            uses=(PACKAGE,),
        )
        self.door = self._door()
        self.pages.add_app_template_filter(achievement_state, "achievement_state")
        self.pages.add_app_template_global(html_of_markdown, "markdown")
        self.pages.register_error_handler(NotFoundError, _not_found)
        self.pages.register_error_handler(StoreError, _refused)

    def at(self, rule: str, right: Right, *, method: str = "GET") -> Callable[[View], View]:
        """Add a page or a form of an institution, for whoever has the right there.

        Obligations: 1. somebody is signed in, else a page leads there and a form is refused; 2. the
        institution exists and they have a role in it, else it is not found, so that nobody learns
        who else is here; 3. they used a passkey, if the institution asks for one; 4. one of their
        roles has the right, else they are told which role is missing, and who can give it.
        """

        def add(view: View) -> View:
            @wraps(view)
            def guarded(institution: str, **values: str) -> Response:
                # 1.
                session = self.door.session()
                if session is None:
                    return self.door.to_sign_in()
                # 2.
                access = self._access(session.user, institution)
                # 3.
                if asks_for_passkey(access.tenant) and not session.has_passkey:
                    return self._to_second_step()
                # 4.
                if right not in access.rights:
                    return self._without_role(access, right)
                g.console_access = access
                return view(access, **values)

            name = view.__name__
            self.pages.add_url_rule(AT + rule, name, guarded, methods=[method])
            self.rights[f"{self.pages.name}.{name}"] = right
            return view

        return add

    def _door(self) -> Door:
        services, store = self.services, self.services.store
        return Door(
            pages=self.pages,
            kept=Kept(store.users, store.sessions, store.sign_in),
            ways=Ways(services.passwords, services.relying_party, services.providers),
            now=services.now,
            cookie=COOKIE,
            own_page=OWN_PAGE,
            asks_for_passkey=self._is_asked_for_passkey,
            home=("institutions", N_("Institutions")),
            not_set_up="console/not_set_up.html",
        )

    def _is_asked_for_passkey(self, user: User) -> bool:
        own = self.services.store.tenants.of_user(user.id)
        return any(asks_for_passkey(tenant) for tenant, _roles in own)

    def _without_role(self, access: Access, right: Right) -> Response:
        members = self.services.store.users.members(access.tenant.id)
        colleagues = [one for one in members if one[0] != access.user]
        home = self.door.address("institutions")
        return role_missing(_ROLES, right, access.roles, colleagues, home)

    def _to_second_step(self) -> Response:
        if request.method != "GET":
            text = "This institution asks for a passkey. Open one of its pages, and use yours."
            raise RequestRefusedError(text, status=403, code="PASSKEY_MISSING")
        return redirect(self.door.address("second_step", then=request.path))

    def _access(self, user: User, institution: str) -> Access:
        try:
            tenant = self.services.store.tenants.named(institution)
        except NotFoundError as error:
            raise refusal(404) from error
        roles = self.services.store.users.roles(tenant.id, user.id)
        if not roles:
            raise refusal(404)
        return Access(user, tenant, roles, self.services.now())

    def show(self, access: Access, template: str, **values: Any) -> Response:
        """Answer with a page of an institution; its frame shows what its reader may do."""
        shared: dict[str, Any] = {"access": access, "may": access.rights, "Right": Right}
        return page_response(f"console/{template}.html", **{**shared, **values})


def asks_for_passkey(tenant: Tenant) -> bool:
    """Tell whether an institution lets in only who used a passkey."""
    return tenant.settings.get("passkey_required") is True


def _not_found(_error: TallystickError) -> Response:
    """Answer alike for what does not exist and for what belongs to somebody else."""
    return page_response("pages/error.html", status=404, status_code=404, text=ERRORS[404])


def _refused(error: TallystickError) -> Response:
    """Say why something cannot be as things are now; the words are those of the store."""
    return page_response("console/refused.html", status=409, text=error.message)
