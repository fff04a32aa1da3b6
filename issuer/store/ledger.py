"""The ledger of everything that the issuer service did: it grows, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from credentials.json_types import JsonObject
from credentials.timestamps import parse_timestamp
from issuer.store.chain import EMPTY, Checkpoint, Draft, LedgerEntry, checked, place
from issuer.store.errors import StoreError
from issuer.store.tables import CHECKPOINTS, LEDGER
from issuer.store.writing_down import (
    PAGE_ITEMS,
    Page,
    number_of,
    page_of,
    read_json,
    stamp,
    write_json,
)
from service import reading, writing

PAGE_ENTRIES = 500
"""How many entries are read at a time when all are; between pages others may write."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, for which institution, and when: what every change is recorded with.

    `actor` is "user:ID", "api-key:ID", or a name of the service itself such as "worker"; it never
    holds a name or an address of a person.
    """

    tenant_id: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with its signature; `key` is the public key as Multikey."""

    checkpoint: Checkpoint
    signed_at: str
    key: str
    signature: bytes


def note(act: Act, kind: str, subject: str, **statement: Any) -> tuple[Draft, str]:
    """Describe an entry to be recorded, with its time."""
    draft = Draft(act.tenant_id, act.actor, kind, subject, write_json(statement))
    return draft, stamp(act.at)


def record(connection: Connection, *notes: tuple[Draft, str]) -> Checkpoint:
    """Add entries after the last one; the connection must be the one that may write."""
    last = head(connection)
    entries = []
    for draft, recorded_at in notes:
        entry = place(draft, last, recorded_at)
        entries.append(asdict(entry))
        last = Checkpoint(entry.sequence, entry.entry_hash)
    if entries:
        connection.execute(insert(LEDGER), entries)
    return last


def head(connection: Connection) -> Checkpoint:
    """Tell the count and the hash of the last entry."""
    columns = select(LEDGER.c.sequence, LEDGER.c.entry_hash)
    row = connection.execute(columns.order_by(LEDGER.c.sequence.desc()).limit(1)).first()
    return EMPTY if row is None else Checkpoint(row.sequence, row.entry_hash)


class IssuerLedger:
    """The ledger, to be read, checked and signed."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def checkpoint(self) -> Checkpoint:
        """Tell where the ledger ends."""
        with reading(self._engine) as connection:
            return head(connection)

    def newest_time(self) -> datetime | None:
        """Tell when the newest entry was made, if there is one."""
        query = select(LEDGER.c.recorded_at).order_by(LEDGER.c.sequence.desc()).limit(1)
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        return None if found is None else parse_timestamp(found)

    def record(self, act: Act, kind: str, subject: str, **statement: Any) -> Checkpoint:
        """Record an act that changes no table, such as signing in."""
        with writing(self._engine) as connection:
            return record(connection, note(act, kind, subject, **statement))

    def audit(
        self, tenant_id: str, *, before: str | None = None, items: int = PAGE_ITEMS
    ) -> Page[LedgerEntry]:
        """Read what was done in an institution, the newest first."""
        query = select(LEDGER).where(LEDGER.c.tenant_id == tenant_id)
        if before is not None:
            query = query.where(LEDGER.c.sequence < number_of(before))
        query = query.order_by(LEDGER.c.sequence.desc())
        with reading(self._engine) as connection:
            return page_of(
                connection, query, entry_of, key=lambda one: str(one.sequence), items=items
            )

    def about(self, tenant_id: str, subject: str) -> tuple[LedgerEntry, ...]:
        """Read what was done about one thing, the oldest first."""
        query = select(LEDGER).where(LEDGER.c.tenant_id == tenant_id, LEDGER.c.subject == subject)
        with reading(self._engine) as connection:
            return tuple(map(entry_of, connection.execute(query.order_by(LEDGER.c.sequence))))

    def entries(self) -> Iterator[LedgerEntry]:
        """Yield the entries that there are now, in their order."""
        last, after = self.checkpoint().count, 0
        while True:
            query = select(LEDGER).where(LEDGER.c.sequence > after, LEDGER.c.sequence <= last)
            with reading(self._engine) as connection:
                page = query.order_by(LEDGER.c.sequence).limit(PAGE_ENTRIES)
                entries = tuple(map(entry_of, connection.execute(page)))
            yield from entries
            if len(entries) < PAGE_ENTRIES:
                return
            after = entries[-1].sequence

    def checked(self) -> Iterator[tuple[LedgerEntry, Checkpoint]]:
        """Yield every entry once it is checked (`issuer.store.chain.checked`)."""
        return checked(self.entries())

    def keep_checkpoint(self, signed: SignedCheckpoint) -> None:
        """Keep a signed checkpoint; the one of a count that is kept already stays."""
        with writing(self._engine) as connection:
            known = select(CHECKPOINTS.c.count).where(
                CHECKPOINTS.c.count == signed.checkpoint.count
            )
            if connection.scalar(known) is None:
                connection.execute(
                    insert(CHECKPOINTS).values(
                        count=signed.checkpoint.count,
                        head=signed.checkpoint.head,
                        signed_at=signed.signed_at,
                        key=signed.key,
                        signature=signed.signature,
                    )
                )

    def checkpoints(self) -> tuple[SignedCheckpoint, ...]:
        """Read all signed checkpoints, the oldest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.count)).all()
        return tuple(
            SignedCheckpoint(Checkpoint(count, last), signed_at, key, signature)
            for count, last, signed_at, key, signature in rows
        )


def entry_of(row: Row[Any]) -> LedgerEntry:
    """Read a row; the columns have the names of the members."""
    return LedgerEntry(**row._asdict())


def statement_of(entry: LedgerEntry) -> JsonObject:
    """Read what an entry says."""
    return read_json(entry.statement)


def checkpoint_to_json(signed: SignedCheckpoint) -> JsonObject:
    """Write a signed checkpoint to be kept elsewhere."""
    return {
        **signed.checkpoint.to_json(),
        "signedAt": signed.signed_at,
        "key": signed.key,
        "signature": signed.signature.hex(),
    }


def checkpoint_from_json(members: JsonObject) -> SignedCheckpoint:
    """Read what `checkpoint_to_json` wrote; raise `StoreError` for anything else."""
    try:
        return SignedCheckpoint(
            Checkpoint(int(members["count"]), bytes.fromhex(members["head"])),
            str(members["signedAt"]),
            str(members["key"]),
            bytes.fromhex(members["signature"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError("This is no checkpoint.", code="CHECKPOINT_MALFORMED") from error
