"""Issuing one credential exactly once for each idempotency key of an institution."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from credentials.errors import IssuanceError, TallystickError
from credentials.timestamps import parse_timestamp
from issuer.issuing.awards import Award, Compose, SigningOf, digest_of_request
from issuer.issuing.high_water import HighWater
from issuer.issuing.intents import (
    LEASE,
    ErasedError,
    Intended,
    Signed,
    intend,
    keep,
    require_reached,
    take_over,
)
from issuer.issuing.signing import check_award, sign_intent
from issuer.store.achievements import AchievementVersion, version_in
from issuer.store.credentials import (
    ABANDONED,
    INTENDED,
    ISSUED,
    CredentialRecord,
    credential_in,
)
from issuer.store.errors import (
    InProgressError,
    KeyReusedError,
    LedgerBehindError,
    NotFoundError,
    StoreError,
)
from issuer.store.ledger import Act, head
from issuer.store.store import Store
from issuer.store.tables import CREDENTIALS, IDEMPOTENCY_KEYS
from issuer.store.tenants import Tenant, tenant_in
from issuer.store.writing_down import stamp
from service import DatabaseError, reading, writing
from service.status_ledger.assigning import lists_named
from service.status_lists import DrawIndex, StatusList

KEY_CHARACTERS = 255
"""Longest idempotency key."""

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Workshop:
    """Everything that issuing needs: the store, who signs, how awards become requests, the world.

    `high_water` notices old backups; `draw` draws indexes of status lists; `now` is the clock.
    """

    store: Store
    signing_of: SigningOf
    compose: Compose
    high_water: HighWater
    draw: DrawIndex
    now: Callable[[], datetime]
    lease: timedelta = LEASE
    _lists: dict[str, StatusList] = field(default_factory=dict)

    def list_named(self, name: str) -> StatusList:
        """Find a status list; what is fixed of one is read once."""
        if name not in self._lists:
            self._lists[name] = self._read_list(name)
        return self._lists[name]

    def _read_list(self, name: str) -> StatusList:
        with reading(self.store.engine) as connection:
            found = [one for one in lists_named(connection, name) if one.name == name]
        if not found:
            raise NotFoundError(f"There is no status list {name}.")
        return found[0]

    def sign(self, intent: CredentialRecord, tenant: Tenant, version: AchievementVersion) -> Signed:
        """Sign one intent (`sign_intent`)."""
        return sign_intent(intent, tenant, version, self.compose, self.signing_of, self.list_named)

    def later(self, act: Act) -> Act:
        """Return the act as of now: signing takes its time."""
        return replace(act, at=self.now())


class ExactlyOnce:
    """Issues single credentials; asking again is answered with the same bytes."""

    def __init__(self, workshop: Workshop) -> None:
        """Take what issuing needs."""
        self.workshop = workshop
        self._store = workshop.store

    def issue(self, act: Act, key: str, achievement_id: str, award: Award) -> CredentialRecord:
        """Issue a credential for an award, once for each key of the institution.

        Obligations: 1. the same key with the same request is answered with the same credential,
        and with another request not at all; 2. everything that can be checked is, before anything
        is reserved; 3. id, index, request and key are on the disk before anything is signed, and
        only if the ledger is as far as it was; 4. what the verifier refuses is not released;
        5. the first bytes that are stored are the credential.

        Raises `KeyReusedError`, `InProgressError`, `NotFoundError`, `LedgerBehindError`,
        `ReleaseRefusedError`, `SigningError`, and whatever is wrong with the award.
        """
        _require_key(key)
        if award.copied is not None:
            text = "This is a copy for a wallet. Correct the credential that it repeats."
            raise IssuanceError(text, code="IS_A_COPY")
        digest = digest_of_request(achievement_id, award)
        # 1.
        known = self._store.credentials.of_key(act.tenant_id, key)
        if known is not None:
            return self.again(act, known, digest)
        # 2.
        with reading(self._store.engine) as connection:
            tenant = tenant_in(connection, act.tenant_id)
            version = version_in(connection, act.tenant_id, achievement_id, None)
            _require_replaceable(connection, act, award)
        shop = self.workshop
        check_award(tenant, version, award, shop.compose, shop.signing_of, act.at)
        # 3.
        intent = self.reserve(key, award, Intended(act, tenant, version, shop.lease))
        if isinstance(intent, str):
            raced = self._store.credentials.get(act.tenant_id, intent)
            return self.again(act, raced, digest)
        return self.sign_and_keep(act, intent, tenant, version)

    def complete(self, act: Act, credential_id: str) -> CredentialRecord:
        """Complete an intent that was left behind; raise what signing raises."""
        record = self._store.credentials.get(act.tenant_id, credential_id)
        return record if record.state != INTENDED else self._finish(act, record)

    def complete_left_behind(self, *, most: int = 20) -> int:
        """Complete single credentials whose process ended before they were signed; count them.

        Whoever asked may never ask again, and was perhaps told that it is being worked on.  One
        that cannot be signed holds up neither the others nor what else the worker has to do.
        """
        now = stamp(self.workshop.now())
        # Only ids: the requests may be long, and one at a time is enough in memory.
        query = select(CREDENTIALS.c.tenant_id, CREDENTIALS.c.id).where(
            CREDENTIALS.c.state == INTENDED,
            CREDENTIALS.c.job_id.is_(None),
            CREDENTIALS.c.leased_until <= now,
        )
        with reading(self._store.engine) as connection:
            left = connection.execute(query.limit(most)).all()
        return sum(self._completed(tenant_id, found) for tenant_id, found in left)

    def _completed(self, tenant_id: str, credential_id: str) -> bool:
        try:
            self.complete(Act(tenant_id, "worker", self.workshop.now()), credential_id)
        except (DatabaseError, LedgerBehindError):
            raise
        except TallystickError as error:
            LOG.warning("%s was not completed: %s", credential_id, error)
            return False
        return True

    def reserve(
        self,
        key: str,
        award: Award,
        what: Intended,
        require: Callable[[Connection, Intended], None] = lambda _connection, _what: None,
    ) -> CredentialRecord | str:
        """Write down the intent; return the id of another one that was faster.

        `require` raises what speaks against it, in the same transaction.
        """
        act, shop = what.act, self.workshop
        with writing(self._store.engine) as connection:
            taken = select(IDEMPOTENCY_KEYS.c.credential_id).where(
                IDEMPOTENCY_KEYS.c.tenant_id == act.tenant_id, IDEMPOTENCY_KEYS.c.key == key
            )
            raced: str | None = connection.scalar(taken)
            if raced is not None:
                return raced
            require_reached(connection, shop.high_water)
            require(connection, what)
            (credential_id,) = intend(connection, what, [award], shop.draw, key=key)
            return credential_in(connection, act.tenant_id, credential_id)

    def again(self, act: Act, known: CredentialRecord, digest: str) -> CredentialRecord:
        """Answer a request that came before; raise what `issue` raises of it."""
        if known.request_digest != digest:
            raise KeyReusedError(
                "This idempotency key came with another request before. Use a new key."
            )
        if known.state == ISSUED:
            return known
        if known.state == ABANDONED:
            raise StoreError(
                "This request could not be issued. Mend it, and send it with a new key.",
                code="CREDENTIAL_ABANDONED",
            )
        if known.leased_until is not None:
            left = parse_timestamp(known.leased_until) - self.workshop.now()
            if left > timedelta(0):
                raise InProgressError(left // timedelta(seconds=1) + 1)
        return self._finish(act, known)

    def _finish(self, act: Act, known: CredentialRecord) -> CredentialRecord:
        """Take over an intent that somebody left behind."""
        with writing(self._store.engine) as connection:
            require_reached(connection, self.workshop.high_water)
            tenant = tenant_in(connection, known.tenant_id)
            version = version_in(
                connection,
                known.tenant_id,
                str(known.achievement_id),
                known.achievement_version,
            )
            until = self.workshop.now() + self.workshop.lease
            (intent,) = take_over(connection, [known.id], until)
        if intent.state == ISSUED:
            return intent
        return self.sign_and_keep(act, intent, tenant, version)

    def sign_and_keep(
        self, act: Act, intent: CredentialRecord, tenant: Tenant, version: AchievementVersion
    ) -> CredentialRecord:
        """Sign an intent and keep what comes of it; raise what speaks against it."""
        shop = self.workshop
        # 4.
        signed = shop.sign(intent, tenant, version)
        # 5.
        with writing(self._store.engine) as connection:
            keep(connection, shop.later(act), [signed])
            kept = credential_in(connection, tenant.id, intent.id)
            reached = head(connection)
        shop.high_water.passed(reached)
        if kept.state != ISSUED and signed.error is not None:
            raise signed.error
        if kept.state == ABANDONED:
            raise ErasedError
        return kept


def _require_key(key: str) -> None:
    if not key or len(key) > KEY_CHARACTERS or not key.isprintable():
        raise IssuanceError(
            f"An idempotency key has 1 to {KEY_CHARACTERS} printable characters.",
            code="IDEMPOTENCY_KEY_MALFORMED",
        )


def _require_replaceable(connection: Connection, act: Act, award: Award) -> None:
    """A correction is of a credential that this institution issued."""
    if award.replaces is not None:
        replaced = credential_in(connection, act.tenant_id, award.replaces)
        if replaced.state != ISSUED:
            raise NotFoundError("The credential that is to be corrected was not issued.")
