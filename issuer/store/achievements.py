"""Achievements: a draft that changes, and published versions that never do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from credentials.json_types import JsonObject
from issuer.store.errors import ConflictError
from issuer.store.ledger import Act, note, record
from issuer.store.tables import ACHIEVEMENT_VERSIONS, ACHIEVEMENTS
from issuer.store.writing_down import (
    PAGE_ITEMS,
    Page,
    digest_of,
    new_id,
    page_of,
    read_json,
    required,
    stamp,
    write_json,
)
from service import reading, writing

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"


@dataclass(frozen=True, slots=True)
class Achievement:
    """Something that can be earned.

    `version` is the newest published version, 0 before the first; `draft` is what is being
    changed, if anything is; `revision` counts changes and guards against two people's edits.
    """

    id: str
    tenant_id: str
    title: str
    state: str
    version: int
    draft: JsonObject | None
    revision: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class AchievementVersion:
    """A published version; `data` are its bytes, and `digest` is theirs."""

    achievement_id: str
    version: int
    data: bytes
    digest: str
    published_at: str

    @property
    def document(self) -> JsonObject:
        """Read the definition."""
        return read_json(self.data)


class Achievements:
    """The achievements of all institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def add(self, act: Act, *, title: str, draft: JsonObject) -> Achievement:
        """Begin an achievement with a draft."""
        now = stamp(act.at)
        made_id = new_id("achievement")
        with writing(self._engine) as connection:
            connection.execute(
                insert(ACHIEVEMENTS).values(
                    id=made_id,
                    tenant_id=act.tenant_id,
                    title=title,
                    state=DRAFT,
                    version=0,
                    draft=write_json(draft),
                    revision=1,
                    created_at=now,
                    updated_at=now,
                )
            )
            record(connection, note(act, "achievement.added", made_id))
            return _achievement(connection, act.tenant_id, made_id)

    def get(self, tenant_id: str, achievement_id: str) -> Achievement:
        """Read one of an institution; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return _achievement(connection, tenant_id, achievement_id)

    def page(
        self,
        tenant_id: str,
        *,
        state: str | None = None,
        after: str | None = None,
        items: int = PAGE_ITEMS,
    ) -> Page[Achievement]:
        """Read achievements of an institution, in the order of their ids."""
        query = select(ACHIEVEMENTS).where(ACHIEVEMENTS.c.tenant_id == tenant_id)
        if state is not None:
            query = query.where(ACHIEVEMENTS.c.state == state)
        if after is not None:
            query = query.where(ACHIEVEMENTS.c.id > after)
        query = query.order_by(ACHIEVEMENTS.c.id)
        with reading(self._engine) as connection:
            return page_of(connection, query, _achievement_of, key=lambda one: one.id, items=items)

    def save_draft(
        self, act: Act, achievement_id: str, *, title: str, draft: JsonObject, revision: int
    ) -> Achievement:
        """Keep a changed draft.

        Raises `ConflictError` (REVISION_OLD) if somebody else changed it since `revision`.
        """
        values = {"title": title, "draft": write_json(draft)}
        return self._change(act, achievement_id, "achievement.drafted", values, revision)

    def withdraw(self, act: Act, achievement_id: str) -> Achievement:
        """Let nobody earn it any more; what was issued stays."""
        values = {"state": WITHDRAWN}
        return self._change(act, achievement_id, "achievement.withdrawn", values, None)

    def publish(
        self, act: Act, achievement_id: str, *, document: JsonObject, revision: int
    ) -> AchievementVersion:
        """Publish a document as the next version, which never changes.

        A document that is the newest version already is returned as it stands there.
        Raises `ConflictError` (REVISION_OLD).
        """
        data, now = write_json(document), stamp(act.at)
        with writing(self._engine) as connection:
            found = _achievement(connection, act.tenant_id, achievement_id)
            if found.version and found.state == PUBLISHED:
                newest = _version(connection, achievement_id, found.version)
                if newest.data == data:
                    return newest
            _require_revision(found, revision)
            made = AchievementVersion(achievement_id, found.version + 1, data, digest_of(data), now)
            connection.execute(
                insert(ACHIEVEMENT_VERSIONS).values(
                    achievement_id=achievement_id,
                    version=made.version,
                    document=data,
                    digest=made.digest,
                    published_at=now,
                )
            )
            change = update(ACHIEVEMENTS).where(ACHIEVEMENTS.c.id == achievement_id)
            connection.execute(
                change.values(
                    state=PUBLISHED,
                    version=made.version,
                    draft=None,
                    revision=revision + 1,
                    updated_at=now,
                )
            )
            published = {"version": made.version, "digest": made.digest}
            record(connection, note(act, "achievement.published", achievement_id, **published))
            return made

    def version(
        self, tenant_id: str, achievement_id: str, version: int | None = None
    ) -> AchievementVersion:
        """Read a published version, the newest one unless one is named; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return version_in(connection, tenant_id, achievement_id, version)

    def _change(
        self,
        act: Act,
        achievement_id: str,
        kind: str,
        values: dict[str, Any],
        revision: int | None,
    ) -> Achievement:
        with writing(self._engine) as connection:
            found = _achievement(connection, act.tenant_id, achievement_id)
            if revision is not None:
                _require_revision(found, revision)
            change = update(ACHIEVEMENTS).where(ACHIEVEMENTS.c.id == achievement_id)
            connection.execute(
                change.values(**values, revision=found.revision + 1, updated_at=stamp(act.at))
            )
            record(connection, note(act, kind, achievement_id))
            return _achievement(connection, act.tenant_id, achievement_id)


def version_in(
    connection: Connection, tenant_id: str, achievement_id: str, version: int | None
) -> AchievementVersion:
    """Read a published version in a transaction; raise `NotFoundError`."""
    found = _achievement(connection, tenant_id, achievement_id)
    return _version(connection, achievement_id, found.version if version is None else version)


def _achievement(connection: Connection, tenant_id: str, achievement_id: str) -> Achievement:
    query = select(ACHIEVEMENTS).where(
        ACHIEVEMENTS.c.id == achievement_id, ACHIEVEMENTS.c.tenant_id == tenant_id
    )
    return _achievement_of(required(connection.execute(query).first(), "achievement"))


def _version(connection: Connection, achievement_id: str, version: int) -> AchievementVersion:
    query = select(ACHIEVEMENT_VERSIONS).where(
        ACHIEVEMENT_VERSIONS.c.achievement_id == achievement_id,
        ACHIEVEMENT_VERSIONS.c.version == version,
    )
    row = required(connection.execute(query).first(), "published version")
    return AchievementVersion(
        row.achievement_id, row.version, row.document, row.digest, row.published_at
    )


def _require_revision(found: Achievement, revision: int) -> None:
    if found.revision != revision:
        raise ConflictError(
            "Somebody else has changed this meanwhile. Read it anew, and change it again.",
            code="REVISION_OLD",
        )


def _achievement_of(row: Row[Any]) -> Achievement:
    return Achievement(
        row.id,
        row.tenant_id,
        row.title,
        row.state,
        row.version,
        None if row.draft is None else read_json(row.draft),
        row.revision,
        row.created_at,
        row.updated_at,
    )
