"""Intents: what was promised is on the disk before anything is signed, and completed once.

Pieces of transactions for `issuer.issuing.exactly_once` (one credential) and
`issuer.issuing.rosters` (many at once).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, select, update

from credentials.errors import TallystickError
from issuer.issuing.awards import Award, digest_of_request
from issuer.issuing.high_water import HighWater
from issuer.issuing.lists import give_entries
from issuer.store.achievements import AchievementVersion
from issuer.store.chain import Draft
from issuer.store.credentials import ABANDONED, ACTIVE, INTENDED, ISSUED, CredentialRecord
from issuer.store.credentials import credential_of as record_of
from issuer.store.errors import StoreError
from issuer.store.learners import learner_in
from issuer.store.ledger import Act, head, note, record
from issuer.store.tables import CREDENTIALS, IDEMPOTENCY_KEYS, LEDGER
from issuer.store.tenants import Tenant
from issuer.store.webhooks import announce
from issuer.store.writing_down import digest_of, stamp, write_json
from service.status_lists import DrawIndex

LEASE = timedelta(seconds=30)
"""How long one worker has an intent to itself; after that anybody may complete it."""


class ErasedError(StoreError):
    """A credential was erased before it was signed, so nobody gets it."""

    code = "CREDENTIAL_ERASED"

    def __init__(self) -> None:
        """Say so; there is nothing else to tell."""
        super().__init__("This credential was erased before it was signed.")


@dataclass(frozen=True, slots=True)
class Signed:
    """What came of signing an intent: the bytes, or why there are none.

    `is_final` says that signing again would fail in the same way.
    """

    credential_id: str
    data: bytes = b""
    media_type: str = ""
    verification_method: str = ""
    error: TallystickError | None = None
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Intended:
    """What intents are made for: one version of an achievement of one institution."""

    act: Act
    tenant: Tenant
    version: AchievementVersion
    lease: timedelta = LEASE
    job_id: str | None = None
    original: CredentialRecord | None = None
    """What copies for wallets are made of; their learner is the same one."""


def require_reached(connection: Connection, high_water: HighWater) -> None:
    """Refuse to go on with a ledger that has less than was confirmed before."""

    def hash_at(sequence: int) -> bytes | None:
        return connection.scalar(select(LEDGER.c.entry_hash).where(LEDGER.c.sequence == sequence))

    high_water.require(head(connection), hash_at)


def intend(
    connection: Connection,
    what: Intended,
    awards: Sequence[Award],
    draw: DrawIndex,
    *,
    key: str | None = None,
) -> tuple[str, ...]:
    """Write down intents for awards, and return the ids of their credentials.

    `key` is the idempotency key of a single one.  Each has its id, its entry of the status list
    and its request from here on.  The connection must be the one that may write; the intents count
    once its transaction is committed.
    """
    ids = tuple(uuid4().urn for _award in awards)
    listed, indexes = give_entries(connection, what.tenant, ids, draw, what.act.at)
    rows, notes = [], []
    for credential_id, index, award in zip(ids, indexes, awards, strict=True):
        learner = _learner(connection, what, award)
        row = _row(what, award, learner)
        row |= {"id": credential_id, "list_name": listed.name, "list_index": index}
        rows.append(row)
        notes.append(_note(what, row, key))
    connection.execute(insert(CREDENTIALS), rows)
    if key is not None:
        connection.execute(insert(IDEMPOTENCY_KEYS).values(_key_row(rows[0], key)))
    record(connection, *notes)
    return ids


def _learner(connection: Connection, what: Intended, award: Award) -> str | None:
    if what.original is not None:
        return what.original.learner_id
    recipient, at = award.recipient, what.act.at
    return learner_in(connection, what.tenant.id, recipient, at, corrects=award.replaces)


def _row(what: Intended, award: Award, learner: str | None) -> dict[str, Any]:
    return {
        "tenant_id": what.tenant.id,
        "achievement_id": what.version.achievement_id,
        "achievement_version": what.version.version,
        "learner_id": learner,
        "job_id": what.job_id,
        "state": INTENDED,
        "status": ACTIVE,
        "request": write_json(award.to_json()),
        "request_digest": digest_of_request(what.version.achievement_id, award),
        "intended_at": stamp(what.act.at),
        "leased_until": stamp(what.act.at + what.lease),
        "replaces": award.replaces,
        "copy_of": None if what.original is None else what.original.id,
    }


def _note(what: Intended, row: dict[str, Any], key: str | None) -> tuple[Draft, str]:
    """Write the entry of an intent: what of its row must never be another."""
    said = {
        "achievement": what.version.digest,
        "achievementId": row["achievement_id"],
        "version": what.version.version,
        "request": row["request_digest"],
        "list": row["list_name"],
        "index": row["list_index"],
        "learner": row["learner_id"],
        "job": row["job_id"],
        "replaces": row["replaces"],
        "copyOf": row["copy_of"],
        "key": None if key is None else digest_of(key),
    }
    told = {name: value for name, value in said.items() if value is not None}
    return note(what.act, "credential.intended", row["id"], **told)


def _key_row(credential: dict[str, Any], key: str) -> dict[str, Any]:
    return {
        "tenant_id": credential["tenant_id"],
        "key": key,
        "request_digest": credential["request_digest"],
        "credential_id": credential["id"],
        "created_at": credential["intended_at"],
    }


def keep(connection: Connection, act: Act, signed: Sequence[Signed]) -> None:
    """Keep what was signed: of each credential the first bytes that are stored, and no others.

    What cannot be signed at all is abandoned, and so is what was erased while it was signed; what
    failed for now stays intended.
    """
    final = [one for one in signed if one.error is None or one.is_final]
    still = _still_intended(connection, [one.credential_id for one in final])
    first = {one.credential_id: one for one in final if one.credential_id in still}
    rows, notes = [], []
    for one in first.values():
        error = ErasedError() if still[one.credential_id] else one.error
        if error is not None:
            notes.append(_give_up(connection, act, one.credential_id, error))
            continue
        row = _signed_row(one, stamp(act.at))
        rows.append(row)
        said = {"digest": row["data_digest"], "key": one.verification_method}
        notes.append(note(act, "credential.issued", one.credential_id, type=one.media_type, **said))
        announce(connection, act, "credential.issued", {"credential": one.credential_id})
    if rows:
        connection.execute(_store_signed(rows[0]), rows)
    record(connection, *notes)


def _give_up(
    connection: Connection, act: Act, credential_id: str, error: TallystickError
) -> tuple[Draft, str]:
    change = update(CREDENTIALS).where(CREDENTIALS.c.id == credential_id)
    connection.execute(change.values(state=ABANDONED, leased_until=None))
    return note(act, "credential.abandoned", credential_id, code=error.code)


def _signed_row(one: Signed, now: str) -> dict[str, Any]:
    return {
        "of": one.credential_id,
        "state": ISSUED,
        "data": one.data,
        "data_digest": digest_of(one.data),
        "media_type": one.media_type,
        "verification_method": one.verification_method,
        "issued_at": now,
        "leased_until": None,
    }


def _still_intended(connection: Connection, ids: Sequence[str]) -> dict[str, bool]:
    """Name those that nobody completed yet, each with whether it was erased meanwhile."""
    query = select(CREDENTIALS.c.id, CREDENTIALS.c.erased_at).where(
        CREDENTIALS.c.id.in_(ids), CREDENTIALS.c.state == INTENDED
    )
    return {row.id: row.erased_at is not None for row in connection.execute(query)}


def _store_signed(row: dict[str, Any]) -> Any:
    named: dict[str, Any] = {name: bindparam(name) for name in row if name != "of"}
    return update(CREDENTIALS).where(CREDENTIALS.c.id == bindparam("of")).values(**named)


def take_over(
    connection: Connection, ids: Sequence[str], until: datetime
) -> tuple[CredentialRecord, ...]:
    """Take the lease of intents, and read them."""
    chosen = CREDENTIALS.c.id.in_(ids)
    is_open = CREDENTIALS.c.state == INTENDED
    leased = update(CREDENTIALS).where(chosen, is_open).values(leased_until=stamp(until))
    connection.execute(leased)
    return tuple(map(record_of, connection.execute(select(CREDENTIALS).where(chosen))))


Sign = Callable[[CredentialRecord], Signed]
"""Signs an intent, outside of any transaction."""
