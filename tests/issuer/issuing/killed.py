"""Processes that issue, withdraw and publish until they are killed, telling what is confirmed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from credentials.errors import TallystickError
from issuer.issuing import rosters
from issuer.issuing.copies import FileCopies
from issuer.issuing.exactly_once import ExactlyOnce
from issuer.issuing.high_water import HighWaterFile
from issuer.issuing.publishing import Publisher
from issuer.issuing.withdrawing import Change, Withdrawing
from issuer.store import Act
from issuer.store.writing_down import digest_of
from service import open_database
from tests.factories import sign
from tests.issuer.issuing.workshops import award_to, workshop

LEASE = timedelta(seconds=1)
FEW = 5
"""Rows at once: small, so that a process dies at every point of issuing."""


def now() -> datetime:
    return datetime.now(UTC)


def shop_of(url: str, folder: Path | None = None) -> Any:
    mark = None if folder is None else HighWaterFile(folder / "high-water.json")
    return workshop(open_database(url), clock=now, high_water=mark, lease=LEASE)  # type: ignore[arg-type]


def issue_rows(url: str, told: Connection) -> None:
    """Issue rows of running jobs without end, and tell what was confirmed of each credential."""
    shop = shop_of(url)
    told.send_bytes(b"ready")
    while True:
        for job in shop.store.jobs.running():
            before = {row.number for row in issued_rows(shop, job)}
            if not rosters.issue_some(shop, job, rows=FEW):
                rosters.finish(shop, job)
            for row in issued_rows(shop, job):
                if row.number not in before:
                    kept = shop.store.credentials.get(job.tenant_id, str(row.credential_id))
                    told.send_bytes(f"{kept.id} {digest_of(kept.data or b'')}".encode())


def issued_rows(shop: Any, job: Any) -> list[Any]:
    return [row for row in shop.store.jobs.all_rows(job.tenant_id, job.id) if row.state == "issued"]


def issue_single(url: str, tenant_id: str, achievement_id: str, told: Connection) -> None:
    """Issue single credentials with the keys 0, 1, 2 … from the first that is not confirmed."""
    shop = shop_of(url)
    told.send_bytes(b"ready")
    for number in count():
        act = Act(tenant_id, "test", now())
        try:
            issued = ExactlyOnce(shop).issue(
                act, f"key-{number}", achievement_id, award_to(f"{number}@x.example")
            )
        except TallystickError:
            continue
        told.send_bytes(f"{issued.id} {digest_of(issued.data or b'')}".encode())


def withdraw(url: str, tenant_id: str, ids: list[str], folder: Path, told: Connection) -> None:
    """Revoke one credential after the other, and publish; tell what was confirmed."""
    shop = shop_of(url, folder)
    publisher = Publisher(shop, lambda _tenant, document: sign(document), FileCopies(folder))
    told.send_bytes(b"ready")
    for credential_id in ids:
        record = shop.store.credentials.get(tenant_id, credential_id)
        if record.status == "active":
            act = Act(tenant_id, "test", now())
            Withdrawing(shop).ask(act, [credential_id], Change("revoke", "Wrong"))
        told.send_bytes(credential_id.encode())
        publisher.publish_due()


def reserve(url: str, tenant_id: str, achievement_id: str, each: int, told: Connection) -> None:
    """Make intents without end to their signing, one at a time, and tell each index."""
    from issuer.issuing.intents import Intended, intend
    from service import writing

    shop = shop_of(url)
    act = Act(tenant_id, "test", now())
    version = shop.store.achievements.version(tenant_id, achievement_id)
    tenant = shop.store.tenants.get(tenant_id)
    for number in range(each):
        with writing(shop.store.engine) as connection:
            what = Intended(act, tenant, version)
            (made,) = intend(connection, what, [award_to(f"{number}@x.example")], shop.draw)
        told.send_bytes(made.encode())
    told.close()
