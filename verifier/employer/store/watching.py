"""Watch lists in a database: begun, filled, asked again, told, deleted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Engine

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from credentials.timestamps import format_timestamp
from keys.multibase import encode_base64url
from service.database import reading, writing
from verifier.answers import Answer
from verifier.employer.store.tables import LISTS, WATCHED
from verifier.employer.watched import News, Sample

ID_BYTES = 32
LISTS_KEPT = 10_000
"""Most lists of a service."""

EMPTY_KEPT = timedelta(days=1)
"""How long a list is kept in which there is nothing."""

WATCHED_KEPT = 2_000
"""Most credentials of one list."""

DUE_AT_ONCE = 200
"""How many credentials are asked for again in one turn."""


class WatchFullError(TallystickError):
    """There is no room for another list, or another credential in one."""

    code = "WATCH_FULL"


@dataclass(frozen=True, slots=True)
class Told:
    """Whom changes of a list are told to; an empty text is nobody."""

    mail: str = ""
    webhook: str = ""
    secret: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Watched:
    """A credential of a list: what is known of it, the answer, and since when."""

    id: str
    list_id: str
    about: JsonObject
    document: bytes
    answer: str
    told_by_mail: str
    told_by_webhook: str
    checked_at: str
    changed_at: str


class WatchStore:
    """Watch lists; `draw` gives random bytes, `now` the time."""

    def __init__(
        self, engine: Engine, draw: Callable[[int], bytes], now: Callable[[], datetime]
    ) -> None:
        """Take the database, which has its tables already."""
        self.engine, self._draw, self.now = engine, draw, now

    def new_list(self, language: str) -> str:
        """Begin a list; return the secret of its address, which is written down nowhere."""
        address = encode_base64url(self._draw(ID_BYTES))
        values = {"id": digest_of(address), "created_at": self._at(), "language": language}
        values |= {"mail": "", "webhook": "", "secret": encode_base64url(self._draw(ID_BYTES))}
        with writing(self.engine) as connection:
            count = connection.execute(sa.select(sa.func.count()).select_from(LISTS)).scalar_one()
            if count >= LISTS_KEPT:
                raise WatchFullError("There are too many lists; ask whoever runs this service.")
            connection.execute(LISTS.insert().values(**values))
        return address

    def told(self, list_id: str) -> Told | None:
        """Read whom a list is told to, or None if there is no such list."""
        columns = (LISTS.c.mail, LISTS.c.webhook, LISTS.c.secret, LISTS.c.language)
        with reading(self.engine) as connection:
            row = connection.execute(sa.select(*columns).where(LISTS.c.id == list_id)).first()
        return None if row is None else Told(*row)

    def tell(self, list_id: str, *, mail: str, webhook: str, language: str) -> None:
        """Say whom changes are told to from now on."""
        values = {"mail": mail, "webhook": webhook, "language": language}
        with writing(self.engine) as connection:
            connection.execute(LISTS.update().where(LISTS.c.id == list_id).values(**values))

    def add(self, list_id: str, sample: Sample, document: bytes) -> None:
        """Watch a credential, or take what was found of one that is watched already."""
        at = self._at()
        found: dict[str, str | bytes] = {"about": serialize_json(sample.about)}
        found |= {"document": document, "answer": sample.answer}
        found |= {"checked_at": at, "changed_at": at}
        found |= {"told_by_mail": sample.answer, "told_by_webhook": sample.answer}
        own = sa.and_(WATCHED.c.list_id == list_id, WATCHED.c.digest == sample.digest)
        with writing(self.engine) as connection:
            if connection.execute(WATCHED.update().where(own).values(**found)).rowcount:
                return
            counted = sa.select(sa.func.count()).where(WATCHED.c.list_id == list_id)
            if connection.execute(counted).scalar_one() >= WATCHED_KEPT:
                raise WatchFullError(f"One list has up to {WATCHED_KEPT} credentials.")
            named = {"id": encode_base64url(self._draw(16)), "list_id": list_id, "added_at": at}
            connection.execute(WATCHED.insert().values(**named, digest=sample.digest, **found))

    def watched(self, list_id: str) -> list[Watched]:
        """Read a list, what changed last first."""
        query = _query().where(WATCHED.c.list_id == list_id)
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(WATCHED.c.changed_at.desc(), WATCHED.c.id))
            return [_watched(row) for row in rows]

    def due(self, before: datetime) -> list[Watched]:
        """Read what was not asked for since, the longest ago first."""
        query = _query().where(WATCHED.c.checked_at < _text(before))
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(WATCHED.c.checked_at).limit(DUE_AT_ONCE))
            return [_watched(row) for row in rows]

    def found(self, one: Watched, answer: str) -> None:
        """Note what was found when it was asked for again."""
        values = {"checked_at": self._at(), "answer": answer}
        if answer != one.answer:
            values["changed_at"] = self._at()
        self._update(one.id, **values)

    def untold(self) -> list[tuple[Watched, Told, News]]:
        """Read what changed and was not told yet, by each way that its list has."""
        mail = sa.and_(LISTS.c.mail != "", WATCHED.c.told_by_mail != WATCHED.c.answer)
        hook = sa.and_(LISTS.c.webhook != "", WATCHED.c.told_by_webhook != WATCHED.c.answer)
        told = (LISTS.c.mail, LISTS.c.webhook, LISTS.c.secret, LISTS.c.language)
        query = _query().add_columns(*told).join(LISTS, LISTS.c.id == WATCHED.c.list_id)
        # What could not be asked is no news yet.
        query = query.where(sa.or_(mail, hook), WATCHED.c.answer != Answer.UNDECIDED.value)
        with reading(self.engine) as connection:
            rows = connection.execute(query.limit(DUE_AT_ONCE)).all()
        return [
            (one, Told(*row[-4:]), News(one.about, one.answer, one.changed_at))
            for row in rows
            for one in [_watched(row)]
        ]

    def was_told(self, one: Watched, *, by_mail: bool) -> None:
        """Note that a change was told."""
        self._update(one.id, **{"told_by_mail" if by_mail else "told_by_webhook": one.answer})

    def remove(self, list_id: str, watched_id: str) -> None:
        """Watch one credential of a list no more."""
        own = sa.and_(WATCHED.c.list_id == list_id, WATCHED.c.id == watched_id)
        with writing(self.engine) as connection:
            connection.execute(WATCHED.delete().where(own))

    def delete_list(self, list_id: str) -> None:
        """Delete a list with everything in it."""
        with writing(self.engine) as connection:
            connection.execute(WATCHED.delete().where(WATCHED.c.list_id == list_id))
            connection.execute(LISTS.delete().where(LISTS.c.id == list_id))

    def forget_older(self, than: timedelta) -> int:
        """Delete what was added longer ago, and lists with nothing in them after a day."""
        before = _text(self.now() - than)
        kept = sa.select(WATCHED.c.list_id)
        begun = LISTS.c.created_at < _text(self.now() - min(EMPTY_KEPT, than))
        old = sa.and_(begun, LISTS.c.id.not_in(kept))
        with writing(self.engine) as connection:
            gone = connection.execute(WATCHED.delete().where(WATCHED.c.added_at < before)).rowcount
            connection.execute(LISTS.delete().where(old))
        return gone

    def _update(self, watched_id: str, **values: str) -> None:
        with writing(self.engine) as connection:
            connection.execute(WATCHED.update().where(WATCHED.c.id == watched_id).values(**values))

    def _at(self) -> str:
        return _text(self.now())


def digest_of(address: str) -> str:
    """Name a list or a share by the secret of its address."""
    return hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()


def _text(moment: datetime) -> str:
    return format_timestamp(moment.replace(microsecond=0))


def _query() -> sa.Select[tuple[object, ...]]:
    named = ("id", "list_id", "about", "document", "answer", "told_by_mail", "told_by_webhook")
    return sa.select(*(WATCHED.c[name] for name in (*named, "checked_at", "changed_at")))


def _watched(row: sa.Row[tuple[object, ...]]) -> Watched:
    return Watched(
        id=str(row.id),
        list_id=str(row.list_id),
        about=json.loads(row.about),
        document=bytes(row.document),
        answer=str(row.answer),
        told_by_mail=str(row.told_by_mail),
        told_by_webhook=str(row.told_by_webhook),
        checked_at=str(row.checked_at),
        changed_at=str(row.changed_at),
    )
