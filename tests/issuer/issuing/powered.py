"""A service at work, in a process whose writes are recorded: whatever it confirms, it says.

The work is done in several folders; in all but the first, the database waits less for the disk
than it has to (the names of the folders are settings of SQLite).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from issuer.issuing.exactly_once import ExactlyOnce
from issuer.issuing.withdrawing import Change, Withdrawing
from issuer.store.writing_down import digest_of
from tests.issuer.issuing import operated
from tests.issuer.issuing.workshops import award_to

WAITS = ("FULL", "NORMAL", "OFF")
ISSUED = 6
EVERY = 3
"""One of so many credentials is revoked."""

PAGES_OF_LOG = 40
"""After so many pages the log is written into the database: far fewer than in earnest, so that it
happens within a few credentials."""


def work(folder: Path) -> None:
    """Issue and revoke in a folder, and say what was confirmed as soon as it was."""
    shop = operated.shop_in(folder)
    event.listen(shop.store.engine, "connect", lambda one, _record: prepare(one, folder.name))
    act = operated.act_in(shop)
    (achievement,) = shop.store.achievements.page(act.tenant_id).items
    for number in range(ISSUED):
        award = award_to(f"{number}@poly.example")
        issued = ExactlyOnce(shop).issue(act, f"k{number}", achievement.id, award)
        say(folder, "issued", issued.id, digest_of(issued.data or b""))
        if number % EVERY == 0:
            Withdrawing(shop).ask(act, [issued.id], Change("revoke", "Wrong"))
            say(folder, "revoked", issued.id)
    shop.store.engine.dispose()


def prepare(connection: Any, waits: str) -> None:
    connection.execute(f"PRAGMA wal_autocheckpoint = {PAGES_OF_LOG}")
    if waits != WAITS[0]:
        connection.execute(f"PRAGMA synchronous = {waits}")


def say(folder: Path, *words: str) -> None:
    """Say it with one call to the system, so that it stands among the others in the record."""
    os.write(sys.stdout.fileno(), " ".join(("confirmed", folder.name, *words, "\n")).encode())


if __name__ == "__main__":
    for name in WAITS:
        work(Path(sys.argv[1]) / name)
