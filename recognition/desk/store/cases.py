"""The cases: received, read, changed only by whoever has seen how they stand, and erased."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from credentials.json_types import JsonObject
from recognition.desk.cases import (
    CameBy,
    Case,
    Document,
    InboxAsked,
    InboxPage,
    KeptDecision,
    NewCase,
    State,
)
from recognition.desk.errors import ChangedMeanwhileError
from recognition.desk.store.parts import keep_decision
from recognition.desk.store.tables import CASES, DECISIONS, DOCUMENTS, FACTS, OFFICE, PRESENCES
from service import reading, writing
from service.errors import NotFoundError
from service.people import Act, Record
from service.writing_down import digest_of, new_id, new_secret, read_json, stamp, write_json

REFERENCE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody takes for one another (Crockford's base 32)."""

REFERENCE_LENGTH = 10
HERE = timedelta(minutes=10)
"""So long somebody counts as looking at a case after they opened it."""

_USERS = OFFICE.people.users
_SHOWN = [one for one in CASES.c if one.name not in ("secret_digest", "examination", "draft")]


class Cases:
    """The cases of one office."""

    def __init__(self, engine: Engine, record: Record) -> None:
        """Keep the database and how the office records what is done; nothing is read yet."""
        self._engine, self._record = engine, record

    def receive(self, act: Act, new: NewCase) -> tuple[Case, str]:
        """Keep an application; return it with the secret of the link by which it is followed."""
        identifier, secret = _reference(), new_secret()
        with writing(self._engine) as connection:
            connection.execute(insert(CASES).values(_row(identifier, secret, new, act)))
            rows = [
                {
                    "id": new_id("document"),
                    "case_id": identifier,
                    "position": position,
                    "name": one.name,
                    "digest": digest_of(one.data),
                    "data": one.data,
                }
                for position, one in enumerate(new.documents)
            ]
            connection.execute(insert(DOCUMENTS), rows)
            self._record(connection, act, "case.received", identifier, {"by": new.came_by.value})
            return _case(connection, identifier), secret

    def get(self, case_id: str) -> Case:
        """Read one; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return _case(connection, case_id)

    def of_secret(self, secret: str) -> Case:
        """Find the case of a learner's link; raise `NotFoundError`, also for what was erased."""
        query = select(*_SHOWN).where(CASES.c.secret_digest == digest_of(secret))
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None or row.state == State.ERASED:
            raise NotFoundError("There is nothing behind this link, or not any more.")
        return case_of(row)

    def documents(self, case_id: str) -> tuple[Document, ...]:
        """Read what was handed in, in its order."""
        query = select(DOCUMENTS).where(DOCUMENTS.c.case_id == case_id)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(DOCUMENTS.c.position)).all()
        return tuple(Document(row.name, row.data, row.digest) for row in rows)

    def examination(self, case_id: str) -> JsonObject | None:
        """Read what the last examination of a case came to."""
        return self._json(CASES.c.examination, case_id)

    def draft(self, case_id: str) -> JsonObject | None:
        """Read the ruling that waits for a second reader, if there is one."""
        return self._json(CASES.c.draft, case_id)

    def _json(self, column: Any, case_id: str) -> JsonObject | None:
        with reading(self._engine) as connection:
            data = connection.scalar(select(column).where(CASES.c.id == case_id))
        return None if data is None else read_json(data)

    def change(
        self,
        act: Act,
        case_id: str,
        version: int,
        kind: str,
        *,
        told: JsonObject,
        decision: KeptDecision | None = None,
        **values: Any,
    ) -> Case:
        """Change a case that is as whoever asks has seen it, and keep a signed decision with it.

        Raises `ChangedMeanwhileError`, and then nothing was written; `NotFoundError`.
        """
        with writing(self._engine) as connection:
            changed(connection, act, case_id, version, **values)
            if decision is not None:
                keep_decision(connection, case_id, decision)
            self._record(connection, act, kind, case_id, told)
            return _case(connection, case_id)

    def state_fact(
        self, act: Act, case_id: str, version: int, name: str, value: object, by: str
    ) -> Case:
        """Keep a fact that somebody states; None takes it back.  Raises as `change` does."""
        this = (FACTS.c.case_id == case_id) & (FACTS.c.name == name)
        with writing(self._engine) as connection:
            changed(connection, act, case_id, version)
            connection.execute(delete(FACTS).where(this))
            if value is not None:
                row = {
                    "case_id": case_id,
                    "name": name,
                    "value": write_json(value),
                    "stated_by": by,
                    "stated_at": stamp(act.at),
                }
                connection.execute(insert(FACTS).values(**row))
            kind = "case.fact-taken-back" if value is None else "case.fact-stated"
            self._record(connection, act, kind, case_id, {"fact": name})
            return _case(connection, case_id)

    def inbox(self, asked: InboxAsked) -> InboxPage:
        """Read a page of the inbox, the oldest first."""
        query = _asked(asked).limit(asked.items + 1)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
            counts = select(CASES.c.state, func.count()).group_by(CASES.c.state)
            by_state = {row[0]: row[1] for row in connection.execute(counts)}
        found = tuple(case_of(row) for row in rows[: asked.items])
        following = None
        if len(rows) > asked.items:
            following = (found[-1].received_at, found[-1].id)
        return InboxPage(found, following, by_state)

    def see(self, case_id: str, user_id: str, at: datetime) -> tuple[tuple[str, str], ...]:
        """Note that somebody looks at a case; tell who else does, by name, and since when."""
        this = (PRESENCES.c.case_id == case_id) & (PRESENCES.c.user_id == user_id)
        lately = PRESENCES.c.seen_at > stamp(at - HERE)
        others = select(_USERS.c.name, PRESENCES.c.seen_at).join(
            PRESENCES, PRESENCES.c.user_id == _USERS.c.id
        )
        others = others.where(PRESENCES.c.case_id == case_id, _USERS.c.id != user_id, lately)
        with writing(self._engine) as connection:
            connection.execute(delete(PRESENCES).where(this))
            row = {"case_id": case_id, "user_id": user_id, "seen_at": stamp(at)}
            connection.execute(insert(PRESENCES).values(**row))
            found = connection.execute(others.order_by(_USERS.c.name)).all()
        return tuple((row.name, row.seen_at) for row in found)

    def erase(self, act: Act, case_id: str) -> None:
        """Take away everything about the learner; the log and the register stay."""
        with writing(self._engine) as connection:
            _erase(connection, act, case_id)
            self._record(connection, act, "case.erased", case_id, {})

    def due_for_erasure(self, before: datetime) -> tuple[str, ...]:
        """Find decided cases whose time to appeal ended before a time; none is under appeal."""
        last = before.date().isoformat()
        query = select(CASES.c.id).where(
            CASES.c.state == State.DECIDED, CASES.c.appeal_until < last
        )
        with reading(self._engine) as connection:
            return tuple(connection.scalars(query.order_by(CASES.c.received_at)))


