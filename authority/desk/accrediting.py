"""Who may assign or award what, where, and from when until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, request

from authority.desk.inbox import WORDS_CHARACTERS, first_of
from authority.desk.services import DeskServices, Right
from authority.desk.withdrawing import row_page, sent_revision, withdrawal
from authority.drafting import ACCREDITATIONS, columns_of
from authority.errors import EditionUnsoundError
from credentials.errors import TallystickError
from frameworks.rating import append_row
from service.pages import N_, FieldError, form_text, gettext, redirect, say
from service.people import Access, OfficeRoom

NOT_ASKED = ("status", "withdrawn_on")
FIELDS = tuple(name for name in columns_of(ACCREDITATIONS) if name not in NOT_ASKED)
CELL_CHARACTERS = 1_000
RIGHTS = {
    "award": N_("award micro-credentials"),
    "rate": N_("set the values of the courses of others"),
    "accredit": N_("accredit others"),
}
VERIFIED = "verified"
"""How sure a row is that somebody entered here: a person checked it."""


def add_accrediting(room: OfficeRoom, services: DeskServices) -> None:
    """Add the pages."""
    kept = services.store.next_edition

    @room.at("/accreditations", Right.READ)
    def accreditations(access: Access) -> Response:
        words = request.args.get("words", "")[:WORDS_CHARACTERS].strip()
        page = kept.page(ACCREDITATIONS, words, first_of(request.args.get("first", "")))
        return room.show(
            access, "authority_desk/accreditations", page=page, words=words, rights=RIGHTS
        )

    @room.at("/accreditations/new", Right.ACCREDIT)
    def new_accreditation(access: Access) -> Response:
        first = {"accreditor": services.authority, "from": services.today.isoformat()}
        return _form_page(room, services, access, {**dict.fromkeys(FIELDS, ""), **first}, [])

    @room.at("/accreditations/new", Right.ACCREDIT, method="POST")
    def add_accreditation(access: Access) -> Response:
        cells = {name: form_text(name, CELL_CHARACTERS) for name in FIELDS}
        errors = _errors(services, cells)
        if errors:
            return _form_page(room, services, access, cells, errors)
        kept.add(access.act, ACCREDITATIONS, _row(cells))
        say(gettext("It is entered, and holds from the next edition on."))
        return redirect(room.address("accreditations"))

    @room.at("/accreditations/<row>", Right.READ)
    def accreditation(access: Access, row: str) -> Response:
        return row_page(room, services, access, "accreditation", kept.get(row, ACCREDITATIONS))

    @room.at("/accreditations/<row>/withdraw", Right.ACCREDIT, method="POST")
    def withdraw_accreditation(access: Access, row: str) -> Response:
        known = kept.get(row, ACCREDITATIONS)
        errors, cells = withdrawal(known)
        if errors:
            return row_page(room, services, access, "accreditation", known, errors)
        kept.change(access.act, row, sent_revision(), cells)
        say(gettext("It is withdrawn from the next edition on."))
        return redirect(room.address("accreditation", row=row))


def _row(cells: Mapping[str, str]) -> dict[str, str]:
    return {**dict.fromkeys(columns_of(ACCREDITATIONS), ""), **cells, "status": VERIFIED}


def _errors(services: DeskServices, cells: Mapping[str, str]) -> list[FieldError]:
    """Name what would keep the row out of an edition, by the checks of the edition itself."""
    if not cells["framework"]:
        return [FieldError("framework", gettext("Choose a framework."))]
    try:
        append_row(None, _row(cells))
        services.require_sound(ACCREDITATIONS, _row(cells))
    except EditionUnsoundError as error:
        return [FieldError("id", fault.why) for fault in error.faults]
    except TallystickError as error:
        return [FieldError("id", error.message)]
    return []


def _form_page(
    room: OfficeRoom,
    services: DeskServices,
    access: Access,
    cells: Mapping[str, str],
    errors: Sequence[FieldError],
) -> Response:
    tables = services.rules().tables
    return room.show(
        access,
        "authority_desk/accreditation_form",
        status=422 if errors else 200,
        errors=errors,
        cells=cells,
        rights=RIGHTS,
        frameworks=tables.frameworks,
        sources=tables.sources,
        units=tables.units,
    )
