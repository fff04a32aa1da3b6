"""Publishing status lists: signed as the ledger has them, never older than what was published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Select, delete, insert, select

from credentials.json_types import JsonObject
from credentials.strict_json import parse_json, serialize_json
from credentials.timestamps import parse_timestamp
from issuer.issuing.exactly_once import Workshop
from issuer.issuing.intents import require_reached
from issuer.issuing.lists import lists_of
from issuer.store.ledger import Act, head, note, record
from issuer.store.tables import PUBLISHED_LISTS
from issuer.store.tenants import Tenant
from issuer.store.writing_down import digest_of
from service import reading, writing
from service.status_ledger import StatusLedger
from service.status_lists import StatusList

SignList = Callable[[Tenant, JsonObject], JsonObject]
"""Signs a list with the key of its institution, after the verifier's check."""


class Copies(Protocol):
    """Copies of what is published outside of the database, as on the disk of a web server."""

    def read(self, status_list: StatusList) -> JsonObject | None:
        """Read what stands there now, if anything does."""

    def write(self, status_list: StatusList, data: bytes) -> None:
        """Put a newer one in its place, whole."""


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list as it is served."""

    list_name: str
    url: str
    data: bytes
    published_at: str


class Publisher:
    """Publishes the lists of all institutions."""

    def __init__(self, shop: Workshop, sign: SignList, copies: Copies) -> None:
        """Take what issuing needs, the signature, and the copies outside."""
        self._shop, self._sign, self._copies = shop, sign, copies
        self._ledger = StatusLedger(shop.store.engine, shop.draw)

    def publish_due(self) -> int:
        """Publish every list that has changed, or half of whose time is over; count them."""
        count = 0
        for tenant in self._shop.store.tenants.all():
            with reading(self._shop.store.engine) as connection:
                lists = lists_of(connection, tenant)
            for status_list in lists:
                if self._is_due(status_list):
                    self.publish(tenant, status_list)
                    count += 1
        return count

    def publish(self, tenant: Tenant, status_list: StatusList) -> PublishedList:
        """Publish a list as it is now.

        Obligations: 1. the ledger is as far as was confirmed, and not behind what is published in
        the database or outside; 2. the publication is on the disk before the list is signed;
        3. what the verifier would refuse is not published; 4. an older list never takes the place
        of a newer one.

        Raises `LedgerBehindError`, and `IssuanceError` (STATUS_LEDGER_BEHIND).
        """
        now = self._shop.now()
        # 1.
        with reading(self._shop.store.engine) as connection:
            require_reached(connection, self._shop.high_water)
        change = self._ledger.last_change(status_list.name)
        unsigned = self._ledger.publish(
            status_list.name, now, issuer=tenant.issuer, served=self._served(status_list)
        )
        # 2. and 3.
        data = serialize_json(self._sign(tenant, unsigned))
        made = PublishedList(status_list.name, status_list.url, data, unsigned["validFrom"])
        # 4.
        with writing(self._shop.store.engine) as connection:
            is_newest = _replace(connection, tenant, made, change)
            if is_newest:
                act = Act(tenant.id, "publisher", now)
                said = {"digest": digest_of(data), "validFrom": made.published_at}
                record(connection, note(act, "list.published", status_list.name, **said))
                self._copies.write(status_list, data)
            reached = head(connection)
        self._shop.high_water.passed(reached)
        return made

    def _served(self, status_list: StatusList) -> JsonObject | None:
        """Find the newest form that anybody may have seen."""
        stored = published_list(self._shop.store.engine, status_list.url)
        known = [] if stored is None else [parse_json(stored.data)]
        outside = self._copies.read(status_list)
        known += [] if outside is None else [outside]
        begins = [(parse_timestamp(one["validFrom"]), one) for one in known]
        return max(begins, key=lambda one: one[0])[1] if begins else None

    def _is_due(self, status_list: StatusList) -> bool:
        query = select(PUBLISHED_LISTS).where(PUBLISHED_LISTS.c.list_name == status_list.name)
        with reading(self._shop.store.engine) as connection:
            row = connection.execute(query).first()
        if row is None or row.last_change != self._ledger.last_change(status_list.name):
            return True
        age = self._shop.now() - parse_timestamp(row.published_at)
        return age * 2 >= status_list.validity


def published_list(engine: Engine, url: str) -> PublishedList | None:
    """Read the list at an address as it is served, if there is one."""
    return _published(engine, select(PUBLISHED_LISTS).where(PUBLISHED_LISTS.c.url == url))


def published_by_name(engine: Engine, name: str) -> PublishedList | None:
    """Read a list by its name as it is served, if there is one."""
    return _published(engine, select(PUBLISHED_LISTS).where(PUBLISHED_LISTS.c.list_name == name))


def _published(engine: Engine, query: Select[Any]) -> PublishedList | None:
    with reading(engine) as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    return PublishedList(row.list_name, row.url, row.data, row.published_at)


def _replace(connection: Connection, tenant: Tenant, made: PublishedList, change: int) -> bool:
    here = PUBLISHED_LISTS.c.list_name == made.list_name
    stored = connection.scalar(select(PUBLISHED_LISTS.c.published_at).where(here))
    if stored is not None and parse_timestamp(stored) >= parse_timestamp(made.published_at):
        return False
    connection.execute(delete(PUBLISHED_LISTS).where(here))
    connection.execute(
        insert(PUBLISHED_LISTS).values(
            list_name=made.list_name,
            tenant_id=tenant.id,
            url=made.url,
            last_change=change,
            published_at=made.published_at,
            data=made.data,
        )
    )
    return True
