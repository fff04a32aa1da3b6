"""The first start: an institution, its key, and its first owner; and further institutions."""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass

from flask import Response, request, url_for

from credentials.errors import TallystickError
from credentials.urls import is_url
from issuer.console.room import Console
from issuer.rosters import is_address
from issuer.store import Act, ConflictError, Role, Tenant, User
from service.pages import FieldError, form_text, gettext, page_response, redirect, say
from service.people.sessions import Proof
from service.people.signing_in import password_errors, signed_in_as
from service.web.problems import refusal

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?")
"""What the name of an institution in addresses is made of."""

COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class InstitutionForm:
    """What a form says about a new institution."""

    title: str
    name: str
    website: str
    country: str
    address: str

    @classmethod
    def sent(cls) -> InstitutionForm:
        """Read the form; an institution without a short name gets one from its name."""
        title = form_text("title", 200)
        return cls(
            title,
            form_text("name", 50).lower() or short_name(title),
            form_text("website", 500),
            form_text("country", 2).upper(),
            form_text("address", 300).rstrip("/"),
        )

    def errors(self) -> list[FieldError]:
        """Name everything that is wrong."""
        found = []
        if not self.title:
            found.append(FieldError("title", gettext("Enter the name of the institution.")))
        if self.title and not NAME.fullmatch(self.name):
            text = gettext("Small letters, digits and hyphens only, such as southern-institute.")
            found.append(FieldError("name", text))
        if self.website and not _is_web_address(self.website):
            text = gettext("A web address begins with https://.")
            found.append(FieldError("website", text))
        if self.country and not COUNTRY.fullmatch(self.country):
            text = gettext("A country has two letters, such as NZ, CA or ES.")
            found.append(FieldError("country", text))
        if self.address and not _is_web_address(self.address):
            text = gettext("This address begins with https://, or is left empty.")
            found.append(FieldError("address", text))
        return found

    def profile(self) -> dict[str, object]:
        """Write what the institution's credentials say about it."""
        members: dict[str, object] = {"name": self.title}
        members |= {"url": self.website} if self.website else {}
        if self.country:
            members["address"] = {"type": ["Address"], "addressCountryCode": self.country}
        return members


def add_setting_up(console: Console) -> None:
    """Add the pages."""
    _add_start(console)
    _add_begin(console)
    _add_institutions(console)


def _add_start(console: Console) -> None:
    pages, services = console.pages, console.services

    @pages.get("/")
    def start() -> Response:
        """Lead to the institution of whoever is signed in, or to the list of theirs."""
        user = console.door.signed_in()
        if user is None:
            return redirect(url_for("console.sign_in"))
        own = services.store.tenants.of_user(user.id)
        if len(own) == 1:
            return redirect(url_for("console.dashboard", institution=own[0][0].name))
        return redirect(url_for("console.institutions"))


def _add_begin(console: Console) -> None:
    pages, services = console.pages, console.services

    @pages.get("/begin")
    def set_up() -> Response:
        _require_first(console, request.args.get("code", ""))
        empty = InstitutionForm("", "", "", "", services.address or "")
        return _set_up_page(console, empty, [])

    @pages.post("/begin")
    def take_set_up() -> Response:
        _require_first(console, request.form.get("code", ""))
        form = InstitutionForm.sent()
        email = form_text("email", 254)
        errors = form.errors() + _person_errors(email)
        errors += password_errors(email, form.title, form.name)
        if errors:
            return _set_up_page(console, form, errors)
        act = Act("", "set-up", services.now())
        try:
            tenant = added(console, act, form)
        except TallystickError as error:
            return _set_up_page(console, form, [FieldError("name", error.message)])
        user = _first_owner(console, tenant, email)
        say(gettext("%(title)s is set up, with a key of its own.", title=tenant.title))
        address = url_for("console.dashboard", institution=tenant.name)
        return signed_in_as(console.door, user, address, Proof.PASSWORD)


