"""Entries of the register and their hash (docs/register-of-decisions.md).

The hash covers digests of payload, inputs and statement and not these themselves, so that the
chain can be rechecked by people who may not read what was decided about a learner.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from credentials.jcs import canonicalize

FORMAT = "tallystick-decision-entry-1"
"""Names the form of what is hashed; another form gets another name."""

DIGEST_BYTES = 32
"""Length of SHA-256."""

FIRST_PREVIOUS = bytes(DIGEST_BYTES)
"""What stands for the hash before the first entry."""

FIRST_REVISION = 1
"""What the first decision of a case is counted as."""


class EntryKind(StrEnum):
    """What an entry records."""

    DECISION = "decision"
    SUPERSESSION = "supersession"
    APPEAL = "appeal"
    REVIEW_MARK = "review-mark"

    @property
    def decides(self) -> bool:
        """Tell whether an entry of this kind holds a decision."""
        return self in (EntryKind.DECISION, EntryKind.SUPERSESSION)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its place: what it says, and about which decision of which case."""

    kind: EntryKind
    case_id: str
    revision: int
    payload: bytes
    inputs: bytes
    statement: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands in the register.

    `revision` counts the decisions of a case from 1; of an appeal or a review mark it is the
    revision that it is about.  `payload` and `inputs` are empty but for decisions and
    supersessions; `statement` says why and by whom the entry was made, as JSON (RFC 8785).
    """

    sequence: int
    recorded_at: str
    kind: EntryKind
    case_id: str
    revision: int
    payload: bytes
    inputs: bytes
    statement: bytes
    previous_hash: bytes
    entry_hash: bytes

    @property
    def id(self) -> str:
        """Name the entry by its hash."""
        return id_of(self.entry_hash)

    @property
    def draft(self) -> Draft:
        """Leave out the place: what is recorded twice has the same draft."""
        return Draft(
            self.kind, self.case_id, self.revision, self.payload, self.inputs, self.statement
        )


def place(draft: Draft, *, after: tuple[int, bytes], recorded_at: str) -> Entry:
    """Make a draft the entry that follows `after`: sequence and hash of the last one."""
    last, previous_hash = after
    sequence = last + 1
    return Entry(
        sequence=sequence,
        recorded_at=recorded_at,
        kind=draft.kind,
        case_id=draft.case_id,
        revision=draft.revision,
        payload=draft.payload,
        inputs=draft.inputs,
        statement=draft.statement,
        previous_hash=previous_hash,
        entry_hash=hash_of(
            draft, sequence=sequence, recorded_at=recorded_at, previous_hash=previous_hash
        ),
    )


def hash_of(draft: Draft, *, sequence: int, recorded_at: str, previous_hash: bytes) -> bytes:
    """Compute the hash of an entry: SHA-256 over RFC 8785 of its header.

    Raises `MalformedValueError` for what has no canonical form, such as damaged text.
    """
    header = {
        "case": draft.case_id,
        "format": FORMAT,
        "inputs": _digest(draft.inputs),
        "kind": draft.kind.value,
        "payload": _digest(draft.payload),
        "previous": previous_hash.hex(),
        "recorded": recorded_at,
        "revision": draft.revision,
        "sequence": sequence,
        "statement": _digest(draft.statement),
    }
    return hashlib.sha256(canonicalize(header)).digest()


def id_of(entry_hash: bytes) -> str:
    """Write the hash of an entry as its id."""
    return f"sha256:{entry_hash.hex()}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
