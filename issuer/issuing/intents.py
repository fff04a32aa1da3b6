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
from issuer.status_lists import DrawIndex
from issuer.store.achievements import AchievementVersion
from issuer.store.credentials import ABANDONED, ACTIVE, INTENDED, ISSUED, CredentialRecord
from issuer.store.credentials import credential_of as record_of
from issuer.store.learners import learner_in
from issuer.store.ledger import Act, head, note, record
from issuer.store.tables import CREDENTIALS, IDEMPOTENCY_KEYS, LEDGER
from issuer.store.tenants import Tenant
from issuer.store.webhooks import announce
from issuer.store.writing_down import digest_of, stamp, write_json

LEASE = timedelta(seconds=30)
"""How long one worker has an intent to itself; after that anybody may complete it."""


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
    act, tenant, version = what.act, what.tenant, what.version
    ids = tuple(uuid4().urn for _award in awards)
    listed, indexes = give_entries(connection, tenant, ids, draw, act.at)
    rows: list[dict[str, Any]] = []
    notes = []
    for credential_id, index, award in zip(ids, indexes, awards, strict=True):
        digest = digest_of_request(version.achievement_id, award)
        learner = learner_in(connection, tenant.id, award.recipient, act.at)
        rows.append(
            {
                "id": credential_id,
                "tenant_id": tenant.id,
                "achievement_id": version.achievement_id,
                "achievement_version": version.version,
                "learner_id": learner,
                "job_id": what.job_id,
                "state": INTENDED,
                "status": ACTIVE,
                "request": write_json(award.to_json()),
                "request_digest": digest,
                "list_name": listed.name,
                "list_index": index,
                "intended_at": stamp(act.at),
                "leased_until": stamp(act.at + what.lease),
                "replaces": award.replaces,
            }
        )
        said = {"achievement": version.digest, "version": version.version}
        said |= {"list": listed.name, "index": index, "learner": learner}
        said |= {} if what.job_id is None else {"job": what.job_id}
        if key is not None:
            said["key"] = digest_of(key)
        if award.replaces is not None:
            said["replaces"] = award.replaces
        notes.append(note(act, "credential.intended", credential_id, request=digest, **said))
    connection.execute(insert(CREDENTIALS), rows)
    if key is not None:
        connection.execute(insert(IDEMPOTENCY_KEYS).values(_key_row(rows[0], key)))
    record(connection, *notes)
    return ids


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

    What cannot be signed at all is abandoned; what failed for now stays intended.
    """
    kept = {one.credential_id: one for one in signed if one.error is None}
    given_up = {one.credential_id: one for one in signed if one.error is not None and one.is_final}
    open_ids = _still_intended(connection, [*kept, *given_up])
    now, notes, rows = stamp(act.at), [], []
    for credential_id, one in kept.items():
        if credential_id not in open_ids:
            continue
        digest = digest_of(one.data)
        rows.append(
            {
                "of": credential_id,
                "state": ISSUED,
                "data": one.data,
                "data_digest": digest,
                "media_type": one.media_type,
                "verification_method": one.verification_method,
                "issued_at": now,
                "leased_until": None,
            }
        )
        said = {"digest": digest, "key": one.verification_method, "type": one.media_type}
        notes.append(note(act, "credential.issued", credential_id, **said))
        announce(connection, act, "credential.issued", {"credential": credential_id})
    for credential_id, one in given_up.items():
        if credential_id in open_ids and one.error is not None:
            rows_of = update(CREDENTIALS).where(CREDENTIALS.c.id == credential_id)
            connection.execute(rows_of.values(state=ABANDONED, leased_until=None))
            notes.append(note(act, "credential.abandoned", credential_id, code=one.error.code))
    if rows:
        connection.execute(_store_signed(rows[0]), rows)
    record(connection, *notes)


def _still_intended(connection: Connection, ids: Sequence[str]) -> set[str]:
    query = select(CREDENTIALS.c.id).where(
        CREDENTIALS.c.id.in_(ids), CREDENTIALS.c.state == INTENDED
    )
    return set(connection.scalars(query))


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
