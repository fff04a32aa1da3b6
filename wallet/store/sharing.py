"""Links by which learners show some of their credentials, for a time, to whom they choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, insert, select, update

from service import reading, writing
from service.writing_down import digest_of, new_id, new_secret, stamp
from wallet.errors import NotInWalletError, WalletError
from wallet.store.history import note
from wallet.store.tables import HOLDINGS, SHARED, SHARES

DEFAULT_DAYS = 30
MOST_DAYS = 366
MOST_SHARED = 50
"""So many credentials one link shows."""


@dataclass(frozen=True, slots=True)
class Share:
    """A link: for whom and why, until when, and how often it was looked at."""

    id: str
    learner_id: str
    audience: str
    purpose: str
    created_at: str
    expires_at: str
    revoked_at: str | None
    views: int
    last_viewed_at: str | None
    shows: tuple[str, ...] = ()

    def is_open(self, at: datetime) -> bool:
        """Tell whether the link still shows anything."""
        return self.revoked_at is None and self.expires_at > stamp(at)


class Shares:
    """The links of all learners."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def new(
        self,
        learner_id: str,
        holdings: Sequence[str],
        *,
        audience: str,
        purpose: str,
        days: int,
        at: datetime,
        parts: Mapping[str, bytes] | None = None,
    ) -> str:
        """Make a link and return its secret, which is told this once.

        `parts` are what is shown instead of a credential, by its id.

        Raises `WalletError` (NOTHING_SHARED), and `NotInWalletError` for what is not the learner's.
        """
        chosen = tuple(dict.fromkeys(holdings))
        if not chosen or len(chosen) > MOST_SHARED or not 1 <= days <= MOST_DAYS:
            text = f"Choose 1 to {MOST_SHARED} credentials and 1 to {MOST_DAYS} days."
            raise WalletError(text, code="NOTHING_SHARED")
        secret, identifier = new_secret(), new_id("share")
        with writing(self._engine) as connection:
            _require_own(connection, learner_id, chosen)
            connection.execute(
                insert(SHARES).values(
                    id=identifier,
                    learner_id=learner_id,
                    digest=digest_of(secret),
                    audience=audience,
                    purpose=purpose,
                    created_at=stamp(at),
                    expires_at=stamp(at + timedelta(days=days)),
                    views=0,
                )
            )
            _show(connection, identifier, chosen, parts or {})
            note(connection, learner_id, at, "shared", audience)
        return secret

    def all(self, learner_id: str) -> tuple[Share, ...]:
        """Read the links of a learner with the ids of what they show, the newest first."""
        query = select(SHARES).where(SHARES.c.learner_id == learner_id)
        query = query.order_by(SHARES.c.created_at.desc(), SHARES.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
            pair = select(SHARED.c.share_id, SHARED.c.holding_id)
            shown = pair.where(SHARED.c.share_id.in_([row.id for row in rows]))
            pairs = [(one.share_id, one.holding_id) for one in connection.execute(shown)]
        return tuple(
            _share(row, tuple(holding for share, holding in pairs if share == row.id))
            for row in rows
        )

    def parts(self, learner_id: str) -> dict[str, dict[str, bytes]]:
        """Read what is shown instead of credentials, by link and credential."""
        query = select(SHARED).join(SHARES, SHARED.c.share_id == SHARES.c.id)
        query = query.where(SHARES.c.learner_id == learner_id, SHARED.c.part.is_not(None))
        found: dict[str, dict[str, bytes]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found.setdefault(row.share_id, {})[row.holding_id] = row.part
        return found

    def revoke(self, learner_id: str, share_id: str, at: datetime) -> None:
        """End a link; raise `NotInWalletError` for another learner's."""
        own = (SHARES.c.learner_id == learner_id) & (SHARES.c.id == share_id)
        with writing(self._engine) as connection:
            row = connection.execute(select(SHARES).where(own)).first()
            if row is None:
                raise NotInWalletError("There is no such link in your wallet.")
            if row.revoked_at is None:
                connection.execute(update(SHARES).where(own).values(revoked_at=stamp(at)))
                note(connection, learner_id, at, "share-ended", row.audience)

    def open(self, secret: str, at: datetime) -> tuple[Share, dict[str, bytes | None]]:
        """Find the link of a secret with the ids of what it shows, each with its part if only that.

        Raises `NotInWalletError` alike for one that ended, was revoked, or was never made.
        """
        with reading(self._engine) as connection:
            row = connection.execute(_open(secret, at)).first()
            if row is None:
                raise NotInWalletError("This link shows nothing, or nothing any more.")
            query = select(SHARED).where(SHARED.c.share_id == row.id)
            shown = {one.holding_id: one.part for one in connection.execute(query)}
            return _share(row), shown

    def viewed(self, share: Share, at: datetime) -> None:
        """Count that somebody looked at what a link shows."""
        with writing(self._engine) as connection:
            values = {"views": SHARES.c.views + 1, "last_viewed_at": stamp(at)}
            connection.execute(update(SHARES).where(SHARES.c.id == share.id).values(**values))


def _show(
    connection: Connection, share_id: str, chosen: Sequence[str], parts: Mapping[str, bytes]
) -> None:
    for one in chosen:
        row = {"share_id": share_id, "holding_id": one, "part": parts.get(one)}
        connection.execute(insert(SHARED).values(**row))


def _require_own(connection: Connection, learner_id: str, chosen: Sequence[str]) -> None:
    own = HOLDINGS.c.learner_id == learner_id
    query = select(HOLDINGS.c.id).where(own, HOLDINGS.c.id.in_(chosen))
    if len(connection.execute(query).all()) != len(chosen):
        raise NotInWalletError("There is no such credential in your wallet.")


def _open(secret: str, at: datetime) -> Select[Any]:
    return select(SHARES).where(
        SHARES.c.digest == digest_of(secret),
        SHARES.c.revoked_at.is_(None),
        SHARES.c.expires_at > stamp(at),
    )


def _share(row: Row[Any], shown: tuple[str, ...] = ()) -> Share:
    return Share(
        id=row.id,
        learner_id=row.learner_id,
        audience=row.audience,
        purpose=row.purpose,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        views=row.views,
        last_viewed_at=row.last_viewed_at,
        shows=shown,
    )
