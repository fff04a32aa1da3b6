"""Who may assign or award what, where, and from when until when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flask import Response, request

from authority.desk.inbox import WORDS_CHARACTERS, first_of
from authority.desk.services import DeskServices, Right
from authority.desk.shown import in_use_first
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
_COLUMN_NAMED = re.compile(r"The column (?P<name>[a-z_]+)\b")
_ASKED = {
    "holder": N_("The address of who is accredited is a DID or a URL, without spaces."),
    "accreditor": N_("The address of who accredits is a DID or a URL, without spaces."),
    "size_min": N_("The fewest credits are a number, such as 5 or 7.5."),
    "size_max": N_("The most credits are a number, such as 40 or 7.5."),
    "from": N_("Enter the first day as in 2026-11-30."),
    "until": N_("Enter the last day as in 2026-11-30."),
    "source": N_("Choose the source that it rests on."),
}
"""What a field asks for whose column cannot be read."""

VERIFIED = "verified"
"""How sure a row is that somebody entered here: a person checked it."""


def add_accrediting(room: OfficeRoom, services: DeskServices) -> None:
    """Add the pages."""
    _add_list(room, services)
    _add_entering(room, services)
    _add_row(room, services)


def _add_list(room: OfficeRoom, services: DeskServices) -> None:
    kept = services.store.next_edition

    @room.at("/accreditations", Right.READ)
    def accreditations(access: Access) -> Response:
        words = request.args.get("words", "")[:WORDS_CHARACTERS].strip()
        page = kept.page(ACCREDITATIONS, words, first_of(request.args.get("first", "")))
        named = {row.id: row.name for row in services.rules().tables.frameworks}
        return room.show(
            access,
            "authority_desk/accreditations",
            page=page,
            words=words,
            rights=RIGHTS,
            named=named,
        )


def _add_entering(room: OfficeRoom, services: DeskServices) -> None:
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
        services.store.next_edition.add(access.act, ACCREDITATIONS, _row(cells))
        say(gettext("It is entered, and holds from the next edition on."))
        return redirect(room.address("accreditations"))


def _add_row(room: OfficeRoom, services: DeskServices) -> None:
    kept = services.store.next_edition

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
        return [_at_its_field(fault.why) for fault in error.faults]
    except TallystickError as error:
        return [_at_its_field(error.message)]
    return []


def _at_its_field(why: str) -> FieldError:
    """Tell a fault at the field of the column that it names, with the words of the form."""
    named = _COLUMN_NAMED.match(why)
    field = named["name"] if named and named["name"] in FIELDS else "id"
    asked = _ASKED.get(field)
    return FieldError(field, why if asked is None else gettext(asked))


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
        sources=in_use_first(services, tables.sources),
        units=tables.units,
    )
