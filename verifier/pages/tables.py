"""Several answers as a table for spreadsheets (CSV, RFC 4180)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from credentials.json_types import JsonObject
from credentials.spreadsheet_cells import safe_cell
from service.pages import Upload, gettext
from service.pages.foreign import foreign
from verifier.pages.showing import Shown
from verifier.pages.worth import Worth

COLUMNS = (
    *("file", "answer", "answer_in_words", "credential", "issuer", "issuer_name", "about"),
    *("valid_from", "valid_until", "level", "framework", "credits", "unit", "assurance"),
    *("own_level", "own_credits", "reasons"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One of several files, with its answer; `number` is its place among them, from 1."""

    number: int
    file: Upload
    shown: Shown
    credential: JsonObject
    worths: tuple[Worth, ...]


def csv_of(rows: Sequence[Row]) -> bytes:
    """Write rows as CSV that spreadsheets read as UTF-8 and in which no text is a formula."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([safe_cell(foreign(value)) for value in _cells(row)])
    return buffer.getvalue().encode("utf-8-sig")


def _cells(row: Row) -> list[str]:
    credential = row.credential
    named = ("name", "issuer", "issuer_name", "subject", "valid_from", "valid_until")
    reasons = " ".join(reason.remark.code for reason in row.shown.reasons)
    return [
        row.file.name,
        row.shown.answer.value,
        gettext(row.shown.texts.title),
        *(str(credential.get(name) or "") for name in named),
        *(_worth_cells(row.worths[0]) if len(row.worths) == 1 else [""] * 7),
        reasons,
    ]


def _worth_cells(worth: Worth) -> list[str]:
    stated = worth.stated
    return [
        *(stated.level, stated.framework, stated.amount, stated.unit, stated.assurance),
        "; ".join(one.value for one in worth.own_levels),
        "; ".join(one.value for one in worth.own_credits),
    ]