def _add_institutions(console: Console) -> None:
    pages, services = console.pages, console.services

    @pages.get("/institutions")
    def institutions() -> Response:
        user = console.door.signed_in()
        return console.door.to_sign_in() if user is None else _institutions_page(console, user)

    @pages.post("/institutions")
    def take_institution() -> Response:
        user = console.door.signed_in()
        if user is None or not runs_installation(console, user):
            raise refusal(401 if user is None else 403)
        form = InstitutionForm.sent()
        errors = form.errors()
        if errors:
            return _institutions_page(console, user, form, errors)
        act = Act("", f"user:{user.id}", services.now())
        try:
            tenant = added(console, act, form)
        except TallystickError as error:
            return _institutions_page(console, user, form, [FieldError("name", error.message)])
        services.store.users.grant(Act(tenant.id, act.actor, act.at), user.id, Role.OWNER)
        say(gettext("%(title)s was added.", title=tenant.title))
        return redirect(url_for("console.dashboard", institution=tenant.name))


def short_name(title: str) -> str:
    """Make a name for addresses of the name of an institution."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:50].rstrip("-")


def added(console: Console, act: Act, form: InstitutionForm) -> Tenant:
    """Add an institution with a new key; raise `ConflictError` if the name is taken."""
    tenants = console.services.store.tenants
    if any(tenant.name == form.name for tenant in tenants.all()):
        text = gettext("There is an institution of this short name. Choose another one.")
        raise ConflictError(text, code="TENANT_EXISTS")
    key = console.services.keys.make(form.name, form.address or None)
    return tenants.add(
        act,
        name=form.name,
        title=form.title,
        issuer=key.issuer,
        key_uri=key.uri,
        profile=form.profile(),
        # Where the lists of what was withdrawn are: without a public address nobody outside sees
        # them, which is good enough for trying out; status lists have https addresses only.
        settings={"public_url": form.address or f"https://{request.host}"},
    )


def runs_installation(console: Console, user: User) -> bool:
    """Tell whether somebody may add institutions: the owners of the first one may."""
    tenants = sorted(console.services.store.tenants.all(), key=lambda one: one.created_at)
    if not tenants:
        return False
    return Role.OWNER in console.services.store.users.roles(tenants[0].id, user.id)


def _require_first(console: Console, code: str) -> None:
    """Let in whoever knows the code that was printed, as long as there is nobody."""
    expected = console.services.setup_code.encode()
    is_known = hmac.compare_digest(code.encode("utf-8", "surrogatepass"), expected)
    if not is_known or console.services.store.users.has_any():
        raise refusal(404)


def _first_owner(console: Console, tenant: Tenant, email: str) -> User:
    services = console.services
    act = Act(tenant.id, "set-up", services.now())
    users = services.store.users
    user = users.add(act, email=email, name=form_text("person", 200))
    users.grant(act, user.id, Role.OWNER)
    return users.set_password_hash(act, user.id, services.passwords.hash(request.form["password"]))


def _person_errors(email: str) -> list[FieldError]:
    found = []
    if not form_text("person", 200):
        found.append(FieldError("person", gettext("Enter your name.")))
    if not is_address(email):
        text = gettext("Enter your e-mail address, such as ana@example.com.")
        found.append(FieldError("email", text))
    return found


def _set_up_page(console: Console, form: InstitutionForm, errors: list[FieldError]) -> Response:
    return page_response(
        "console/set_up.html",
        status=422 if errors else 200,
        errors=errors,
        form=form,
        code=console.services.setup_code,
        email=form_text("email", 254),
        person=form_text("person", 200),
    )


def _institutions_page(
    console: Console,
    user: User,
    form: InstitutionForm | None = None,
    errors: list[FieldError] | None = None,
) -> Response:
    empty = InstitutionForm("", "", "", "", console.services.address or "")
    return page_response(
        "console/institutions.html",
        status=422 if errors else 200,
        errors=errors or [],
        user=user,
        own=console.services.store.tenants.of_user(user.id),
        may_add=runs_installation(console, user),
        form=form or empty,
    )


def _is_web_address(text: str) -> bool:
    return text.startswith("https://") and is_url(text)
