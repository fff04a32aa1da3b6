"""Courses that were handed in: what they say, where they stand, and what was asked and answered.

Every change names the revision that it was made of.  If somebody else changed the submission in
between, nothing is written but a remark that says so to both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, or_, select, update

from authority.errors import ChangedMeanwhileError
from authority.paging import PAGE_ITEMS, Found
from authority.store.tables import REMARKS, SUBMISSIONS
from credentials.json_types import JsonObject
from service.database import reading, writing
from service.errors import ConflictError, NotFoundError
from service.people.acts import Acting
from service.people.office import Office
from service.writing_down import digest_of, new_id, new_secret, read_json, stamp, write_json

MOST_WORDS = 8
WORDS_CHARACTERS = 200


class State(StrEnum):
    """Where a submission stands."""

    RECEIVED = "received"
    QUESTIONED = "questioned"
    ANSWERED = "answered"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


OPEN = frozenset({State.RECEIVED, State.QUESTIONED, State.ANSWERED, State.PROPOSED})
"""What somebody still has to do something about."""

AWAITS_OFFICER = frozenset({State.RECEIVED, State.QUESTIONED, State.ANSWERED})


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that was said or done about a submission; `author` is as in the log."""

    number: int
    kind: str
    author: str
    text: str
    made_at: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A course that was handed in; `members` describe it, `value` is what an officer proposed."""

    id: str
    sender: str
    course: str
    title: str
    framework: str
    state: State
    members: JsonObject
    value: JsonObject | None
    revision: int
    created_at: str
    updated_at: str
    proposed_by: str | None

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to do something."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A course as it comes in: who sends it, and its members, which describe a course."""

    sender: str
    members: JsonObject


@dataclass(frozen=True, slots=True)
class Inbox:
    """What is looked for in the inbox: words, a state ("" any, "open"), and where to begin."""

    words: str = ""
    state: str = ""
    framework: str = ""
    first: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to a submission: the state it has then, a remark, and columns that change."""

    state: State
    kind: str
    text: str
    values: Mapping[str, Any]

    @classmethod
    def to(cls, state: State, kind: str, text: str = "", **values: Any) -> Step:
        """Describe a step."""
        return cls(state, kind, text, values)


class Submissions:
    """All submissions."""

    def __init__(self, engine: Engine, office: Office) -> None:
        """Keep the database; nothing is read yet."""
        self._engine, self._office = engine, office

    def add(self, act: Acting, handed_in: Sequence[HandedIn]) -> tuple[str, ...]:
        """Keep courses that came in together, all or none; return their ids."""
        rows = [_new_row(one, act.at) for one in handed_in]
        if not rows:
            return ()
        with writing(self._engine) as connection:
            connection.execute(insert(SUBMISSIONS), rows)
            for row in rows:
                self._remark(connection, act, row["id"], Step.to(State.RECEIVED, "received"))
                statement = {"course": row["course"]}
                self._office.record(connection, act, "submission.received", row["id"], statement)
        return tuple(row["id"] for row in rows)

    def get(self, submission_id: str) -> Submission:
        """Read one; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return _one(connection, SUBMISSIONS.c.id == submission_id)

    def of_answer(self, secret: str) -> Submission:
        """Find the submission that a link is for, while it has open questions."""
        is_this = SUBMISSIONS.c.answer_digest == digest_of(secret)
        with reading(self._engine) as connection:
            return _one(connection, is_this & (SUBMISSIONS.c.state == State.QUESTIONED.value))

    def remarks(self, submission_id: str) -> tuple[Remark, ...]:
        """Read what was said and done about one, the oldest first."""
        query = select(REMARKS).where(REMARKS.c.submission_id == submission_id)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(REMARKS.c.number)).all()
        return tuple(
            Remark(one.number, one.kind, one.author, one.text, one.made_at) for one in rows
        )

    def page(self, asked: Inbox) -> Found[Submission]:
        """Read a page of those that are looked for, the newest first."""
        where = _where(asked)
        first = max(asked.first, 0)
        # Ids come first, by the index that has their order: descriptions are long.
        newest = (SUBMISSIONS.c.updated_at.desc(), SUBMISSIONS.c.id.desc())
        found = select(SUBMISSIONS.c.id).where(*where).order_by(*newest)
        found = found.offset(first).limit(PAGE_ITEMS)
        query = select(SUBMISSIONS).where(SUBMISSIONS.c.id.in_(found)).order_by(*newest)
        with reading(self._engine) as connection:
            count = connection.scalar(select(func.count()).select_from(SUBMISSIONS).where(*where))
            rows = connection.execute(query).all()
        return Found(tuple(map(_submission, rows)), count or 0, first)

    def counts(self) -> dict[str, int]:
        """Count the submissions in each state."""
        query = select(SUBMISSIONS.c.state, func.count()).group_by(SUBMISSIONS.c.state)
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def take(
        self,
        act: Acting,
        submission_id: str,
        revision: int,
        step: Step,
        *,
        when: frozenset[State],
        also: Callable[[Connection], None] | None = None,
    ) -> Submission:
        """Do a step to the submission as it was in `revision`.

        Obligations: 1. nobody changed it since, else both are told by a remark and nothing else is
        written (`ChangedMeanwhileError`); 2. it stands where the step may be done (`ConflictError`
        STATE); 3. the change, the remark, the log and what is done `also` are written together.
        """
        with writing(self._engine) as connection:
            known = _one(connection, SUBMISSIONS.c.id == submission_id)
            # 1.
            is_late = known.revision != revision
            if is_late:
                late = Step.to(known.state, "too-late", step.kind)
                self._remark(connection, act, submission_id, late)
            else:
                # 2.
                _require_state(known, when)
                # 3.
                self._write(connection, act, known, step)
                if also is not None:
                    also(connection)
        if is_late:
            raise ChangedMeanwhileError("Somebody else changed this submission meanwhile.")
        return self.get(submission_id)

    def _write(self, connection: Connection, act: Acting, known: Submission, step: Step) -> None:
        state = {"state": step.state.value, "revision": known.revision + 1}
        change = update(SUBMISSIONS).where(SUBMISSIONS.c.id == known.id)
        connection.execute(change.values(**step.values, **state, updated_at=stamp(act.at)))
        self._remark(connection, act, known.id, step)
        statement = {"title": known.title}
        self._office.record(connection, act, f"submission.{step.kind}", known.id, statement)

    def _remark(self, connection: Connection, act: Acting, submission_id: str, step: Step) -> None:
        of_this = REMARKS.c.submission_id == submission_id
        last = connection.scalar(select(func.max(REMARKS.c.number)).where(of_this)) or 0
        connection.execute(
            insert(REMARKS).values(
                submission_id=submission_id,
                number=last + 1,
                kind=step.kind,
                author=act.actor,
                text=step.text,
                made_at=stamp(act.at),
            )
        )


