"""Rosters as workbooks (XLSX): the first sheet, read as a stream, whatever it unpacks to."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from issuer.rosters.csv_tables import too_many_rows
from issuer.rosters.errors import RosterError
from issuer.rosters.filled import filled_below_header
from issuer.rosters.limits import RosterLimits

if TYPE_CHECKING:
    from openpyxl import Workbook

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
"""The parts of a workbook that are read as a stream; all others are held in memory."""

PIECE = 65_536
DAMAGED_TEXT = "The workbook is damaged, or is none. Save it anew as .xlsx or as CSV UTF-8."

DAMAGED = (
    zipfile.BadZipFile,
    ParseError,
    DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    zipfile.LargeZipFile,
    zlib.error,
)
"""What the libraries raise for a workbook that is damaged, or that only looks like one."""

FORMULA = "f"
"""Type of a cell that is computed; what it showed when it was saved may be out of date."""


class XlsxTable:
    """The first sheet of a workbook; see `issuer.rosters.tables`."""

    def __init__(self, source: BinaryIO, limits: RosterLimits) -> None:
        """Bound what is unpacked, then read the header; raise `RosterError`."""
        self._source = source
        self._limits = limits
        with _readable():
            _require_bounded(source, limits)
        _number, header = next(self._records(), (0, ()))
        self.header = tuple(name.strip() for name in header)
        if not any(self.header):
            text = "The first sheet is empty. Its first row must name the columns."
            raise RosterError(text, code="ROSTER_EMPTY")

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Read the rows below the header that are not empty, from the beginning each time."""
        return filled_below_header(self._records())

    def _records(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        # One more of each is asked for, to notice that there is more than is allowed.
        last, widest = self._limits.rows + 2, self._limits.columns + 1
        with _readable():
            workbook = _open(self._source)
            try:
                sheet = workbook.worksheets[0]
                # What a sheet says about its size may be wrong, and would be believed.
                sheet.reset_dimensions()
                for number, cells in enumerate(
                    sheet.iter_rows(max_row=last, max_col=widest), start=1
                ):
                    texts = tuple(map(_text, cells))
                    self._require_size(number, texts)
                    yield number, texts
            finally:
                workbook.close()

    def _require_size(self, number: int, texts: tuple[str, ...]) -> None:
        if number > self._limits.rows + 1 and any(texts):
            raise too_many_rows(self._limits)
        if len(texts) > self._limits.columns and any(texts[self._limits.columns :]):
            text = f"Row {number} has more than {self._limits.columns} columns."
            raise RosterError(text, code="ROSTER_TOO_LARGE")


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        if isinstance(error, RosterError):
            raise
        raise RosterError(DAMAGED_TEXT, code="ROSTER_FORMAT") from error


def _open(source: BinaryIO) -> Workbook:
    from openpyxl import load_workbook

    source.seek(0)
    return load_workbook(source, read_only=True, data_only=False, keep_links=False)


def _require_bounded(source: BinaryIO, limits: RosterLimits) -> None:
    """Refuse a workbook that unpacks to more than is allowed (a "ZIP bomb"), or is none.

    The sizes that an archive states are looked at first, since that costs nothing, and then held
    against what is really there: the library would unpack a part whole, whatever it was said
    to be.
    """
    with zipfile.ZipFile(source) as archive:
        parts = archive.infolist()
        held = sum(part.file_size for part in parts if not _is_streamed(part))
        if (
            len(parts) > limits.workbook_parts
            or sum(part.file_size for part in parts) > limits.unpacked_bytes
            or held > limits.held_bytes
        ):
            raise _too_large()
        if not any(_is_streamed(part) for part in parts):
            text = "This archive is no Excel workbook. Save the roster as .xlsx or as CSV UTF-8."
            raise RosterError(text, code="ROSTER_FORMAT")
        for part in parts:
            _require_as_stated(archive, part)


def _is_streamed(part: zipfile.ZipInfo) -> bool:
    return SHEET.fullmatch(part.filename) is not None


def _require_as_stated(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part piece by piece up to its stated size, and one byte more that must not be."""
    unbounded = copy(part)
    unbounded.file_size = part.file_size + 1
    left = unbounded.file_size
    with archive.open(unbounded) as file:
        piece = file.read(PIECE)
        # No workbook declares a document type; entities of one could be unfolded without end.
        if b"<!DOCTYPE" in piece:
            raise RosterError(DAMAGED_TEXT, code="ROSTER_FORMAT")
        while piece:
            left -= len(piece)
            piece = file.read(PIECE)
    if left <= 0:
        raise _too_large()


def _too_large() -> RosterError:
    text = (
        "The workbook unpacks to far more than a roster needs. Copy the learners into a new "
        "workbook without pictures and formats, or save it as CSV UTF-8."
    )
    return RosterError(text, code="ROSTER_TOO_LARGE")


def _text(cell: Any) -> str:
    """Write a cell as text: dates in ISO form, whole numbers without a point."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == FORMULA:
        return f"={str(value).removeprefix('=')}"
    return value if isinstance(value, str) else _shown(value)


def _shown(value: Any) -> str:
    """Write a value as a spreadsheet shows it in a cell without a format."""
    if isinstance(value, datetime):
        return value.date().isoformat() if _is_day(value) else value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if is_whole else str(value)


def _is_day(value: datetime) -> bool:
    return (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
