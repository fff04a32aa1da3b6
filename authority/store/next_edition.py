"""The next edition as it is kept: source files, and listings and accreditations row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, insert, select, update

from authority.drafting import ACCREDITATIONS, LISTINGS, KeptRow, TakenOver
from authority.errors import ChangedMeanwhileError
from authority.paging import PAGE_ITEMS, Found
from authority.store.submissions import MOST_WORDS, WORDS_CHARACTERS, escaped
from authority.store.tables import FILES, ROWS
from credentials.json_types import JsonObject
from service.database import reading, writing
from service.errors import ConflictError, NotFoundError
from service.people.acts import Acting
from service.people.office import Office
from service.writing_down import new_id, read_json, stamp, write_json

ABOUT = "about"
"""Where the description of the register is kept: a name that no source file has."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row with its revision, to be changed."""

    row: KeptRow
    revision: int


class NextEdition:
    """What the next edition is made of."""

    def __init__(self, engine: Engine, office: Office) -> None:
        """Keep the database; nothing is read yet."""
        self._engine, self._office = engine, office

    def is_empty(self) -> bool:
        """Tell whether there is nothing yet to make an edition of."""
        with reading(self._engine) as connection:
            return connection.scalar(select(FILES.c.name).limit(1)) is None

    def replace(self, act: Acting, taken: TakenOver) -> None:
        """Keep a register that was taken over in the place of what is kept."""
        with writing(self._engine) as connection:
            connection.execute(delete(FILES))
            connection.execute(delete(ROWS))
            files = [{"name": name, "content": text} for name, text in taken.files.items()]
            about = write_json(dict(taken.description)).decode("utf-8")
            connection.execute(insert(FILES), [*files, {"name": ABOUT, "content": about}])
            rows = [_new(kind, dict(cells), stamp(act.at)) for kind, cells in taken.rows]
            if rows:
                connection.execute(insert(ROWS), rows)
            statement = {"files": len(files), "rows": len(rows)}
            register_id = str(taken.description["id"])
            self._office.record(connection, act, "register.imported", register_id, statement)

    def files(self) -> dict[str, str]:
        """Read the source files that are kept as files."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(FILES).where(FILES.c.name != ABOUT)).all()
        return {row.name: row.content for row in rows}

    def description(self) -> JsonObject:
        """Read what the register says of itself; raise `NotFoundError` if there is none yet."""
        with reading(self._engine) as connection:
            text = connection.scalar(select(FILES.c.content).where(FILES.c.name == ABOUT))
        if text is None:
            raise NotFoundError("There is no register yet.")
        return read_json(text.encode("utf-8"))

    def rows(self, kind: str = "") -> tuple[KeptRow, ...]:
        """Read all rows, or those of one table."""
        query = select(ROWS).where(ROWS.c.kind == kind) if kind else select(ROWS)
        with reading(self._engine) as connection:
            return tuple(map(_kept, connection.execute(query)))

    def get(self, row_id: str, kind: str) -> RowChange:
        """Read a row; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return _one(connection, (ROWS.c.id == row_id) & (ROWS.c.kind == kind))

    def page(self, kind: str, words: str = "", first: int = 0) -> Found[RowChange]:
        """Read a page of the rows of a table that have all words, by title."""
        several = words[:WORDS_CHARACTERS].casefold().split()[:MOST_WORDS]
        looked_for = (ROWS.c.words.like(f"%{escaped(one)}%", escape="\\") for one in several)
        where = (ROWS.c.kind == kind, *looked_for)
        query = select(ROWS).where(*where).order_by(ROWS.c.title, ROWS.c.id)
        with reading(self._engine) as connection:
            count = connection.scalar(select(func.count()).select_from(ROWS).where(*where))
            rows = connection.execute(query.offset(max(first, 0)).limit(PAGE_ITEMS)).all()
        return Found(tuple(map(_changeable, rows)), count or 0, max(first, 0))

    def add(self, act: Acting, kind: str, cells: Mapping[str, str]) -> str:
        """Add a row; raise `ConflictError` (ID_TAKEN)."""
        with writing(self._engine) as connection:
            return self._add(connection, act, kind, cells)

    def adding(
        self, act: Acting, kind: str, cells: Mapping[str, str]
    ) -> Callable[[Connection], None]:
        """Give what adds a row in the transaction of somebody else."""

        def add(connection: Connection) -> None:
            self._add(connection, act, kind, cells)

        return add

    def _add(self, connection: Connection, act: Acting, kind: str, cells: Mapping[str, str]) -> str:
        taken = select(ROWS.c.id).where(ROWS.c.kind == kind, ROWS.c.name == cells["id"])
        if connection.scalar(taken.limit(1)) is not None:
            text = f"There is a row {cells['id'][:100]!r} already; choose another id."
            raise ConflictError(text, code="ID_TAKEN")
        row = _new(kind, dict(cells), stamp(act.at))
        connection.execute(insert(ROWS).values(**row))
        self._office.record(connection, act, f"{kind}.added", cells["id"], {})
        return str(row["id"])

    def change(self, act: Acting, row_id: str, revision: int, cells: Mapping[str, str]) -> None:
        """Change cells of the row as it was in `revision`; raise `ChangedMeanwhileError`."""
        with writing(self._engine) as connection:
            known = _one(connection, ROWS.c.id == row_id)
            if known.revision != revision:
                raise ChangedMeanwhileError("Somebody else changed this row meanwhile.")
            new = _new(known.row.kind, {**known.row.cells, **cells}, stamp(act.at))
            values = {**new, "id": row_id, "revision": revision + 1}
            connection.execute(update(ROWS).where(ROWS.c.id == row_id).values(**values))
            kind, name = f"{known.row.kind}.changed", known.row.cells["id"]
            self._office.record(connection, act, kind, name, dict(cells))


def _new(kind: str, cells: dict[str, str], at: str) -> dict[str, Any]:
    about = {
        LISTINGS: ("title", "achievement", "providers"),
        ACCREDITATIONS: ("name", "holder", "accreditor"),
    }
    title = cells.get(about[kind][0]) or cells["id"]
    searched = (cells["id"], *(cells.get(name, "") for name in about[kind]), cells["framework"])
    return {
        "id": new_id("row"),
        "kind": kind,
        "name": cells["id"],
        "framework": cells["framework"],
        "title": title,
        "words": "\n".join(searched).casefold(),
        "cells": write_json(cells),
        "revision": 1,
        "changed_at": at,
    }


def _one(connection: Connection, where: ColumnElement[bool]) -> RowChange:
    row = connection.execute(select(ROWS).where(where)).first()
    if row is None:
        raise NotFoundError("There is no such row.")
    return _changeable(row)


def _changeable(row: Row[Any]) -> RowChange:
    return RowChange(_kept(row), row.revision)


def _kept(row: Row[Any]) -> KeptRow:
    return KeptRow(row.id, row.kind, read_json(row.cells))
