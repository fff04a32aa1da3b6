"""Who is told of what happens, and what is still to be told.

Events wait here for a process that may connect and holds no key; a secret authenticates them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from credentials.json_types import JsonObject
from issuer.store.ledger import Act, note, record
from issuer.store.tables import WEBHOOK_EVENTS, WEBHOOKS
from issuer.store.writing_down import new_id, new_secret, required, stamp, write_json
from service import reading, writing

EVENTS = ("credential.issued", "credential.revoked", "credential.suspended", "job.finished")
"""What can be told."""

MOST_ATTEMPTS = 10
FIRST_PAUSE = timedelta(seconds=30)
"""How long an event waits after its first failure; each further pause is twice as long."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events; `secret` authenticates them (HMAC-SHA-256)."""

    id: str
    tenant_id: str
    url: str
    secret: str
    events: frozenset[str]
    created_at: str
    disabled_at: str | None


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """An event that is to be told, with where it goes."""

    id: str
    webhook: Webhook
    kind: str
    body: bytes
    attempts: int


class Webhooks:
    """The webhooks of all institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def make(self, act: Act, *, url: str, events: Iterable[str]) -> Webhook:
        """Add an address; its secret is drawn here."""
        made = Webhook(
            new_id("webhook"),
            act.tenant_id,
            url,
            new_secret(),
            frozenset(events),
            stamp(act.at),
            None,
        )
        with writing(self._engine) as connection:
            connection.execute(
                insert(WEBHOOKS).values(
                    id=made.id,
                    tenant_id=made.tenant_id,
                    url=url,
                    secret=made.secret,
                    events=" ".join(sorted(made.events)),
                    created_at=made.created_at,
                )
            )
            record(connection, note(act, "webhook.made", made.id, events=sorted(made.events)))
        return made

    def all(self, tenant_id: str) -> tuple[Webhook, ...]:
        """Read the webhooks of an institution."""
        query = select(WEBHOOKS).where(WEBHOOKS.c.tenant_id == tenant_id).order_by(WEBHOOKS.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_webhook_of, connection.execute(query)))

    def disable(self, act: Act, webhook_id: str) -> None:
        """Tell an address nothing more; raise `NotFoundError`."""
        here = (WEBHOOKS.c.id == webhook_id) & (WEBHOOKS.c.tenant_id == act.tenant_id)
        with writing(self._engine) as connection:
            required(connection.execute(select(WEBHOOKS).where(here)).first(), "webhook")
            connection.execute(update(WEBHOOKS).where(here).values(disabled_at=stamp(act.at)))
            record(connection, note(act, "webhook.disabled", webhook_id))

    def due(self, at: datetime, *, items: int) -> tuple[WebhookEvent, ...]:
        """Read the events that are to be told now, the oldest first."""
        event = WEBHOOK_EVENTS.c
        query = select(
            WEBHOOKS, event.id.label("event_id"), event.kind, event.body, event.attempts
        ).join(WEBHOOKS, WEBHOOKS.c.id == event.webhook_id)
        query = query.where(
            event.state == "waiting", event.due_at <= stamp(at), WEBHOOKS.c.disabled_at.is_(None)
        )
        query = query.order_by(event.due_at, event.id).limit(items)
        with reading(self._engine) as connection:
            return tuple(
                WebhookEvent(row.event_id, _webhook_of(row), row.kind, row.body, row.attempts)
                for row in connection.execute(query)
            )

    def told(self, event_id: str) -> None:
        """Note that an event was taken."""
        with writing(self._engine) as connection:
            change = update(WEBHOOK_EVENTS).where(WEBHOOK_EVENTS.c.id == event_id)
            connection.execute(change.values(state="sent", error=None))

    def failed(self, event_id: str, error: str, at: datetime) -> None:
        """Note why an event was not taken; it is tried again, later each time, and then not."""
        here = WEBHOOK_EVENTS.c.id == event_id
        with writing(self._engine) as connection:
            row = required(connection.execute(select(WEBHOOK_EVENTS).where(here)).first(), "event")
            attempts = row.attempts + 1
            state = "failed" if attempts >= MOST_ATTEMPTS else "waiting"
            due = stamp(at + FIRST_PAUSE * 2 ** (attempts - 1))
            values = {"state": state, "attempts": attempts, "due_at": due, "error": error}
            connection.execute(update(WEBHOOK_EVENTS).where(here).values(**values))


def announce(connection: Connection, act: Act, kind: str, about: JsonObject) -> None:
    """Have everybody told who wants to know of a kind of event, in the transaction of the act."""
    query = select(WEBHOOKS).where(
        WEBHOOKS.c.tenant_id == act.tenant_id, WEBHOOKS.c.disabled_at.is_(None)
    )
    told = [one for one in map(_webhook_of, connection.execute(query)) if kind in one.events]
    now = stamp(act.at)
    rows = [
        {
            "id": (event_id := new_id("event")),
            "webhook_id": webhook.id,
            "kind": kind,
            "body": write_json({"id": event_id, "type": kind, "at": now, "about": about}),
            "state": "waiting",
            "attempts": 0,
            "due_at": now,
            "created_at": now,
        }
        for webhook in told
    ]
    if rows:
        connection.execute(insert(WEBHOOK_EVENTS), rows)


def _webhook_of(row: Row[Any]) -> Webhook:
    return Webhook(
        row.id,
        row.tenant_id,
        row.url,
        row.secret,
        frozenset(row.events.split()),
        row.created_at,
        row.disabled_at,
    )
