"""One row of a roster: read as a learner and an award, or every fault in it told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from credentials.spreadsheet_cells import is_formula
from credentials.urls import is_url
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from issuer.rosters.columns import Field
from issuer.rosters.errors import RosterFault
from service.mail.addresses import is_address

NAME_CHARACTERS = 200
_LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(?:-[a-zA-Z0-9]{1,8})*")

Cells = Mapping[Field, str]
"""The cells of one row by what they say, without the space around them."""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A learner and an award as a row states them; None means not stated.

    `number` is that of the row in its file; `address` is written as in the file.
    """

    number: int
    email: str | None
    learner_id: str | None
    name: str | None
    student_number: str | None
    awarded: date | None
    language: str | None
    evidence: str | None

    @property
    def learner(self) -> dict[str, str]:
        """Name the learner as a request for a credential does: by id if there is one."""
        return {"id": self.learner_id} if self.learner_id else {"email": self.email or ""}


def read_row(number: int, cells: Cells, *, today: date) -> RosterRow | tuple[RosterFault, ...]:
    """Read one row, or tell all of its faults.

    Obligations: 1. no cell is computed by a spreadsheet, and none holds control characters;
    2. the learner is named; 3. address, id, language, link and date have their form; 4. nothing
    was awarded after today.
    """
    found = tuple(_faults(number, cells, today))
    if found:
        return found
    given = " ".join(
        cells[part] for part in (Field.GIVEN_NAME, Field.FAMILY_NAME) if cells.get(part)
    )
    awarded = cells.get(Field.AWARDED)
    return RosterRow(
        number=number,
        email=cells.get(Field.EMAIL) or None,
        learner_id=cells.get(Field.LEARNER_ID) or None,
        name=cells.get(Field.NAME) or given or None,
        student_number=cells.get(Field.STUDENT_NUMBER) or None,
        awarded=parse_date(awarded) if awarded else None,
        language=cells.get(Field.LANGUAGE) or None,
        evidence=cells.get(Field.EVIDENCE) or None,
    )


def _faults(number: int, cells: Cells, today: date) -> Iterator[RosterFault]:
    # 1.
    for field, text in cells.items():
        told = _unusable(text, field)
        if told is not None:
            yield RosterFault(number, field, *told)
            return
    # 2.
    if not cells.get(Field.EMAIL) and not cells.get(Field.LEARNER_ID):
        field = Field.EMAIL if Field.EMAIL in cells else Field.LEARNER_ID
        yield RosterFault(number, field, "LEARNER_MISSING", "Nobody is named in this row.")
    # 3.
    for field, (has_form, code, message) in FORMS.items():
        if cells.get(field) and not has_form(cells[field]):
            yield RosterFault(number, field, code, message)
    # 4.
    yield from _date_faults(number, cells.get(Field.AWARDED, ""), today)


def _unusable(text: str, field: Field) -> tuple[str, str] | None:
    if is_formula(text):
        return "CELL_IS_FORMULA", (
            "This cell is a formula, or begins like one (= + - @). Copy the column and paste it "
            "as values, or begin the cell with a letter."
        )
    if len(text) > NAME_CHARACTERS and field is not Field.EVIDENCE:
        return "CELL_TOO_LONG", f"This cell has more than {NAME_CHARACTERS} characters."
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text):
        return "CELL_CHARACTERS", "This cell has line breaks or characters that cannot be seen."
    return None


def _date_faults(number: int, text: str, today: date) -> Iterator[RosterFault]:
    if not text:
        return
    try:
        awarded = parse_date(text)
    except FrameworkError:
        message = "This is no date that can be read for certain. Write it as 2026-11-30."
        yield RosterFault(number, Field.AWARDED, "DATE_MALFORMED", message)
        return
    if awarded > today:
        message = f"{awarded} lies in the future: nothing was awarded yet."
        yield RosterFault(number, Field.AWARDED, "DATE_IN_FUTURE", message)


def _is_web_link(text: str) -> bool:
    return text.startswith("https://") and is_url(text)


FORMS = {
    Field.EMAIL: (
        is_address,
        "EMAIL_MALFORMED",
        "This is no e-mail address. One address stands in a cell, such as ana@example.com.",
    ),
    Field.LEARNER_ID: (
        is_url,
        "LEARNER_ID_MALFORMED",
        "This is no id of a learner: it must be a DID or a URL, such as did:key:z6Mk….",
    ),
    Field.LANGUAGE: (
        lambda text: _LANGUAGE.fullmatch(text) is not None,
        "LANGUAGE_MALFORMED",
        "This is no language tag, such as en, fr-CA, es or mi.",
    ),
    Field.EVIDENCE: (
        _is_web_link,
        "EVIDENCE_MALFORMED",
        "This is no link: it must begin with https://.",
    ),
}
"""Whether a cell has the form of its field, and what to say if not."""
