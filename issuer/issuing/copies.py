"""Copies of published status lists as files, beside the database and not in it.

They can be served by any web server, and they tell what was published where a restored database
does not know it any more.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from issuer.store.errors import LedgerBehindError
from service.status_lists import StatusList


class FileCopies:
    """A folder with one file for each list."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which need not exist before the first copy is written."""
        self._folder = folder

    def path_of(self, status_list: StatusList) -> Path:
        """Tell where the copy of a list is."""
        return self._folder / f"{status_list.name.replace('/', '-')}.json"

    def read(self, status_list: StatusList) -> JsonObject | None:
        """Read the copy; raise `LedgerBehindError` for one that cannot be read."""
        path = self.path_of(status_list)
        try:
            document: JsonObject = parse_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except CredentialError as error:
            text = f"{path} is no status list, so nobody knows what was published. Restore it."
            raise LedgerBehindError(text) from error
        return document

    def write(self, status_list: StatusList, data: bytes) -> None:
        """Write a copy whole, and wait until the disk has it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=self._folder, prefix=".list.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, self.path_of(status_list))
