"""A row of the next edition, looked at and withdrawn: a listing or an accreditation."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from authority.desk.services import DeskServices
from authority.desk.shown import COLUMNS
from authority.store import RowChange
from credentials.errors import TallystickError
from credentials.spreadsheet_cells import is_formula
from frameworks.dates import parse_date
from service.pages import FieldError, form_text, gettext
from service.people import Access, OfficeRoom

REASON_CHARACTERS = 1_000
"""How long a reason is at most."""


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


def row_page(
    room: OfficeRoom,
    services: DeskServices,
    access: Access,
    kind: str,
    known: RowChange,
    errors: Sequence[FieldError] = (),
) -> Response:
    """Show a row with the form by which it is withdrawn; `kind` names the template."""
    return room.show(
        access,
        f"authority_desk/{kind}",
        status=422 if errors else 200,
        errors=errors,
        known=known,
        columns=COLUMNS,
        cells={name: text for name, text in known.row.cells.items() if text},
        reason=form_text("reason", REASON_CHARACTERS),
        today=services.today.isoformat(),
    )
