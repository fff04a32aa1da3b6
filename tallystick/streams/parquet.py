"""Documents in a column of a Parquet file: its row groups are the partitions.

The command reads the footer, and hands on which rows to work on; whoever works reads them from its
own disk, under the name that was given.  Row groups that are large are parted, so that memory stays
flat and every worker has something to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from credentials.strict_json import parse_json, serialize_json
from tallystick.files import USAGE, CommandError
from tallystick.streams.lines import BATCH_PIECES, LINE_BYTES, in_batches
from tallystick.streams.work import Batch, Do, Piece, Results, Work

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

PART_ROWS = 4_096
"""Rows that are worked on at once: a row group, or a part of one that has more."""

DOCUMENT_TYPES = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")
"""Types of columns that hold documents, as Arrow names them."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A column of a Parquet file, by its name on each machine that works."""

    path: str
    column: str

    def open(self) -> ParquetFile:
        """Open the file; raises `CommandError` for one that does not have documents there."""
        try:
            from pyarrow import ArrowException
            from pyarrow.parquet import ParquetFile
        except ImportError as error:
            text = "--parquet needs PyArrow: pip install 'tallystick[parquet]'."
            raise CommandError(text, USAGE) from error
        try:
            file = ParquetFile(self.path)
        except (OSError, ArrowException) as error:
            raise self._unreadable(error) from error
        names = file.schema_arrow.names
        if self.column not in names:
            known = ", ".join(names)
            text = f"{self.path} has no column {self.column!r}, but: {known}. Name one: --column."
            raise CommandError(text, USAGE)
        kind = str(file.schema_arrow.field(self.column).type)
        if kind not in DOCUMENT_TYPES:
            text = f"The column {self.column!r} of {self.path} holds {kind}, and no texts or bytes."
            raise CommandError(text, USAGE)
        return file

    def _unreadable(self, error: Exception) -> CommandError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no Parquet"
        return CommandError(f"{self.path} cannot be read: {reason}.", USAGE)

    def parts(self) -> Iterator[Batch]:
        """Yield what is worked on at once: the rows of a row group, from 1, or a part of them."""
        with self.open() as file:
            form, number = _form(file), 1
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                for start in range(0, rows, PART_ROWS):
                    part = [group, start, min(PART_ROWS, rows - start), *form]
                    yield (Piece(number + start, serialize_json({"part": part})),)
                number += rows

    def pieces(self, file: ParquetFile, part: Piece) -> Iterator[Piece]:
        """Yield the documents of a part with the numbers of their rows; of null, an empty one."""
        group, start, count, *form = parse_json(part.data)["part"]
        if form != _form(file):
            text = f"{self.path} is another file here than where the command was called."
            raise CommandError(text, USAGE)
        for place, document in enumerate(self._documents(file, group, start + count)):
            if place >= start:
                yield Piece(part.number - start + place, document)

    def _documents(self, file: ParquetFile, group: int, end: int) -> Iterator[bytes]:
        """Yield the first documents of a row group; only some of them are in memory at a time."""
        from pyarrow import ArrowException

        left = end
        try:
            for rows in file.iter_batches(BATCH_PIECES, [group], [self.column]):
                for value in rows.column(0).slice(0, left):
                    yield _bytes_of(value)
                left -= len(rows)
                if left <= 0:
                    return
        except (OSError, ArrowException) as error:
            raise self._unreadable(error) from error


def _form(file: ParquetFile) -> list[int]:
    """Tell one file from another by what its footer says."""
    told = file.metadata
    return [told.num_rows, told.num_row_groups, told.serialized_size]


def _bytes_of(value: Any) -> bytes:
    """Take a document out of its column; of one that is too long, so much as of a line."""
    buffer = value.as_buffer()
    return b"" if buffer is None else buffer[: LINE_BYTES + 1].to_pybytes()


@dataclass(frozen=True, slots=True)
class InParquet:
    """Do work to the documents of a column, instead of to lines."""

    work: Work
    rows: Rows

    def begin(self) -> Do:
        """Begin with the work, and open the file of this machine."""
        do, file = self.work.begin(), self.rows.open()

        def do_parts(batch: Batch) -> Results:
            pieces = (piece for part in batch for piece in self.rows.pieces(file, part))
            return [result for few in in_batches(pieces) for result in do(few)]

        return do_parts
