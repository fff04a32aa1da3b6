"""The pages about the people of an office: who may do what, links for them, and the log."""

from __future__ import annotations

from flask import Response, request

from service.errors import ConflictError
from service.mail.addresses import is_address
from service.pages import FieldError, form_text, gettext, redirect, say
from service.people.accounts import accounts_of
from service.people.office import LOG_PAGE
from service.people.office_room import Access, OfficeRoom
from service.people.people import User
from service.people.words import HAPPENED, own_roles, refused


def add_office_people(room: OfficeRoom) -> None:
    """Add the pages."""
    _add_people(room)
    _add_one_person(room)
    _add_log(room)


def _add_people(room: OfficeRoom) -> None:
    office = room.office

    @room.at("/people", room.plan.manage)
    def people(access: Access) -> Response:
        return _people_page(room, access, [])

    @room.at("/people", room.plan.manage, method="POST")
    def add_person(access: Access) -> Response:
        email, name = form_text("email", 254).lower(), form_text("name", 200)
        roles = _chosen_roles(room)
        errors = _person_errors(room, email, roles)
        if errors:
            return _people_page(room, access, errors)
        user = office.people.with_email(email)
        if user is not None and user.id == access.user.id:
            return _people_page(room, access, [FieldError("email", own_roles())])
        user = user or office.people.add(access.act, email=email, name=name or email)
        for role in sorted(roles):
            office.grant(access.act, user.id, role, waits=room.plan.needs_two)
        _say_given(room, user)
        if user.password_hash is None:
            return _link_page(room, access, user)
        return redirect(room.address("people"))


def _add_one_person(room: OfficeRoom) -> None:
    office = room.office

    @room.at("/people/<person>/roles", room.plan.manage, method="POST")
    def change_roles(access: Access, person: str) -> Response:
        member = office.people.get(person)
        if person == access.user.id:
            return _people_page(room, access, [FieldError(f"roles-{person}", own_roles())])
        chosen = _chosen_roles(room)
        held = office.roles(person).union(office.waiting().get(person, ()))
        for role in sorted(chosen - held):
            office.grant(access.act, person, role, waits=room.plan.needs_two)
        try:
            for role in sorted(held - chosen):
                office.withdraw(access.act, person, role)
        except ConflictError as error:
            return _people_page(room, access, [FieldError(f"roles-{person}", refused(error))])
        say(gettext("The roles of %(name)s are changed.", name=member.name))
        return redirect(room.address("people"))

    @room.at("/people/<person>/confirm", room.plan.manage, method="POST")
    def confirm_roles(access: Access, person: str) -> Response:
        member = office.people.get(person)
        try:
            office.confirm(access.act, person)
        except ConflictError as error:
            return _people_page(room, access, [FieldError(f"roles-{person}", refused(error))])
        say(gettext("The roles of %(name)s are confirmed.", name=member.name))
        return redirect(room.address("people"))

    @room.at("/people/<person>/link", room.plan.manage, method="POST")
    def person_link(access: Access, person: str) -> Response:
        return _link_page(room, access, office.people.get(person))


def _add_log(room: OfficeRoom) -> None:
    @room.at("/log", room.plan.audit)
    def log(access: Access) -> Response:
        entries = room.office.log(before=request.args.get("before"))
        following = entries[-1].sequence if len(entries) == LOG_PAGE else None
        return room.show(
            access,
            "people/log",
            entries=entries,
            names=room.office.names(),
            following=following,
            happened={**HAPPENED, **room.plan.happened},
            accounts=() if request.args.get("before") else accounts_of(room.office),
            roles=room.plan.roles,
        )


def _say_given(room: OfficeRoom, user: User) -> None:
    name = user.name
    if room.plan.needs_two:
        say(gettext("The roles of %(name)s wait until another person confirms them.", name=name))
    else:
        say(gettext("%(name)s may work here now.", name=name))


def _people_page(room: OfficeRoom, access: Access, errors: list[FieldError]) -> Response:
    return room.show(
        access,
        "people/people",
        status=422 if errors else 200,
        errors=errors,
        members=room.office.members(),
        roles=room.plan.roles,
        waiting=room.office.waiting(),
        needs_two=room.plan.needs_two,
        email=form_text("email", 254),
        name=form_text("name", 200),
    )


def _person_errors(room: OfficeRoom, email: str, roles: frozenset[str]) -> list[FieldError]:
    found = []
    if not is_address(email):
        text = gettext("Enter an e-mail address, such as ana@example.com.")
        found.append(FieldError("email", text))
    if not roles:
        first = f"role-{next(iter(room.plan.roles))}"
        found.append(FieldError(first, gettext("Choose at least one role.")))
    return found


def _chosen_roles(room: OfficeRoom) -> frozenset[str]:
    return frozenset(role for role in room.plan.roles if f"role-{role}" in request.form)


def _link_page(room: OfficeRoom, access: Access, user: User) -> Response:
    """Show the link by which somebody sets their password; it is shown this once.

    Whoever sees it could open the account, so where two people stand behind each account all roles
    of it wait for another one.
    """
    if room.plan.needs_two and user.id != access.user.id:
        try:
            room.office.make_wait(access.act, user.id)
        except ConflictError as error:
            return _people_page(room, access, [FieldError(f"roles-{user.id}", refused(error))])
    secret = room.office.people.make_setup_link(access.act, user.id)
    address = room.address("new_password", secret=secret, _external=True)
    return room.show(access, "people/person_link", person=user, address=address)
