"""An institution's own affairs: figures, people, keys, keys of programs, and what was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Response, request, url_for

from credentials.errors import TallystickError
from issuer.console.access import Access, Right
from issuer.console.room import Console, asks_for_passkey
from issuer.console.setting_up import InstitutionForm
from issuer.console.shown import ROLES
from issuer.issuing.lists import status_purpose
from issuer.rosters import is_address
from issuer.store import NotFoundError, Role, Scope, User
from issuer.store.ledger import statement_of
from service.pages import N_, FieldError, form_text, gettext, redirect, say
from service.people.words import own_roles
from service.status_lists import REVOCATION, SUSPENSION

SCOPES = {
    Scope.ACHIEVEMENTS_READ: N_("Read achievements"),
    Scope.ACHIEVEMENTS_WRITE: N_("Design and publish achievements"),
    Scope.CREDENTIALS_READ: N_("Read credentials"),
    Scope.CREDENTIALS_ISSUE: N_("Issue credentials"),
    Scope.CREDENTIALS_WITHDRAW: N_("Withdraw credentials"),
    Scope.AUDIT_READ: N_("Read the audit log"),
    Scope.WEBHOOKS_WRITE: N_("Set up webhooks"),
}
"""How scopes are called."""

PURPOSES = {
    REVOCATION: N_("They can be revoked, for good"),
    SUSPENSION: N_("They can be suspended and reinstated; verifiers then say suspended"),
}
"""What can be done with badges on the lists of each purpose."""

KEY_DAYS = 365
"""How long a key of a program holds."""


def add_managing(console: Console) -> None:
    """Add the pages."""
    _add_dashboard(console)
    _add_people(console)
    _add_one_person(console)
    _add_keys(console)
    _add_api_keys(console)
    _add_audit(console)


def _add_dashboard(console: Console) -> None:
    store = console.services.store

    @console.at("/", Right.READ)
    def dashboard(access: Access) -> Response:
        return console.show(
            access,
            "dashboard",
            figures=store.overviews.of(access.tenant.id),
            is_trial=access.tenant.issuer.startswith("did:key:"),
            achievements=store.achievements.page(access.tenant.id, items=5).items,
            jobs=store.jobs.page(access.tenant.id, items=5).items,
        )

    @console.at("/institution", Right.MANAGE)
    def institution(access: Access) -> Response:
        address = access.tenant.profile.get("address", {}).get("addressCountryCode", "")
        website = str(access.tenant.profile.get("url", ""))
        form = InstitutionForm(access.tenant.title, access.tenant.name, website, address, "")
        return _institution_page(console, access, form, [])

    @console.at("/institution", Right.MANAGE, method="POST")
    def change_institution(access: Access) -> Response:
        form = replace(InstitutionForm.sent(), name=access.tenant.name, address="")
        errors = form.errors()
        if errors:
            return _institution_page(console, access, form, errors)
        purpose = form_text("status_purpose", 20)
        settings = access.tenant.settings | (
            {"status_purpose": purpose} if purpose in PURPOSES else {}
        )
        settings["passkey_required"] = "passkey-required" in request.form
        store.tenants.change(
            access.act, title=form.title, profile=form.profile(), settings=settings
        )
        say(gettext("It is saved. Credentials that are issued from now on say so."))
        return redirect(url_for("console.institution", institution=access.tenant.name))


def _add_people(console: Console) -> None:
    store = console.services.store

    @console.at("/people", Right.MANAGE)
    def people(access: Access) -> Response:
        return _people_page(console, access, [])

    @console.at("/people", Right.MANAGE, method="POST")
    def add_person(access: Access) -> Response:
        email, name = form_text("email", 254).lower(), form_text("name", 200)
        roles = _chosen_roles()
        errors = _person_errors(email, roles)
        if errors:
            return _people_page(console, access, errors)
        known = store.users.with_email(email)
        if known is not None and known.id == access.user.id:
            return _people_page(console, access, [FieldError("email", own_roles())])
        if known is not None and not _is_known_to(console, access, known):
            text = gettext("Somebody of another institution has this address. Take another one.")
            return _people_page(console, access, [FieldError("email", text)])
        user = known or store.users.add(access.act, email=email, name=name or email)
        for role in roles:
            store.users.grant(access.act, user.id, role)
        say(gettext("%(name)s may work here now.", name=user.name))
        if user.password_hash is None and _is_in_hand(console, access, user):
            return _link_page(console, access, user)
        return redirect(url_for("console.people", institution=access.tenant.name))


def _add_one_person(console: Console) -> None:
    store = console.services.store

    @console.at("/people/<person>/roles", Right.MANAGE, method="POST")
    def change_roles(access: Access, person: str) -> Response:
        member = _member(console, access, person)
        if person == access.user.id:
            return _people_page(console, access, [FieldError(f"roles-{person}", own_roles())])
        chosen, held = _chosen_roles(), store.users.roles(access.tenant.id, person)
        for role in chosen - held:
            store.users.grant(access.act, person, role)
        try:
            for role in held - chosen:
                store.users.withdraw(access.act, person, role)
        except TallystickError as error:
            return _people_page(console, access, [FieldError(f"roles-{person}", error.message)])
        say(gettext("The roles of %(name)s are changed.", name=member.name))
        return redirect(url_for("console.people", institution=access.tenant.name))

    @console.at("/people/<person>/link", Right.MANAGE, method="POST")
    def person_link(access: Access, person: str) -> Response:
        member = _member(console, access, person)
        if not _is_in_hand(console, access, member):
            text = gettext("This person works for other institutions, too, and sets it there.")
            return _people_page(console, access, [FieldError(f"roles-{person}", text)])
        return _link_page(console, access, member)


def _add_keys(console: Console) -> None:
    services = console.services

    @console.at("/keys", Right.MANAGE)
    def keys(access: Access) -> Response:
        known = services.keys.of(access.tenant)
        return console.show(access, "keys", keys=known, errors=[])

    @console.at("/keys/rotate", Right.MANAGE, method="POST")
    def rotate_key(access: Access) -> Response:
        try:
            services.keys.rotate(access.act, access.tenant)
        except TallystickError as error:
            known = services.keys.of(access.tenant)
            errors = [FieldError("rotate", error.message)]
            return console.show(access, "keys", status=422, keys=known, errors=errors)
        say(gettext("A new key signs from now on. What older keys signed stays valid."))
        return redirect(url_for("console.keys", institution=access.tenant.name))


def _add_api_keys(console: Console) -> None:
    store = console.services.store

    @console.at("/api-keys", Right.MANAGE)
    def api_keys(access: Access) -> Response:
        return _api_keys_page(console, access, [])

    @console.at("/api-keys", Right.MANAGE, method="POST")
    def make_api_key(access: Access) -> Response:
        name = form_text("name", 100)
        scopes = [scope for scope in Scope if f"scope-{scope.value}" in request.form]
        errors = [] if name else [FieldError("name", gettext("Say what the key is for."))]
        if not scopes:
            first = f"scope-{next(iter(Scope)).value}"
            errors.append(FieldError(first, gettext("Choose what the key may do.")))
        if errors:
            return _api_keys_page(console, access, errors)
        expires = access.at + timedelta(days=KEY_DAYS)
        _key, secret = store.api_keys.make(access.act, name=name, scopes=scopes, expires=expires)
        return _api_keys_page(console, access, [], secret)

    @console.at("/api-keys/<key>/revoke", Right.MANAGE, method="POST")
    def revoke_api_key(access: Access, key: str) -> Response:
        store.api_keys.revoke(access.act, key)
        say(gettext("The key opens nothing any more."))
        return redirect(url_for("console.api_keys", institution=access.tenant.name))


def _add_audit(console: Console) -> None:
    store = console.services.store

    @console.at("/audit", Right.AUDIT)
    def audit(access: Access) -> Response:
        page = store.ledger.audit(access.tenant.id, before=request.args.get("before"))
        names = {f"user:{user.id}": user.name for user, _ in store.users.members(access.tenant.id)}
        return console.show(
            access,
            "audit",
            page=page,
            names=names,
            statement_of=statement_of,
            checkpoint=store.ledger.checkpoint(),
        )


def _institution_page(
    console: Console, access: Access, form: InstitutionForm, errors: list[FieldError]
) -> Response:
    return console.show(
        access,
        "institution",
        status=422 if errors else 200,
        form=form,
        errors=errors,
        purposes=PURPOSES,
        purpose=status_purpose(access.tenant),
        has_passkeys=console.services.relying_party is not None,
        asks_for_passkey=asks_for_passkey(access.tenant),
    )


def _person_errors(email: str, roles: frozenset[Role]) -> list[FieldError]:
    found = []
    if not is_address(email):
        text = gettext("Enter an e-mail address, such as ana@example.com.")
        found.append(FieldError("email", text))
    if not roles:
        found.append(FieldError("role-owner", gettext("Choose at least one role.")))
    return found


def _people_page(console: Console, access: Access, errors: list[FieldError]) -> Response:
    return console.show(
        access,
        "people",
        status=422 if errors else 200,
        errors=errors,
        members=console.services.store.users.members(access.tenant.id),
        roles=ROLES,
        address=_addresses(access),
        email=form_text("email", 254),
        name=form_text("name", 200),
    )


def _addresses(access: Access) -> Callable[..., str]:
    """Give addresses of the console's pages of an institution, as pages of people ask for them."""

    def address(page: str, **values: Any) -> str:
        return url_for(f"console.{page}", institution=access.tenant.name, **values)

    return address


