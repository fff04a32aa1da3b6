"""Credentials that issuers promised, each with when its issuer may be asked again.

The access token is kept sealed, as long as it is of use: what ended has none any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, delete, func, insert, select, update

from service import reading, writing
from service.writing_down import new_id, stamp
from wallet.asking import host_of
from wallet.deferring import WAITING as WAITS
from wallet.deferring import Deferral
from wallet.errors import NotInWalletError, WalletError
from wallet.store.history import note
from wallet.store.tables import WAITING

MOST_WAITING = 100
"""So many promises one wallet keeps, together with those that ended and are still shown."""

WAITING_DAYS = 30
"""So long a promise is waited for: who asks after that asks for the last time."""

UNANSWERED_SECONDS = 300
"""So long nobody is asked who did not answer."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A promise in somebody's wallet: what it is redeemed by, how it stands, and since when.

    `holder` is the key that it is for, or "" if it is bound to none; `due_at` is when its issuer
    may be asked again, `ends_at` until when it is waited for.
    """

    id: str
    learner_id: str
    issuer: str
    endpoint: str
    transaction: str
    form: str
    title: str
    sealed_token: bytes = field(repr=False)
    holder: str
    state: str
    made_at: str
    asked_at: str
    due_at: str
    ends_at: str

    @property
    def host(self) -> str:
        """Name who promised it."""
        return host_of(self.issuer)

    @property
    def is_open(self) -> bool:
        """Tell whether the credential may still come."""
        return self.state == WAITS

    def is_due(self, at: datetime) -> bool:
        """Tell whether the issuer may be asked again."""
        return self.is_open and self.due_at <= stamp(at)

    def is_over(self, at: datetime) -> bool:
        """Tell whether it has been waited for long enough."""
        return self.ends_at <= stamp(at)


class WaitingClaims:
    """The promises to all learners; every call names whose."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def require_room(self, learner_id: str) -> None:
        """Raise `WalletError` (TOO_MANY_WAITING) if one more promise could not be kept."""
        query = select(func.count()).where(WAITING.c.learner_id == learner_id)
        with reading(self._engine) as connection:
            kept = int(connection.scalar(query) or 0)
        if kept >= MOST_WAITING:
            text = (
                f"Your wallet waits for {MOST_WAITING} credentials. Remove some of these from the "
                "list first; the link was not opened."
            )
            raise WalletError(text, code="TOO_MANY_WAITING")

    def keep(
        self,
        learner_id: str,
        deferral: Deferral,
        holder: str,
        seal: Callable[[str], bytes],
        at: datetime,
        until: datetime | None = None,
    ) -> str:
        """Keep a promise and return its id; `seal` encrypts its token for this id.

        `holder` is the key that was proved for it, or ""; it is waited for until `until`, and no
        longer than `WAITING_DAYS`.
        """
        last = at + timedelta(days=WAITING_DAYS)
        identifier = new_id("waiting")
        row = {
            "id": identifier,
            "learner_id": learner_id,
            "issuer": deferral.issuer,
            "endpoint": deferral.endpoint,
            "transaction_id": deferral.transaction,
            "form": deferral.form,
            "title": deferral.title,
            "sealed_token": seal(identifier),
            "holder": holder,
            "state": WAITS,
            "made_at": stamp(at),
            "asked_at": stamp(at),
            "due_at": stamp(at + timedelta(seconds=deferral.seconds)),
            "ends_at": stamp(last if until is None else min(until, last)),
        }
        with writing(self._engine) as connection:
            connection.execute(insert(WAITING).values(**row))
            note(connection, learner_id, at, "promised", host_of(deferral.issuer))
        return identifier

    def all(self, learner_id: str) -> tuple[Waiting, ...]:
        """Read what was promised to a learner, in the order in which it is asked for."""
        query = select(WAITING).where(WAITING.c.learner_id == learner_id)
        query = query.order_by(WAITING.c.due_at, WAITING.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_waiting, connection.execute(query)))

    def get(self, learner_id: str, waiting_id: str) -> Waiting:
        """Read one; raise `NotInWalletError`."""
        with reading(self._engine) as connection:
            row = connection.execute(select(WAITING).where(_own(learner_id, waiting_id))).first()
        if row is None:
            raise NotInWalletError("Nothing like that is waited for in your wallet.")
        return _waiting(row)

    def take_turn(self, one: Waiting, at: datetime) -> bool:
        """Tell whether the issuer may be asked now; only one of several that try at once may.

        Until something is answered, it is not asked again for `UNANSWERED_SECONDS`.
        """
        due = _here(one) & (WAITING.c.state == WAITS) & (WAITING.c.due_at <= stamp(at))
        later = stamp(at + timedelta(seconds=UNANSWERED_SECONDS))
        with writing(self._engine) as connection:
            values = {"asked_at": stamp(at), "due_at": later}
            taken = connection.execute(update(WAITING).where(due).values(**values))
            return bool(taken.rowcount == 1)

    def goes_on(self, one: Waiting, seconds: int, at: datetime) -> None:
        """Keep after how many seconds the issuer wants to be asked again."""
        due = stamp(at + timedelta(seconds=seconds))
        with writing(self._engine) as connection:
            connection.execute(update(WAITING).where(_here(one)).values(due_at=due))

    def ended(self, one: Waiting, state: str, at: datetime) -> None:
        """Keep why a credential will not come; the token is of no more use."""
        with writing(self._engine) as connection:
            values = {"state": state, "sealed_token": b""}
            connection.execute(update(WAITING).where(_here(one)).values(**values))
            note(connection, one.learner_id, at, "promise-ended", one.host)

    def came(self, one: Waiting, at: datetime) -> None:
        """Forget a promise that was kept."""
        with writing(self._engine) as connection:
            connection.execute(delete(WAITING).where(_here(one)))
            note(connection, one.learner_id, at, "claimed", one.host)

    def remove(self, learner_id: str, waiting_id: str, at: datetime) -> None:
        """Wait no longer, or take what ended from the list; raise `NotInWalletError`."""
        one = self.get(learner_id, waiting_id)
        with writing(self._engine) as connection:
            connection.execute(delete(WAITING).where(_here(one)))
            if one.is_open:
                note(connection, learner_id, at, "promise-ended", one.host)


def _own(learner_id: str, waiting_id: str) -> ColumnElement[bool]:
    return (WAITING.c.learner_id == learner_id) & (WAITING.c.id == waiting_id)


def _here(one: Waiting) -> ColumnElement[bool]:
    return _own(one.learner_id, one.id)


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        learner_id=row.learner_id,
        issuer=row.issuer,
        endpoint=row.endpoint,
        transaction=row.transaction_id,
        form=row.form,
        title=row.title,
        sealed_token=row.sealed_token,
        holder=row.holder,
        state=row.state,
        made_at=row.made_at,
        asked_at=row.asked_at,
        due_at=row.due_at,
        ends_at=row.ends_at,
    )
