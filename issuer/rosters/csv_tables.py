"""Rosters as CSV (RFC 4180), as spreadsheets of different countries write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from issuer.rosters.errors import RosterError
from issuer.rosters.filled import filled_below_header
from issuer.rosters.limits import RosterLimits

DELIMITERS = (",", ";", "\t")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
FIRST_LINE_BYTES = 65_536
"""How much is read to find out what divides the columns."""

SAVE_AS_UTF_8 = 'In Excel choose "CSV UTF-8" when saving; in LibreOffice the character set UTF-8.'


class CsvTable:
    """A CSV file in UTF-8, with or without a byte order mark; see `issuer.rosters.tables`."""

    def __init__(self, source: BinaryIO, limits: RosterLimits) -> None:
        """Read the header; raise `RosterError` for what is no such table."""
        self._source = source
        self._limits = limits
        first = self._first_line()
        self._skips, self._delimiter = _delimiter_of(first)
        _number, header = next(self._records(), (0, ()))
        self.header = tuple(name.strip() for name in header)
        if not any(self.header):
            text = "The file is empty. Its first row must name the columns."
            raise RosterError(text, code="ROSTER_EMPTY")

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Read the rows below the header that are not empty, from the beginning each time."""
        return filled_below_header(self._records())

    def _records(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        self._source.seek(0)
        # Detached at the end, so that the file stays open for the next time.
        text = io.TextIOWrapper(self._source, encoding="utf-8-sig", errors="strict", newline="")
        number = 0
        try:
            if self._skips:
                text.readline()
            for number, cells in enumerate(
                csv.reader(text, delimiter=self._delimiter, strict=True), start=1
            ):
                self._require_size(number, cells)
                yield number, tuple(cells)
        except UnicodeDecodeError as error:
            raise _not_utf_8(number) from error
        except csv.Error as error:
            message = f"Row {number + 1} cannot be read ({error}): is a quotation mark not closed?"
            raise RosterError(message, code="ROSTER_FORMAT") from error
        finally:
            text.detach()

    def _require_size(self, number: int, cells: list[str]) -> None:
        if number > self._limits.rows + 1:
            raise too_many_rows(self._limits)
        if len(cells) > self._limits.columns:
            text = f"Row {number} has more than {self._limits.columns} columns."
            raise RosterError(text, code="ROSTER_TOO_LARGE")

    def _first_line(self) -> str:
        self._source.seek(0)
        start = self._source.readline(FIRST_LINE_BYTES)
        if start.startswith(UTF_16):
            raise RosterError(f"The file is UTF-16. {SAVE_AS_UTF_8}", code="ROSTER_ENCODING")
        if b"\x00" in start:
            text = "This is no table: it holds characters that no text has. Save it as CSV UTF-8."
            raise RosterError(text, code="ROSTER_FORMAT")
        try:
            return start.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _not_utf_8(0) from error


def too_many_rows(limits: RosterLimits) -> RosterError:
    """Say that a roster has more rows than are read."""
    text = f"The roster has more than {limits.rows} rows. Divide it into several files."
    return RosterError(text, code="ROSTER_TOO_LARGE")


def _not_utf_8(row: int) -> RosterError:
    text = f"Behind row {row}" if row else "In its first row"
    return RosterError(
        f"The file is not UTF-8. {text} stand letters of another encoding, probably Windows-1252 "
        f"or Latin-1; guessing it could spoil names. {SAVE_AS_UTF_8}",
        code="ROSTER_ENCODING",
    )


def _delimiter_of(first_line: str) -> tuple[bool, str]:
    """Find what divides the columns; a first line such as "sep=;" says it, and is skipped."""
    stated = first_line.strip("\r\n\ufeff")
    if stated.lower().startswith("sep=") and stated[4:] in DELIMITERS:
        return True, stated[4:]
    outside = "".join(first_line.split('"')[::2])
    return False, max(DELIMITERS, key=outside.count)