def described(members: JsonObject, sender: str) -> dict[str, Any]:
    """Write the columns that follow from the description of a course."""
    names = [one["id"] for one in members.get("providers", ())]
    searched = (members["title"], members["id"], *names, sender)
    return {
        "course": members["id"],
        "title": members["title"],
        "framework": members["framework"],
        "words": "\n".join(searched).casefold(),
        "members": write_json(members),
    }


def new_answer_secret() -> tuple[str, str]:
    """Draw the secret of a link by which questions are answered, and its digest."""
    secret = new_secret()
    return secret, digest_of(secret)


def escaped(word: str) -> str:
    """Write a word so that SQL's LIKE looks for it as it is."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _new_row(one: HandedIn, at: datetime) -> dict[str, Any]:
    row = described(one.members, one.sender)
    return {
        **row,
        "id": new_id("submission"),
        "sender": one.sender,
        "state": State.RECEIVED.value,
        "revision": 1,
        "created_at": stamp(at),
        "updated_at": stamp(at),
    }


def _where(asked: Inbox) -> list[ColumnElement[bool]]:
    words = asked.words[:WORDS_CHARACTERS].casefold().split()[:MOST_WORDS]
    found: list[ColumnElement[bool]] = [
        SUBMISSIONS.c.words.like(f"%{escaped(one)}%", escape="\\") for one in words
    ]
    if asked.state == "open":
        found.append(or_(*(SUBMISSIONS.c.state == one.value for one in sorted(OPEN))))
    elif asked.state:
        found.append(SUBMISSIONS.c.state == asked.state)
    if asked.framework:
        found.append(SUBMISSIONS.c.framework == asked.framework)
    return found


def _one(connection: Connection, where: ColumnElement[bool]) -> Submission:
    row = connection.execute(select(SUBMISSIONS).where(where)).first()
    if row is None:
        raise NotFoundError("There is no such submission.")
    return _submission(row)


def _require_state(known: Submission, when: frozenset[State]) -> None:
    if known.state not in when:
        text = f"This is not possible any more: the submission is {known.state.value}."
        raise ConflictError(text, code="STATE")


def _remark(row: Row[Any]) -> Remark:
    return Remark(row.number, row.kind, row.author, row.text, row.made_at)


def _submission(row: Row[Any]) -> Submission:
    return Submission(
        id=row.id,
        sender=row.sender,
        course=row.course,
        title=row.title,
        framework=row.framework,
        state=State(row.state),
        members=read_json(row.members),
        value=None if row.value is None else read_json(row.value),
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        proposed_by=row.proposed_by,
    )
