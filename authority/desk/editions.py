"""Editions: the next one and its difference to the last, signing, publishing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Response, request

from authority.desk.services import DeskServices, Right
from authority.desk.shown import TABLES
from authority.errors import ChangedMeanwhileError, EditionUnsoundError
from authority.store import KeptEdition
from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import without_proof
from credentials.strict_json import parse_json, serialize_json_for_people
from frameworks.dates import parse_date
from frameworks.register import Register, edition_digest, read_edition
from frameworks.register.diff import Change, Difference, compare
from frameworks.register.edition import EDITION_LIMITS
from frameworks.register.tables import Tables
from service.pages import FieldError, form_text, gettext, redirect, say
from service.people import Access, OfficeRoom
from service.web.problems import refusal

CHANGES_TOLD = 200
FAULTS_TOLD = 200


def add_editions(room: OfficeRoom, services: DeskServices) -> None:
    """Add the pages."""
    _add_list(room, services)
    _add_next(room, services)
    _add_publishing(room, services)


def _add_list(room: OfficeRoom, services: DeskServices) -> None:
    editions = services.store.editions

    @room.at("/editions", Right.READ)
    def editions_page(access: Access) -> Response:
        return room.show(
            access,
            "authority_desk/editions",
            editions=editions.all(),
            names=services.store.office.names(),
        )

    @room.at("/editions/<number>/edition.json", Right.READ)
    def edition_file(access: Access, number: str) -> Response:
        response = Response(editions.data(_number(number)), content_type="application/vc")
        response.headers["Content-Disposition"] = 'attachment; filename="edition.json"'
        return response


def _add_next(room: OfficeRoom, services: DeskServices) -> None:
    @room.at("/editions/next", Right.READ)
    def next_edition(access: Access) -> Response:
        return _next_page(room, services, access, [])

    @room.at("/editions/sign", Right.PUBLISH, method="POST")
    def sign_edition(access: Access) -> Response:
        try:
            errors, document = _built(services)
        except EditionUnsoundError:
            # The page names every row that would break the register.
            return _next_page(room, services, access, [])
        if errors or document is None:
            return _next_page(room, services, access, errors)
        if edition_digest(document) != form_text("digest", 100):
            raise ChangedMeanwhileError("The next edition changed since you looked at it.")
        plan = services.plan(services.today)
        signed = services.sign(document)
        data = serialize_json_for_people(signed)
        services.store.editions.add(access.act, plan.number, edition_digest(signed), data)
        say(gettext("Edition %(number)s is signed. Publish it when it is to be seen.",
                    number=plan.number))  # fmt: skip
        return redirect(room.address("editions_page"))


def _add_publishing(room: OfficeRoom, services: DeskServices) -> None:
    @room.at("/editions/<number>/publish", Right.PUBLISH, method="POST")
    def publish_edition(access: Access, number: str) -> Response:
        editions = services.store.editions
        data = editions.data(_number(number))
        services.publish(_number(number), data)
        editions.publish(access.act, _number(number))
        services.changed()
        say(gettext("Edition %(number)s is published.", number=number))
        return redirect(room.address("editions_page"))


def _built(services: DeskServices) -> tuple[list[FieldError], JsonObject | None]:
    """Build the document of the next edition as the form asks for; raise `EditionUnsoundError`."""
    try:
        last = parse_date(request.values.get("valid_until", "")[:10])
    except TallystickError:
        text = gettext("Enter the day as in 2026-11-30.")
        return [FieldError("valid_until", text)], None
    if last < services.today:
        text = gettext("An edition that has ended already is of no use. Choose a later day.")
        return [FieldError("valid_until", text)], None
    draft = services.next_draft(services.plan(services.today, last))
    return [], services.document(draft, services.sound(draft))


def _next_page(
    room: OfficeRoom, services: DeskServices, access: Access, errors: Sequence[FieldError]
) -> Response:
    """Show what the next edition would be: what keeps it from being one, or what it changes."""
    plan = services.plan(services.today, _asked_until())
    newest = services.store.editions.newest()
    shared: dict[str, object] = {
        "errors": errors,
        "plan": plan,
        "newest": newest,
        "faults": (),
        "tables": TABLES,
        "difference": None,
        "digest": "",
    }
    draft = services.next_draft(plan)
    try:
        after = services.sound(draft)
    except EditionUnsoundError as error:
        shared |= {"faults": error.faults[:FAULTS_TOLD], "count": len(error.faults)}
        return room.show(access, "authority_desk/next_edition", status=422, **shared)
    document = services.document(draft, after)
    difference = compare(_before(services, newest, after), after)
    shared |= {
        "digest": edition_digest(document),
        "difference": difference,
        "changes": tuple(map(_told, difference.changes[:CHANGES_TOLD])),
        "affected": _affected(difference),
    }
    return room.show(access, "authority_desk/next_edition", status=422 if errors else 200, **shared)


def _asked_until() -> date | None:
    try:
        return parse_date(request.values.get("valid_until", "")[:10])
    except TallystickError:
        return None


def _before(services: DeskServices, newest: KeptEdition | None, after: Register) -> Register:
    """Read the newest edition; before the first there was nothing."""
    if newest is None:
        return Register(after.description, Tables())
    data = services.store.editions.data(newest.number)
    document = parse_json(data, EDITION_LIMITS)
    return read_edition(without_proof(document)).register


def _told(change: Change) -> dict[str, str]:
    row = change.after or change.before
    title = str(getattr(row, "title", "") or getattr(row, "name", "") or "")
    key = " / ".join(part for part in change.key if part)
    return {
        "kind": change.kind,
        "table": change.table,
        "key": key,
        "title": title,
        "columns": ", ".join(change.columns),
    }


def _affected(difference: Difference) -> tuple[str, ...]:
    """Name listings that change by something else than themselves, such as a level's meaning."""
    return tuple(
        f"{one.listing.id} {one.listing.title}"
        for one in difference.affected[:CHANGES_TOLD]
        if {change.table for change in one.changes} != {"listings"}
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise refusal(404)
    return int(text)