def _link_page(console: Console, access: Access, user: User) -> Response:
    """Show the link by which somebody sets their password; it is shown this once."""
    secret = console.services.store.users.make_setup_link(access.act, user.id)
    address = url_for("console.new_password", secret=secret, _external=True)
    return console.show(access, "person_link", person=user, address=address)


def _member(console: Console, access: Access, person: str) -> User:
    """Find somebody who has a role here; raise `NotFoundError`."""
    members = console.services.store.users.members(access.tenant.id)
    found = [user for user, _roles in members if user.id == person]
    if not found:
        raise NotFoundError("There is no such person here.")
    return found[0]


def _is_known_to(console: Console, access: Access, user: User) -> bool:
    """Tell whether an account may be let in here: it was here before, or its owners ask for it.

    The owner of another institution could have made it, with a password of their own, in the name
    of somebody who would be let in here.
    """
    store = console.services.store
    about = store.ledger.about(access.tenant.id, user.id)
    if any(entry.kind == "role.granted" for entry in about):
        return True
    works_at = [tenant.id for tenant, _roles in store.tenants.of_user(user.id)]
    owned = [Role.OWNER in store.users.roles(one, access.user.id) for one in works_at]
    return bool(owned) and all(owned)


def _is_in_hand(console: Console, access: Access, user: User) -> bool:
    """Tell whether whoever asks owns every institution that somebody works for.

    They could otherwise take over an account that opens another institution.
    """
    store = console.services.store
    works_at = [tenant.id for tenant, _roles in store.tenants.of_user(user.id)]
    owned = [Role.OWNER in store.users.roles(one, access.user.id) for one in works_at]
    return bool(owned) and all(owned)


def _chosen_roles() -> frozenset[Role]:
    return frozenset(role for role in Role if f"role-{role.value}" in request.form)


def _api_keys_page(
    console: Console, access: Access, errors: list[FieldError], secret: str = ""
) -> Response:
    return console.show(
        access,
        "api_keys",
        status=422 if errors else 200,
        errors=errors,
        keys=console.services.store.api_keys.all(access.tenant.id),
        scopes=SCOPES,
        secret=secret,
        name=form_text("name", 100),
        now=access.at,
    )
