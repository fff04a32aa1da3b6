"""Reading lines of bounded length, as batches of bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from credentials.limits import DEFAULT_LIMITS
from tallystick.streams.work import Batch, Piece

LINE_BYTES = DEFAULT_LIMITS.document_bytes
"""Longest line whose document is looked at; of a longer one so much and one byte is kept, which
is refused like any document that is too large."""

SKIPPED_BYTES = 65_536
"""How much of the rest of such a line is read at a time, and forgotten."""

BATCH_PIECES = 64
"""How many documents a process is given at once: some 50 ms of work."""

BATCH_BYTES = 1_048_576
"""Batches are closed at this size, so that few large documents do not make a huge one."""


def read_lines(stream: BinaryIO) -> Iterator[Piece]:
    """Yield the lines of a stream with their numbers; empty ones are counted and passed over."""
    number = 0
    while line := stream.readline(LINE_BYTES + 1):
        number += 1
        is_whole = line.endswith(b"\n") or len(line) <= LINE_BYTES
        if not is_whole:
            _skip_rest(stream)
        if line.strip():
            yield Piece(number, line.rstrip(b"\r\n"))


def _skip_rest(stream: BinaryIO) -> None:
    while (rest := stream.readline(SKIPPED_BYTES)) and not rest.endswith(b"\n"):
        continue


def in_batches(pieces: Iterable[Piece], most: int = BATCH_PIECES) -> Iterator[Batch]:
    """Put pieces together, in their order: `most` at a time, or fewer if they are large."""
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece.data)
        if len(batch) >= most or size >= BATCH_BYTES:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)