def changed(connection: Connection, act: Act, case_id: str, version: int, **values: Any) -> None:
    """Raise the version of a case that has the one that was seen, and set what is given.

    What was erased takes nothing any more: nobody writes about a learner who is gone.
    """
    this = (CASES.c.id == case_id) & (CASES.c.version == version)
    this &= CASES.c.state != State.ERASED.value
    newer = {"version": version + 1, "changed_at": stamp(act.at), "changed_by": act.actor}
    done = connection.execute(update(CASES).where(this).values(**newer, **values)).rowcount
    if not done:
        raise ChangedMeanwhileError(case_id, version, _case(connection, case_id).version)


def _erase(connection: Connection, act: Act, case_id: str) -> None:
    for table in (DOCUMENTS, FACTS, DECISIONS, PRESENCES):
        connection.execute(delete(table).where(table.c.case_id == case_id))
    gone = ("contact", "learner_name", "applicant", "examination", "draft", "assigned_to")
    values = dict.fromkeys(gone) | {
        "title": "",
        "state": State.ERASED.value,
        "version": CASES.c.version + 1,
        "changed_at": stamp(act.at),
        "changed_by": act.actor,
    }
    done = connection.execute(update(CASES).where(CASES.c.id == case_id).values(**values))
    if not done.rowcount:
        raise NotFoundError("There is no such case here.")


def _row(identifier: str, secret: str, new: NewCase, act: Act) -> dict[str, Any]:
    at = stamp(act.at)
    return {
        "id": identifier,
        "secret_digest": digest_of(secret),
        "offer": new.offer,
        "state": State.NEW.value,
        "version": 1,
        "received_at": at,
        "changed_at": at,
        "changed_by": act.actor,
        "language": new.language,
        "title": "",
        "contact": new.contact,
        "learner_name": new.learner_name,
        "applicant": new.applicant,
        "came_by": new.came_by.value,
    }


def _asked(asked: InboxAsked) -> Select[Any]:
    query = select(*_SHOWN).order_by(CASES.c.received_at, CASES.c.id)
    query = query.where(CASES.c.state.in_([one.value for one in asked.states]))
    if asked.offer is not None:
        query = query.where(CASES.c.offer == asked.offer)
    for word in asked.words.split():
        columns = (CASES.c.id, CASES.c.learner_name, CASES.c.title)
        query = query.where(or_(*(one.icontains(word, autoescape=True) for one in columns)))
    if asked.after is not None:
        received, identifier = asked.after
        later = CASES.c.received_at > received
        same = and_(CASES.c.received_at == received, CASES.c.id > identifier)
        query = query.where(or_(later, same))
    return query


def _case(connection: Connection, case_id: str) -> Case:
    row = connection.execute(select(*_SHOWN).where(CASES.c.id == case_id)).first()
    if row is None:
        raise NotFoundError("There is no such case here.")
    return case_of(row)


def case_of(row: Row[Any]) -> Case:
    """Read a row."""
    members = row._asdict()
    state, came_by = State(members.pop("state")), CameBy(members.pop("came_by"))
    return Case(state=state, came_by=came_by, **members)


def _reference() -> str:
    """Draw a reference that can be said on the telephone: 50 random bits."""
    number = int(new_id("case").removeprefix("case_"), 16)
    signs = ""
    for _sign in range(REFERENCE_LENGTH):
        number, rest = divmod(number, len(REFERENCE_SIGNS))
        signs += REFERENCE_SIGNS[rest]
    return f"{signs[:5]}-{signs[5:]}"
