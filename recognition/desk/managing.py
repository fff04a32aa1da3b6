"""People with their roles, and the log of what was seen and done."""

from __future__ import annotations

from flask import Response, request, url_for

from recognition.desk.access import RIGHTS, Person, Right, Role, Visit
from recognition.desk.errors import ConflictError
from recognition.desk.room import DeskRoom
from recognition.desk.shown import ROLES
from recognition.desk.signing_in import EMAIL_CHARACTERS
from service.mail import Mailbox, MailError
from service.pages import N_, FieldError, form_text, gettext, redirect, say

NAME_CHARACTERS = 100
NUMBER_DIGITS = 15
"""Digits of the largest place in the log that is asked for."""


def add_managing(room: DeskRoom) -> None:
    """Add the pages."""
    room.section("desk.people", N_("People"), Right.MANAGE)
    room.section("desk.audit", N_("Audit log"), Right.AUDIT)
    _add_people(room)
    _add_one_person(room)
    _add_audit(room)


def _add_people(room: DeskRoom) -> None:
    people_kept = room.services.store.people

    @room.at("/people", Right.MANAGE)
    def people(visit: Visit) -> Response:
        return _people_page(room, visit, [])

    @room.at("/people", Right.MANAGE, method="POST")
    def add_person(visit: Visit) -> Response:
        email, name = form_text("email", EMAIL_CHARACTERS), form_text("name", NAME_CHARACTERS)
        roles = _chosen_roles()
        errors = _person_errors(email, name, roles)
        if errors:
            return _people_page(room, visit, errors)
        try:
            person = people_kept.add(visit.act, email=email, name=name, roles=roles)
        except ConflictError as error:
            field = "name" if error.code == "NAME_TAKEN" else "email"
            return _people_page(room, visit, [FieldError(field, _taken(error))])
        say(gettext("%(name)s may work here now.", name=person.name))
        return _link_page(room, visit, person)


def _add_one_person(room: DeskRoom) -> None:
    people_kept = room.services.store.people

    @room.at("/people/<person>/roles", Right.MANAGE, method="POST")
    def change_roles(visit: Visit, person: str) -> Response:
        try:
            changed = people_kept.set_roles(visit.act, person, _chosen_roles())
        except ConflictError:
            text = gettext("Somebody has to be registrar. Make another person registrar first.")
            return _people_page(room, visit, [FieldError(f"roles-{person}", text)])
        say(gettext("The roles of %(name)s are changed.", name=changed.name))
        return redirect(url_for("desk.people"))

    @room.at("/people/<person>/link", Right.MANAGE, method="POST")
    def person_link(visit: Visit, person: str) -> Response:
        return _link_page(room, visit, people_kept.get(person))

    @room.at("/people/<person>/disable", Right.MANAGE, method="POST")
    def disable_person(visit: Visit, person: str) -> Response:
        try:
            people_kept.disable(visit.act, person)
        except ConflictError:
            text = gettext("Somebody has to be registrar. Make another person registrar first.")
            return _people_page(room, visit, [FieldError(f"roles-{person}", text)])
        say(gettext("They are let in no more."))
        return redirect(url_for("desk.people"))


def _add_audit(room: DeskRoom) -> None:
    store = room.services.store

    @room.at("/audit", Right.AUDIT)
    def audit(visit: Visit) -> Response:
        before = request.args.get("before", "")
        is_number = before.isascii() and before.isdecimal() and len(before) <= NUMBER_DIGITS
        entries = store.audit.page(before=int(before) if is_number else None)
        names = {f"user:{one.id}": one.name for one in store.people.all()}
        return room.show(visit, "desk/audit", entries=entries, names=names)


def _people_page(room: DeskRoom, visit: Visit, errors: list[FieldError]) -> Response:
    return room.show(
        visit,
        "desk/people",
        status=422 if errors else 200,
        errors=errors,
        people=room.services.store.people.all(),
        roles=ROLES,
        rights=RIGHTS,
        email=form_text("email", EMAIL_CHARACTERS),
        name=form_text("name", NAME_CHARACTERS),
    )


def _link_page(room: DeskRoom, visit: Visit, person: Person) -> Response:
    """Show the link by which somebody sets their password; it is shown this once."""
    secret = room.services.store.people.make_setup_link(visit.act, person.id)
    address = f"{room.services.base}{url_for('desk.new_password', secret=secret)}"
    return room.show(visit, "desk/person_link", person=person, address=address)


def _person_errors(email: str, name: str, roles: frozenset[Role]) -> list[FieldError]:
    found = []
    try:
        Mailbox(email)
    except MailError:
        text = gettext("Enter an e-mail address, such as ana@example.com.")
        found.append(FieldError("email", text))
    if not name:
        text = gettext("Enter the full name: it stands in decisions.")
        found.append(FieldError("name", text))
    if not roles:
        found.append(FieldError("role-registrar", gettext("Choose at least one role.")))
    return found


def _taken(error: ConflictError) -> str:
    if error.code == "NAME_TAKEN":
        return gettext("Decisions name people, so two cannot have one name. Add an initial.")
    return gettext("There is somebody with this address already.")


def _chosen_roles() -> frozenset[Role]:
    return frozenset(role for role in Role if f"role-{role.value}" in request.form)
