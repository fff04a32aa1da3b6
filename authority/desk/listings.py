"""Listings of the next edition: searched, looked at, withdrawn, and as a table."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from authority.desk.inbox import WORDS_CHARACTERS, first_of, table
from authority.desk.services import DeskServices, Right
from authority.drafting import LISTINGS, columns_of
from authority.store import RowChange
from credentials.errors import TallystickError
from credentials.spreadsheet_cells import is_formula
from frameworks.dates import parse_date
from service.pages import FieldError, form_text, gettext, redirect, say
from service.people import Access, OfficeRoom

REASON_CHARACTERS = 1_000


def add_listings(room: OfficeRoom, services: DeskServices) -> None:
    """Add the pages."""
    kept = services.store.next_edition

    @room.at("/listings", Right.READ)
    def listings(access: Access) -> Response:
        words = request.args.get("words", "")[:WORDS_CHARACTERS].strip()
        page = kept.page(LISTINGS, words, first_of(request.args.get("first", "")))
        return room.show(access, "authority_desk/listings", page=page, words=words)

    @room.at("/listings.csv", Right.READ)
    def listings_as_csv(access: Access) -> Response:
        columns = columns_of(LISTINGS)
        rows = sorted(kept.rows(LISTINGS), key=lambda row: row.title)
        cells = [tuple(row.cells.get(name, "") for name in columns) for row in rows]
        return table(columns, cells, "listings.csv")

    @room.at("/listings/<row>", Right.READ)
    def listing(access: Access, row: str) -> Response:
        return _page(room, services, access, kept.get(row, LISTINGS), [])

    @room.at("/listings/<row>/withdraw", Right.APPROVE, method="POST")
    def withdraw_listing(access: Access, row: str) -> Response:
        known = kept.get(row, LISTINGS)
        errors, cells = withdrawal(known)
        if errors:
            return _page(room, services, access, known, errors)
        kept.change(access.act, row, sent_revision(), cells)
        say(gettext("It is withdrawn from the next edition on."))
        return redirect(room.address("listing", row=row))


def withdrawal(known: RowChange) -> tuple[list[FieldError], dict[str, str]]:
    """Read from a form on which day a row is withdrawn and why: errors, or the cells to change."""
    day, reason = form_text("withdrawn_on", 10), form_text("reason", REASON_CHARACTERS)
    errors = []
    try:
        parse_date(day)
    except TallystickError:
        text = gettext("Enter the day as in 2026-11-30.")
        errors.append(FieldError("withdrawn_on", text))
    if not reason or is_formula(reason):
        text = gettext("Say why, beginning with a letter or a digit.")
        errors.append(FieldError("reason", text))
    note = " ".join(part for part in (known.row.cells.get("note", ""), reason) if part)
    return errors, {"withdrawn_on": day, "note": " ".join(note.split())}


def sent_revision() -> int:
    """Read which revision of a row a form was made of."""
    text = form_text("revision", 9)
    return int(text) if text.isascii() and text.isdecimal() else 0


def _page(
    room: OfficeRoom,
    services: DeskServices,
    access: Access,
    known: RowChange,
    errors: Sequence[FieldError],
) -> Response:
    return room.show(
        access,
        "authority_desk/listing",
        status=422 if errors else 200,
        errors=errors,
        known=known,
        cells={name: text for name, text in known.row.cells.items() if text},
        reason=form_text("reason", REASON_CHARACTERS),
        today=services.today.isoformat(),
    )
