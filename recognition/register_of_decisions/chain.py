"""Checking that a register is what was written, entry by entry; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from credentials.errors import MalformedValueError
from credentials.json_types import JsonObject
from recognition.register_of_decisions.entries import DIGEST_BYTES, FIRST_PREVIOUS, Entry, hash_of
from recognition.register_of_decisions.errors import ChainBrokenError


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many entries a register had, and the hash of the last one.

    Kept elsewhere, or signed and published, it shows later that nothing up to it was changed and
    nothing was cut off.
    """

    count: int
    head: bytes

    def to_json(self) -> JsonObject:
        """Write what is signed: the count, and the hash in hexadecimal digits."""
        return {"count": self.count, "head": self.head.hex()}

    @classmethod
    def from_json(cls, document: JsonObject) -> Checkpoint:
        """Read a checkpoint that was kept; raise `ValueError` for anything else."""
        count, head = document.get("count"), document.get("head")
        if document.keys() != {"count", "head"} or type(count) is not int or count < 0:
            raise ValueError("no count")
        if not isinstance(head, str) or len(head) != 2 * DIGEST_BYTES:
            raise ValueError("no head")
        return cls(count, bytes.fromhex(head))


EMPTY = Checkpoint(0, FIRST_PREVIOUS)
"""The checkpoint of a register without entries."""


def check_entries(entries: Iterable[Entry], *, expected: Checkpoint = EMPTY) -> Checkpoint:
    """Check all entries of a register, in the order of their sequence, and return its checkpoint.

    Obligations:

    1. the sequence counts from 1 without a gap;
    2. each entry names the hash of the one before;
    3. the hash of each entry is that of what it holds;
    4. the entries that the expected checkpoint counts are there, and end with its head.

    Without a checkpoint that was kept elsewhere, entries cut off at the end go unnoticed: nothing
    in a chain tells how long it was.

    Raises `ChainBrokenError` (ENTRY_MISSING, LINK_BROKEN, ENTRY_CHANGED, HEAD_DIFFERS,
    REGISTER_TRUNCATED) at the first entry that breaks one of them.
    """
    last = EMPTY
    for last in checkpoints(entries):
        # 4.
        if last.count == expected.count and last.head != expected.head:
            raise ChainBrokenError(
                f"Entry {last.count} is not the one of the checkpoint: the register was written "
                "anew up to there.",
                sequence=last.count,
                code="HEAD_DIFFERS",
            )
    if last.count < expected.count:
        raise ChainBrokenError(
            f"Entry {last.count + 1} is missing: the register ends with {last.count}, and the "
            f"checkpoint counts {expected.count}.",
            sequence=last.count + 1,
            code="REGISTER_TRUNCATED",
        )
    return last


def checkpoints(entries: Iterable[Entry]) -> Iterator[Checkpoint]:
    """Check obligations 1 to 3 of each entry, and yield the checkpoint after it."""
    last = EMPTY
    for entry in entries:
        # 1.
        if entry.sequence != last.count + 1:
            raise ChainBrokenError(
                f"Entry {last.count + 1} is missing: entry {entry.sequence} comes after "
                f"{last.count}.",
                sequence=last.count + 1,
                code="ENTRY_MISSING",
            )
        # 2.
        if entry.previous_hash != last.head:
            raise ChainBrokenError(
                f"Entry {entry.sequence} does not follow the one before it: one of the two was "
                "exchanged.",
                sequence=entry.sequence,
                code="LINK_BROKEN",
            )
        # 3.
        _require_hash(entry)
        last = Checkpoint(entry.sequence, entry.entry_hash)
        yield last


def _require_hash(entry: Entry) -> None:
    try:
        computed = hash_of(
            entry.draft,
            sequence=entry.sequence,
            recorded_at=entry.recorded_at,
            previous_hash=entry.previous_hash,
        )
    except MalformedValueError as error:
        raise changed(entry.sequence) from error
    if computed != entry.entry_hash:
        raise changed(entry.sequence)


def changed(sequence: int) -> ChainBrokenError:
    """Make the error for an entry that is not what was written."""
    return ChainBrokenError(
        f"Entry {sequence} was changed: its hash is not that of what it holds.",
        sequence=sequence,
        code="ENTRY_CHANGED",
    )
