"""Credentials that holders share by link: a presentation under an address, until a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Engine

from credentials.timestamps import format_timestamp
from keys.multibase import encode_base64url
from service.database import reading, writing
from verifier.employer.store.tables import SHARED
from verifier.employer.store.watching import ID_BYTES, WatchFullError, digest_of

SHARED_KEPT = 100_000
"""Most shares of a service."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A presentation that is shared, and who holds the key that signed it."""

    holder: str
    presentation: bytes


class ShareStore:
    """Shares; `draw` gives random bytes, `now` the time, `lifetime` is how long each is there."""

    def __init__(
        self,
        engine: Engine,
        draw: Callable[[int], bytes],
        now: Callable[[], datetime],
        lifetime: timedelta,
    ) -> None:
        """Take the database, which has its tables already."""
        self.engine, self._draw, self.now, self.lifetime = engine, draw, now, lifetime

    def share(self, holder: str, presentation: bytes) -> str:
        """Keep a presentation; return the secret of its address."""
        address, now = encode_base64url(self._draw(ID_BYTES)), self.now()
        values = {"id": digest_of(address), "holder": holder, "presentation": presentation}
        times = {"created_at": _text(now), "ends_at": _text(now + self.lifetime)}
        with writing(self.engine) as connection:
            connection.execute(SHARED.delete().where(SHARED.c.ends_at <= _text(now)))
            counted = connection.execute(sa.select(sa.func.count()).select_from(SHARED))
            if counted.scalar_one() >= SHARED_KEPT:
                raise WatchFullError("There is no room for another share.", code="SHARES_FULL")
            connection.execute(SHARED.insert().values(**values, **times))
        return address

    def find(self, address: str) -> Shared | None:
        """Find what is shared at an address and has not ended."""
        query = sa.select(SHARED.c.holder, SHARED.c.presentation).where(
            SHARED.c.id == digest_of(address), SHARED.c.ends_at > _text(self.now())
        )
        with reading(self.engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else Shared(row.holder, bytes(row.presentation))

    def presentations_of(self, holder: str) -> tuple[bytes, ...]:
        """Read everything that a holder shares: anybody with its address can get it."""
        query = sa.select(SHARED.c.presentation).where(SHARED.c.holder == holder)
        with reading(self.engine) as connection:
            return tuple(bytes(one) for one in connection.execute(query).scalars())

    def unshare(self, address: str) -> None:
        """Delete what is shared at an address."""
        with writing(self.engine) as connection:
            connection.execute(SHARED.delete().where(SHARED.c.id == digest_of(address)))

    def count(self) -> int:
        """Count the shares that have not ended."""
        ends = SHARED.c.ends_at > _text(self.now())
        with reading(self.engine) as connection:
            counted = sa.select(sa.func.count()).select_from(SHARED).where(ends)
            return int(connection.execute(counted).scalar_one())


def _text(moment: datetime) -> str:
    return format_timestamp(moment.replace(microsecond=0))
