"""Entries of the issuer's ledger, their hashes, and the check that nothing was changed; pure.

An entry covers the one before it, so whatever is changed, taken out or exchanged shows.  It names
ids and digests, and so the chain can be checked by people who may not know whom it is about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from credentials.errors import MalformedValueError
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from issuer.store.errors import LedgerBrokenError

FORMAT = "tallystick-issuer-ledger-1"
"""Names the form of what is hashed; another form gets another name."""

CHECKPOINT_FORMAT = "tallystick-issuer-checkpoint-1"
FIRST_PREVIOUS = bytes(32)
"""What stands for the hash before the first entry."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be recorded: who did what about which thing of which institution."""

    tenant_id: str
    actor: str
    kind: str
    subject: str
    statement: bytes


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry as it stands in the ledger; `statement` is a JSON object."""

    sequence: int
    recorded_at: str
    tenant_id: str
    actor: str
    kind: str
    subject: str
    statement: bytes
    previous_hash: bytes
    entry_hash: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many entries the ledger had, and the hash of the last one."""

    count: int
    head: bytes

    def signed_bytes(self, signed_at: str) -> bytes:
        """Write what is signed, as RFC 8785."""
        return canonicalize(
            {
                "count": self.count,
                "format": CHECKPOINT_FORMAT,
                "head": self.head.hex(),
                "signedAt": signed_at,
            }
        )

    def to_json(self) -> JsonObject:
        """Write the checkpoint to be kept elsewhere."""
        return {"count": self.count, "head": self.head.hex()}


EMPTY = Checkpoint(0, FIRST_PREVIOUS)
"""The checkpoint of a ledger without entries."""


def place(draft: Draft, after: Checkpoint, recorded_at: str) -> LedgerEntry:
    """Make a draft the entry that follows a checkpoint."""
    sequence = after.count + 1
    return LedgerEntry(
        sequence,
        recorded_at,
        draft.tenant_id,
        draft.actor,
        draft.kind,
        draft.subject,
        draft.statement,
        after.head,
        hash_of(draft, sequence, recorded_at, after.head),
    )


def hash_of(draft: Draft, sequence: int, recorded_at: str, previous_hash: bytes) -> bytes:
    """Compute the hash of an entry: SHA-256 over RFC 8785 of its members.

    Raises `MalformedValueError` for what has no canonical form, such as damaged text.
    """
    members = {
        "about": draft.subject,
        "actor": draft.actor,
        "format": FORMAT,
        "kind": draft.kind,
        "previous": previous_hash.hex(),
        "recorded": recorded_at,
        "sequence": sequence,
        "statement": hashlib.sha256(draft.statement).hexdigest(),
        "tenant": draft.tenant_id,
    }
    return hashlib.sha256(canonicalize(members)).digest()


def checked(entries: Iterable[LedgerEntry]) -> Iterator[tuple[LedgerEntry, Checkpoint]]:
    """Check entries in the order of their sequence; yield each with the checkpoint after it.

    Obligations: 1. the sequence counts from 1 without a gap; 2. each entry names the hash of the
    one before; 3. its hash is that of what it holds.

    Raises `LedgerBrokenError` (ENTRY_MISSING, LINK_BROKEN, ENTRY_CHANGED) at the first that does
    not hold.  What was cut off at the end shows against a checkpoint that was kept elsewhere.
    """
    last = EMPTY
    for entry in entries:
        # 1.
        if entry.sequence != last.count + 1:
            raise _broken(f"Entry {last.count + 1} is missing", last.count + 1, "ENTRY_MISSING")
        # 2.
        if entry.previous_hash != last.head:
            text = f"Entry {entry.sequence} does not follow the one before it"
            raise _broken(text, entry.sequence, "LINK_BROKEN")
        # 3.
        if _computed(entry) != entry.entry_hash:
            text = f"Entry {entry.sequence} was changed: its hash is not that of what it holds"
            raise _broken(text, entry.sequence, "ENTRY_CHANGED")
        last = Checkpoint(entry.sequence, entry.entry_hash)
        yield entry, last


def _computed(entry: LedgerEntry) -> bytes | None:
    draft = Draft(entry.tenant_id, entry.actor, entry.kind, entry.subject, entry.statement)
    try:
        return hash_of(draft, entry.sequence, entry.recorded_at, entry.previous_hash)
    except (MalformedValueError, AttributeError, TypeError):
        # In a damaged file SQLite hands out text where the table has bytes, and the reverse.
        return None


def _broken(text: str, sequence: int, code: str) -> LedgerBrokenError:
    return LedgerBrokenError(f"{text}.", place=f"entry {sequence}", code=code)
