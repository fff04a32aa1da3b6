"""The register in its database: recording, reading, precedents, checking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Engine, Row, Select, and_, exists, func, insert, select

from credentials.timestamps import format_timestamp
from recognition.decision_payload import read_payload
from recognition.register_of_decisions.acts import OversightActs, require_deciding_policy
from recognition.register_of_decisions.chain import EMPTY, Checkpoint, changed, check_entries
from recognition.register_of_decisions.entries import Draft, Entry, EntryKind, id_of, place
from recognition.register_of_decisions.errors import ChainBrokenError
from recognition.register_of_decisions.recording import Record
from recognition.register_of_decisions.statuses import DecisionStatuses, withdraw_superseded
from recognition.register_of_decisions.tables import ENTRIES, SOURCES
from service import reading, writing

PAGE_ENTRIES = 200
"""How many entries are read at a time; between pages others may write."""

EntryQuery: TypeAlias = Select[tuple[Any, ...]]
"""A query whose rows are entries."""

BINARY_COLUMNS = ("payload", "inputs", "statement", "previous_hash", "entry_hash")

DECIDES = [kind.value for kind in EntryKind if kind.decides]


@dataclass(frozen=True, slots=True)
class Precedent:
    """An earlier decision about an achievement, with what came after it.

    Whether it may be followed is for the policy to say: all decisions about the achievement are
    told, superseded and disallowed ones included.
    """

    id: str
    case_id: str
    revision: int
    payload: bytes
    superseded_by: str | None
    is_appealed: bool


class RegisterOfDecisions:
    """A register of decisions, in a database that was brought to its form by `service.migrate`."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self.engine = engine
        self.acts = OversightActs(engine)
        self.statuses = DecisionStatuses(engine, _case)

    def record(self, record: Record, *, recorded_at: datetime) -> Entry:
        """Add an entry and return it once it is on the disk.

        What is in the register already, word for word, is returned as it stands there: who asks
        again after a failure does not record twice.  What a decision supersedes is withdrawn in the
        same transaction.

        Raises `CaseDecidedError` if somebody else was faster, `RegisterError` and `AppealError`
        for what may not follow, `PolicySuspendedError` for what a suspended policy decides,
        `DatabaseError`; then nothing was recorded.
        """
        with writing(self.engine) as connection:
            history = _case(connection, record.case_id)
            draft = record.draft(history)
            for entry in history:
                if entry.draft == draft:
                    return entry
            record.require_admissible(history, recorded_at)
            require_deciding_policy(connection, draft)
            entry = add(connection, draft, format_timestamp(recorded_at))
            withdraw_superseded(connection, history, entry, recorded_at)
            return entry

    def case(self, case_id: str) -> tuple[Entry, ...]:
        """Read everything about one case, the oldest first; nothing if there is none."""
        with reading(self.engine) as connection:
            return _case(connection, case_id)

    def entries(self) -> Iterator[Entry]:
        """Yield the entries that there are now, in their order."""
        return self._each(select(ENTRIES), self.checkpoint().count)

    def decisions(self) -> Iterator[Entry]:
        """Yield all decisions, superseded ones included, in the order of recording."""
        query = select(ENTRIES).where(ENTRIES.c.kind.in_(DECIDES))
        return self._each(query, self.checkpoint().count)

    def count_decisions(self) -> int:
        """Count what `decisions` yields."""
        query = select(func.count()).where(ENTRIES.c.kind.in_(DECIDES))
        with reading(self.engine) as connection:
            return int(connection.scalar(query) or 0)

    def count_cases(self) -> int:
        """Count the cases, each of which has one decision in force."""
        query = select(func.count(ENTRIES.c.case_id.distinct()))
        with reading(self.engine) as connection:
            return int(connection.scalar(query) or 0)

    def decisions_in_force(self) -> Iterator[Entry]:
        """Yield the latest decision of each case, in the order of recording."""
        end = self.checkpoint().count
        return self._each(_in_force(end), end)

    def precedents(self, *, issuer: str, achievement: str) -> tuple[Precedent, ...]:
        """Find all decisions about an achievement of an issuer, in the order of recording."""
        with reading(self.engine) as connection:
            rows = connection.execute(_about(issuer, achievement)).all()
        return tuple(map(_precedent, rows))

    def checkpoint(self) -> Checkpoint:
        """Tell count and head: what is signed, published and kept elsewhere."""
        with reading(self.engine) as connection:
            return _head(connection)

    def check_chain(self, *, expected: Checkpoint = EMPTY) -> Checkpoint:
        """Check every entry, and what finds them; return the checkpoint of what was checked.

        Obligations: those of `check_entries`, and

        5. the sources by which precedents are found are those of the payloads.

        Raises `ChainBrokenError` (SOURCES_CHANGED for 5); a damaged file may also end in
        `DatabaseError`.
        """
        return check_entries(self._entries_with_sources_checked(), expected=expected)

    def _entries_with_sources_checked(self) -> Iterator[Entry]:
        for page in self._pages(select(ENTRIES), self.checkpoint().count):
            # Whoever takes an entry checks its hash before asking for the next one.
            yield from page
            # 5.
            with reading(self.engine) as connection:
                _require_sources(connection, page)
        with reading(self.engine) as connection:
            _require_no_stray_sources(connection)

    def _each(self, query: EntryQuery, end: int) -> Iterator[Entry]:
        return (entry for page in self._pages(query, end) for entry in page)

    def _pages(self, query: EntryQuery, end: int) -> Iterator[tuple[Entry, ...]]:
        """Run a query page by page, up to the entry that was the last when it began."""
        page = query.where(ENTRIES.c.sequence <= end).order_by(ENTRIES.c.sequence)
        page = page.limit(PAGE_ENTRIES)
        after: int | None = None
        while True:
            following = page if after is None else page.where(ENTRIES.c.sequence > after)
            with reading(self.engine) as connection:
                entries = _entries(connection, following)
            if entries:
                yield entries
                after = entries[-1].sequence
            if len(entries) < PAGE_ENTRIES:
                return


