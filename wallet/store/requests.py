"""Requests of verifiers: what was asked, what was shown for it, and what came of it.

A request is known by its challenge and domain: the same one is answered once, however often its
link is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from credentials.json_types import JsonObject
from service import reading, writing
from service.writing_down import new_id, read_json, stamp, write_json
from wallet.asking import Asked, AskingError, Query
from wallet.errors import NotInWalletError, WalletError
from wallet.store.history import note
from wallet.store.tables import REQUESTS

OPEN, SENT, TAKEN, REFUSED, DECLINED = "open", "sent", "taken", "refused", "declined"
"""States: "sent" is what nobody confirmed; of what was refused another answer may be tried."""

ANSWERABLE = frozenset({OPEN, SENT, REFUSED})
MOST_OPEN = 100
"""So many requests may wait for one learner."""

MOST_BROUGHT = 500
"""So many requests a wallet may have that takes those of another one."""

BROUGHT_BYTES = 65_536
"""How large what one of these asks for may be: pages have all of them in memory."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A credential that was presented: its name, and whether only parts of it were."""

    name: str
    in_parts: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A request in somebody's wallet."""

    id: str
    learner_id: str
    asked: Asked
    state: str
    opened_at: str
    answered_at: str | None
    shown: tuple[Shown, ...]
    fault: str

    @property
    def may_be_answered(self) -> bool:
        """Tell whether an answer can be sent."""
        return self.state in ANSWERABLE


class Requests:
    """The requests of all learners; every call names whose."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def keep(self, learner_id: str, asked: Asked, at: datetime) -> str:
        """Keep a request and return its id: that of the one that is there, if it is the same.

        Raises `WalletError` (TOO_MANY_REQUESTS).
        """
        own = REQUESTS.c.learner_id == learner_id
        same = (REQUESTS.c.challenge == asked.challenge) & (REQUESTS.c.domain == asked.domain)
        with writing(self._engine) as connection:
            known = connection.scalar(select(REQUESTS.c.id).where(own, same))
            if known is not None:
                return str(known)
            waiting = select(func.count()).where(own, REQUESTS.c.state == OPEN)
            if int(connection.scalar(waiting) or 0) >= MOST_OPEN:
                text = f"{MOST_OPEN} requests wait in your wallet. Answer or decline some first."
                raise WalletError(text, code="TOO_MANY_REQUESTS")
            identifier = new_id("request")
            connection.execute(
                insert(REQUESTS).values(_row(identifier, learner_id, asked, stamp(at)))
            )
        return identifier

    def bring_back(self, learner_id: str, one: Request) -> bool:
        """Keep a request of another wallet as it stood there; tell whether it is kept.

        It is not if it is here already, is too large, or would be one too many.
        """
        own = REQUESTS.c.learner_id == learner_id
        asked = one.asked
        same = (REQUESTS.c.challenge == asked.challenge) & (REQUESTS.c.domain == asked.domain)
        values = {
            **_row(new_id("request"), learner_id, asked, one.opened_at),
            "state": one.state,
            "answered_at": one.answered_at,
            "shown": _shown(one.shown),
            "fault": one.fault,
        }
        with writing(self._engine) as connection:
            is_known = connection.scalar(select(REQUESTS.c.id).where(own, same)) is not None
            count = int(connection.scalar(select(func.count()).where(own)) or 0)
            is_too_much = count >= MOST_BROUGHT or len(values["queries"]) > BROUGHT_BYTES
            if is_known or is_too_much:
                return False
            connection.execute(insert(REQUESTS).values(values))
        return True

    def all(self, learner_id: str) -> tuple[Request, ...]:
        """Read the requests of a learner, the newest first."""
        query = select(REQUESTS).where(REQUESTS.c.learner_id == learner_id)
        query = query.order_by(REQUESTS.c.opened_at.desc(), REQUESTS.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_request, connection.execute(query)))

    def get(self, learner_id: str, request_id: str) -> Request:
        """Read one; raise `NotInWalletError`."""
        with reading(self._engine) as connection:
            return _request(_found(connection, learner_id, request_id))

    def sending(self, one: Request, shown: Sequence[Shown], at: datetime) -> None:
        """Write down what is about to be shown, before it is.

        Raises `AskingError` (REQUEST_ANSWERED) if it was answered or declined meanwhile.
        """
        values = {"state": SENT, "answered_at": stamp(at), "shown": _shown(shown), "fault": ""}
        self._change(one, values, at, "presented")

    def ended(self, one: Request, state: str, fault: str, at: datetime) -> None:
        """Write down what came of an answer that was sent."""
        here = REQUESTS.c.id == one.id
        with writing(self._engine) as connection:
            values = {"state": state, "fault": fault}
            connection.execute(update(REQUESTS).where(here).values(**values))
            if state == TAKEN:
                note(connection, one.learner_id, at, "presentation-taken", one.asked.place)

    def decline(self, one: Request, at: datetime) -> None:
        """Answer nothing, for good; raise `AskingError` (REQUEST_ANSWERED)."""
        self._change(one, {"state": DECLINED, "answered_at": stamp(at)}, at, "request-declined")

    def _change(self, one: Request, values: dict[str, Any], at: datetime, kind: str) -> None:
        here = (REQUESTS.c.id == one.id) & REQUESTS.c.state.in_(ANSWERABLE)
        with writing(self._engine) as connection:
            if not connection.execute(update(REQUESTS).where(here).values(**values)).rowcount:
                text = "This request was answered or declined already."
                raise AskingError(text, code="REQUEST_ANSWERED")
            note(connection, one.learner_id, at, kind, one.asked.place)


def _found(connection: Connection, learner_id: str, request_id: str) -> Row[Any]:
    own = (REQUESTS.c.learner_id == learner_id) & (REQUESTS.c.id == request_id)
    row = connection.execute(select(REQUESTS).where(own)).first()
    if row is None:
        raise NotInWalletError("There is no such request in your wallet.")
    return row


def _row(identifier: str, learner_id: str, asked: Asked, opened_at: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "learner_id": learner_id,
        "address": asked.address,
        "challenge": asked.challenge,
        "domain": asked.domain,
        "queries": write_json(_queries(asked)),
        "state": OPEN,
        "opened_at": opened_at,
        "shown": _shown(()),
        "fault": "",
    }


def _shown(shown: Sequence[Shown]) -> bytes:
    return write_json({"all": [[each.name, each.in_parts] for each in shown]})


def _queries(asked: Asked) -> JsonObject:
    every = [[one.reason, one.example, one.takes_sd_jwt] for one in asked.queries]
    return {"all": every, "suites": list(asked.suites)}


def _request(row: Row[Any]) -> Request:
    kept = read_json(row.queries)
    queries = tuple(Query(*members) for members in kept["all"])
    suites = tuple(kept.get("suites", ()))
    return Request(
        id=row.id,
        learner_id=row.learner_id,
        asked=Asked(row.address, row.challenge, row.domain, queries, suites),
        state=row.state,
        opened_at=row.opened_at,
        answered_at=row.answered_at,
        shown=tuple(Shown(name, in_parts) for name, in_parts in read_json(row.shown)["all"]),
        fault=row.fault,
    )
