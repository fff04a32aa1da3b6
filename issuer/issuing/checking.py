"""The check of everything that the issuer's ledger covers (`tallystick issuer fsck`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, func, select

from credentials.errors import TallystickError
from issuer.issuing.awards import Award, digest_of_request
from issuer.issuing.checkpoints import require_signed
from issuer.issuing.high_water import HighWaterFile
from issuer.store.chain import EMPTY, Checkpoint, LedgerEntry
from issuer.store.credentials import ABANDONED, ACTIVE, INTENDED, ISSUED, REVOKED, SUSPENDED
from issuer.store.errors import LedgerBrokenError
from issuer.store.ledger import IssuerLedger, SignedCheckpoint, statement_of
from issuer.store.tables import (
    ACHIEVEMENT_VERSIONS,
    CREDENTIALS,
    IDEMPOTENCY_KEYS,
    PUBLISHED_LISTS,
)
from issuer.store.writing_down import digest_of, read_json, write_json
from service import reading
from service.status_ledger.assigning import is_counted_rightly
from service.status_ledger.tables import CHANGES, ENTRIES

PAGE_ENTRIES = 400
"""How many entries are compared with their rows at a time."""

OF_TENANTS = "tenant\\_%/%"
"""How the lists of institutions are named, among lists that others made by hand."""

STATUSES = {
    "credential.revoked": REVOKED,
    "credential.suspended": SUSPENDED,
    "credential.reinstated": ACTIVE,
}


@dataclass(slots=True)
class Checked:
    """What was checked, and so far read of the ledger."""

    checkpoint: Checkpoint = EMPTY
    intended: int = 0
    issued: int = 0
    abandoned: int = 0
    keys: int = 0
    changes: int = 0
    versions: int = 0
    erased: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)


def check_store(
    engine: Engine,
    *,
    trusted: Callable[[str], bool],
    high_water: HighWaterFile | None = None,
    kept: Sequence[SignedCheckpoint] = (),
) -> Checked:
    """Check the ledger, and everything that it says about.

    Obligations:

    1. the chain holds (`issuer.store.chain.checked`);
    2. every signed checkpoint, those in the database and those `kept` elsewhere, is signed by a
       trusted key and is on the chain, and the ledger reaches the high-water mark;
    3. every intent has its credential, with the request, the index and the times of the entry, and
       its entry in the status list; every issued one has the bytes of the digest; and there are no
       others;
    4. every idempotency key and every published version is the one of its entry, and no other;
    5. every change of a status list is the one of its entry, and the status of each credential is
       that of the last one;
    6. the published lists are those whose digests were recorded.

    Raises `LedgerBrokenError` at the first that does not hold; a damaged file may also end in
    `DatabaseError`.
    """
    ledger, found = IssuerLedger(engine), Checked()
    # 2.
    points = _points((*ledger.checkpoints(), *kept), trusted)
    mark = None if high_water is None else high_water.mark()
    if mark is not None:
        points[mark.count] = mark
    # 1.
    _check_entries(engine, ledger, points, found)
    with reading(engine) as connection:
        _check_whole(connection, found)
    return found


def _check_entries(
    engine: Engine, ledger: IssuerLedger, points: dict[int, Checkpoint], found: Checked
) -> None:
    entries = ledger.checked()
    while page := list(islice(entries, PAGE_ENTRIES)):
        for _entry, reached in page:
            if points.pop(reached.count, reached) != reached:
                raise broken(f"entry {reached.count}", "is not the one of its checkpoint")
            found.checkpoint = reached
        with reading(engine) as connection:
            _check_page(connection, [entry for entry, _reached in page], found)
    points.pop(0, None)
    if points:
        raise broken(f"entry {max(points)}", "is missing: the ledger was cut off")


def _points(
    signed: Sequence[SignedCheckpoint], trusted: Callable[[str], bool]
) -> dict[int, Checkpoint]:
    """Read where the ledger must be as it was signed."""
    points: dict[int, Checkpoint] = {}
    for one in signed:
        require_signed(one, trusted)
        known = points.setdefault(one.checkpoint.count, one.checkpoint)
        if known != one.checkpoint:
            raise broken(f"checkpoint {known.count}", "contradicts another one")
    return points


def broken(place: str, what: str) -> LedgerBrokenError:
    """Make the error for something that is not what was written."""
    return LedgerBrokenError(f"{place[0].upper()}{place[1:]} {what}.", place=place)


def _check_page(connection: Connection, entries: Sequence[LedgerEntry], found: Checked) -> None:
    by_kind: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry)
        if entry.kind == "credential.erased":
            found.erased[entry.subject] = entry.recorded_at
    # 3.
    intended = by_kind.get("credential.intended", [])
    rows = _rows_of(connection, CREDENTIALS, [entry.subject for entry in intended])
    listed = _entries_of(connection, [entry.subject for entry in intended])
    for entry in intended:
        _check_intended(entry, rows.get(entry.subject), listed.get(entry.subject))
    keys = _keys_of(connection, [entry.subject for entry in intended])
    for entry in intended:
        _check_key(entry, keys.get(entry.subject))
    found.intended += len(intended)
    found.keys += sum(1 for entry in intended if "key" in statement_of(entry))
    issued = by_kind.get("credential.issued", [])
    rows = _rows_of(connection, CREDENTIALS, [entry.subject for entry in issued])
    for entry in issued:
        _check_issued(entry, rows.get(entry.subject))
    found.issued += len(issued)
    abandoned = by_kind.get("credential.abandoned", [])
    rows = _rows_of(connection, CREDENTIALS, [entry.subject for entry in abandoned])
    for entry in abandoned:
        place = f"credential {entry.subject}"
        _require(rows.get(entry.subject), place, {"state": ABANDONED})
    found.abandoned += len(abandoned)
    _check_others(connection, entries, found)


def _check_others(connection: Connection, entries: Sequence[LedgerEntry], found: Checked) -> None:
    for entry in entries:
        said = statement_of(entry)
        # 4.
        if entry.kind == "achievement.published":
            _check_version(connection, entry, said)
            found.versions += 1
        # 5.
        if entry.kind in STATUSES:
            found.statuses[entry.subject] = STATUSES[entry.kind]
        if "change" in said and "set" in said:
            _check_change(connection, entry, said)
            found.changes += 1
        # 6.
        if entry.kind == "list.published":
            found.published[entry.subject] = str(said["digest"])


def _check_intended(entry: LedgerEntry, row: Row[Any] | None, listed: Row[Any] | None) -> None:
    said = statement_of(entry)
    _require(
        row,
        f"credential {entry.subject}",
        {
            "tenant_id": entry.tenant_id,
            "request_digest": said["request"],
            "list_name": said["list"],
            "list_index": said["index"],
            "intended_at": entry.recorded_at,
            "replaces": said.get("replaces"),
            "copy_of": said.get("copyOf"),
            "learner_id": said.get("learner"),
            "job_id": said.get("job"),
            "achievement_id": said["achievementId"],
            "achievement_version": said["version"],
        },
    )
    place = {"list_name": said["list"], "list_index": said["index"]}
    _require(listed, f"entry of {entry.subject}", {**place, "assigned_at": entry.recorded_at})
    if row is not None and not _has_its_request(row, said["request"]):
        raise broken(f"credential {entry.subject}", "has another request than was written down")


def _has_its_request(row: Row[Any], digest: str) -> bool:
    """Tell whether the request is the one of the intent, or was erased."""
    if row.erased_at is not None:
        return bool(row.request == write_json({}))
    return _request_digest(row) == digest


def _request_digest(row: Row[Any]) -> str | None:
    """Compute the digest of the request that is kept; None if it is not written as we write it.

    Members that reading passes over would not show in the digest.
    """
    try:
        award = Award.from_json(read_json(row.request))
        is_ours = bool(write_json(award.to_json()) == row.request)
    except (ValueError, TypeError, AttributeError, TallystickError):
        return None
    return digest_of_request(row.achievement_id, award) if is_ours else None


def _check_issued(entry: LedgerEntry, row: Row[Any] | None) -> None:
    said = statement_of(entry)
    stated = {
        "state": ISSUED,
        "data_digest": said["digest"],
        "verification_method": said["key"],
        "media_type": said["type"],
        "issued_at": entry.recorded_at,
    }
    _require(row, f"credential {entry.subject}", stated)
    if row is None or (row.data is None and row.erased_at is not None):
        return
    if not isinstance(row.data, bytes) or digest_of(row.data) != said["digest"]:
        raise broken(f"credential {entry.subject}", "has other bytes than were issued")


def _check_key(entry: LedgerEntry, row: Row[Any] | None) -> None:
    said = statement_of(entry).get("key")
    if said is None and row is None:
        return
    stated = {
        "tenant_id": entry.tenant_id,
        "request_digest": statement_of(entry)["request"],
        "created_at": entry.recorded_at,
    }
    _require(row, f"idempotency key of {entry.subject}", stated)
    if row is not None and digest_of(str(row.key)) != said:
        raise broken(f"idempotency key of {entry.subject}", "is another one")


def _check_version(connection: Connection, entry: LedgerEntry, said: dict[str, Any]) -> None:
    query = select(ACHIEVEMENT_VERSIONS).where(
        ACHIEVEMENT_VERSIONS.c.achievement_id == entry.subject,
        ACHIEVEMENT_VERSIONS.c.version == said["version"],
    )
    row = connection.execute(query).first()
    place = f"version {said['version']} of {entry.subject}"
    _require(row, place, {"digest": said["digest"], "published_at": entry.recorded_at})
    is_text = row is not None and not isinstance(row.document, bytes)
    if row is None or is_text or digest_of(row.document) != said["digest"]:
        raise broken(place, "is not what was published")


def _check_change(connection: Connection, entry: LedgerEntry, said: dict[str, Any]) -> None:
    query = select(CHANGES).where(CHANGES.c.sequence == said["change"])
    row = connection.execute(query).first()
    place = f"change {said['change']} of the status lists"
    stated = {"list_name": said["list"], "list_index": said["index"], "is_set": int(said["set"])}
    _require(row, place, stated)
    if row is not None and digest_of(str(row.reason)) != said["reason"]:
        raise broken(place, "has another reason")
    if row is not None and row.changed_at != entry.recorded_at:
        raise broken(place, "has another time")


def _check_whole(connection: Connection, found: Checked) -> None:
    """Check what no single entry tells: that there is nothing beside what the ledger knows."""
    query = select(CREDENTIALS.c.state, func.count()).group_by(CREDENTIALS.c.state)
    states = {row[0]: row[1] for row in connection.execute(query)}
    left = found.intended - found.issued - found.abandoned
    wanted = {ISSUED: found.issued, ABANDONED: found.abandoned, INTENDED: left}
    if states != {state: count for state, count in wanted.items() if count}:
        raise broken("The table of credentials", "has rows that the ledger does not know")
    ours = ENTRIES.c.list_name.like(OF_TENANTS, escape="\\")
    named = ENTRIES.c.credential_id.is_not(None)
    changed = CHANGES.c.list_name.like(OF_TENANTS, escape="\\")
    for table, condition, count in (
        (ENTRIES, ours & named, found.intended),
        (CHANGES, changed, found.changes),
        (IDEMPOTENCY_KEYS, None, found.keys),
        (ACHIEVEMENT_VERSIONS, None, found.versions),
    ):
        if _count(connection, table, condition) != count:
            raise broken(f"The table {table.name}", "has rows that the ledger does not know")
    if not is_counted_rightly(connection):
        raise broken("The count of a status list", "is not that of its entries")
    _check_statuses(connection, found)
    for name, digest in found.published.items():
        row = connection.execute(
            select(PUBLISHED_LISTS).where(PUBLISHED_LISTS.c.list_name == name)
        ).first()
        if row is None or digest_of(row.data) != digest:
            raise broken(f"The published list {name}", "is not what was signed")


def _check_statuses(connection: Connection, found: Checked) -> None:
    query = select(CREDENTIALS.c.id, CREDENTIALS.c.status, CREDENTIALS.c.erased_at).where(
        (CREDENTIALS.c.status != ACTIVE) | CREDENTIALS.c.erased_at.is_not(None)
    )
    rows = connection.execute(query).all()
    withdrawn = {row.id: row.status for row in rows if row.status != ACTIVE}
    recorded = {name: status for name, status in found.statuses.items() if status != ACTIVE}
    if withdrawn != recorded:
        differing = sorted(str(each) for each in withdrawn.items() ^ recorded.items())
        raise broken(f"The status of {differing[0]}", "is not the one of the ledger")
    if {row.id: row.erased_at for row in rows if row.erased_at is not None} != found.erased:
        raise broken("The table of credentials", "says that others were erased")


def _count(connection: Connection, table: Table, condition: Any) -> int:
    query = select(func.count()).select_from(table)
    return connection.scalar(query if condition is None else query.where(condition)) or 0


def _require(row: Row[Any] | None, place: str, stated: dict[str, Any]) -> None:
    if row is None:
        raise broken(place, "is missing")
    members = row._asdict()
    for name, value in stated.items():
        if members[name] != value:
            raise broken(place, f"was changed ({name})")


def _rows_of(connection: Connection, table: Table, ids: Sequence[str]) -> dict[str, Row[Any]]:
    query = select(table).where(table.c.id.in_(ids))
    return {row.id: row for row in connection.execute(query)} if ids else {}


def _entries_of(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    query = select(ENTRIES).where(ENTRIES.c.credential_id.in_(ids))
    return {row.credential_id: row for row in connection.execute(query)} if ids else {}


def _keys_of(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    query = select(IDEMPOTENCY_KEYS).where(IDEMPOTENCY_KEYS.c.credential_id.in_(ids))
    return {row.credential_id: row for row in connection.execute(query)} if ids else {}