def _case(connection: Connection, case_id: str) -> tuple[Entry, ...]:
    query = select(ENTRIES).where(ENTRIES.c.case_id == case_id).order_by(ENTRIES.c.sequence)
    return _entries(connection, query)


def _head(connection: Connection) -> Checkpoint:
    columns = select(ENTRIES.c.sequence, ENTRIES.c.entry_hash)
    row = connection.execute(columns.order_by(ENTRIES.c.sequence.desc()).limit(1)).first()
    return EMPTY if row is None else Checkpoint(row.sequence, row.entry_hash)


def add(connection: Connection, draft: Draft, recorded_at: str) -> Entry:
    """Add an entry after the last one; the connection must be the one that may write."""
    head = _head(connection)
    entry = place(draft, after=(head.count, head.head), recorded_at=recorded_at)
    connection.execute(insert(ENTRIES).values(**asdict(entry)))
    sources = _sources(entry)
    if sources:
        connection.execute(insert(SOURCES), [row._asdict() for row in sources])
    return entry


def _entries(connection: Connection, query: EntryQuery) -> tuple[Entry, ...]:
    return tuple(_entry(row) for row in connection.execute(query))


def _entry(row: Row[Any]) -> Entry:
    """Read a row; the columns have the names of the members."""
    members = row._asdict()
    # In a damaged file SQLite hands out text where the table has bytes.
    if not all(isinstance(members[name], bytes) for name in BINARY_COLUMNS):
        raise changed(row.sequence)
    try:
        return Entry(**{**members, "kind": EntryKind(members["kind"])})
    except ValueError as error:
        raise changed(row.sequence) from error


class _SourceRow(NamedTuple):
    """One row of the table of sources, in the order of its columns."""

    sequence: int
    position: int
    issuer: str
    achievement: str


def _sources(entry: Entry) -> list[_SourceRow]:
    """Tell by which sources an entry is found; an achievement without an id finds nothing."""
    if not entry.kind.decides:
        return []
    return [
        _SourceRow(entry.sequence, position, source.issuer, source.achievement)
        for position, source in enumerate(read_payload(entry.payload).sources)
        if source.achievement is not None
    ]


def _require_sources(connection: Connection, page: tuple[Entry, ...]) -> None:
    first, last = page[0].sequence, page[-1].sequence
    query = select(SOURCES).where(SOURCES.c.sequence.between(first, last))
    found = {_SourceRow(*row) for row in connection.execute(query)}
    stated = {row for entry in page for row in _sources(entry)}
    differing = found ^ stated
    if differing:
        raise _sources_changed(min(row.sequence for row in differing))


def _require_no_stray_sources(connection: Connection) -> None:
    has_entry = exists().where(ENTRIES.c.sequence == SOURCES.c.sequence)
    stray = connection.scalar(select(func.min(SOURCES.c.sequence)).where(~has_entry))
    if stray is not None:
        raise _sources_changed(stray)


def _sources_changed(sequence: int) -> ChainBrokenError:
    return ChainBrokenError(
        f"The sources by which entry {sequence} is found are not those of its payload, so "
        "precedents would be missed or made up.",
        sequence=sequence,
        code="SOURCES_CHANGED",
    )


def _in_force(end: int) -> EntryQuery:
    """Find the latest decision of each case among the entries up to one."""
    later = ENTRIES.alias()
    is_superseded = exists().where(
        later.c.case_id == ENTRIES.c.case_id,
        later.c.kind.in_(DECIDES),
        later.c.revision > ENTRIES.c.revision,
        later.c.sequence <= end,
    )
    return select(ENTRIES).where(ENTRIES.c.kind.in_(DECIDES), ~is_superseded)


def _about(issuer: str, achievement: str) -> EntryQuery:
    """Find decisions by a source, with the hash of what superseded them and with their appeal."""
    following, appeal = ENTRIES.alias(), ENTRIES.alias()
    sequences = select(SOURCES.c.sequence).where(
        SOURCES.c.issuer == issuer, SOURCES.c.achievement == achievement
    )
    is_following = and_(
        following.c.case_id == ENTRIES.c.case_id,
        following.c.kind.in_(DECIDES),
        following.c.revision == ENTRIES.c.revision + 1,
    )
    is_appeal = and_(
        appeal.c.case_id == ENTRIES.c.case_id,
        appeal.c.kind == EntryKind.APPEAL.value,
        appeal.c.revision == ENTRIES.c.revision,
    )
    return (
        select(
            ENTRIES.c.entry_hash,
            ENTRIES.c.case_id,
            ENTRIES.c.revision,
            ENTRIES.c.payload,
            following.c.entry_hash.label("superseded_by"),
            appeal.c.sequence.label("appeal"),
        )
        .outerjoin(following, is_following)
        .outerjoin(appeal, is_appeal)
        .where(ENTRIES.c.sequence.in_(sequences))
        .order_by(ENTRIES.c.sequence)
    )


def _precedent(row: Row[Any]) -> Precedent:
    return Precedent(
        id=id_of(row.entry_hash),
        case_id=row.case_id,
        revision=row.revision,
        payload=row.payload,
        superseded_by=None if row.superseded_by is None else id_of(row.superseded_by),
        is_appealed=row.appeal is not None,
    )
