"""The status lists that a service issues with, from the ledger that its configuration names."""

from __future__ import annotations

import secrets

from issuer.web.status import PublishedStatus
from keys.store import StoredKey
from service import migrate, open_database
from service.status_ledger import StatusLedger
from tallystick import composition, verifying
from tallystick.files import USAGE, CommandError
from tallystick.web_configuration import InstanceSettings, beside

SQLITE = "sqlite:///"


class StatusLists:
    """A ledger of status lists, opened for as long as the service runs."""

    def __init__(self, path: str, url: str) -> None:
        """Open the ledger; a SQLite file stands beside the configuration at `path`."""
        if url.startswith(SQLITE):
            url = SQLITE + beside(path, url.removeprefix(SQLITE))
        engine = open_database(url)
        migrate(engine)
        self._ledger = StatusLedger(engine, secrets.randbelow)
        self._in_use: dict[str, PublishedStatus] = {}

    def of(self, one: InstanceSettings, key: StoredKey) -> PublishedStatus:
        """Find the list of an instance; raise `CommandError` if it is not its issuer's."""
        name, owner = str(one.status_list), key.record.controller
        known = {one.status_list.name: one.status_list for one in self._ledger.lists()}
        if name not in known or known[name].issuer != owner:
            text = (
                f"instance {one.name}: {owner} has no status list of this name. Make one with: "
                "tallystick status new"
            )
            raise CommandError(text, USAGE)
        if name not in self._in_use:
            # Instances that share a list share what is published of it.
            self._in_use[name] = PublishedStatus(
                self._ledger,
                known[name],
                lambda document: composition.sign_status_list(key, document),
                verifying.now,
            )
        return self._in_use[name]
