"""What a verifier remembers of status lists, so that an older one is not taken for the newest.

A signature does not grow old: a list from before a revocation verifies as well as the one after
it.  Whoever remembers the newest list that was seen notices when an older one is served.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from credentials.errors import SchemaError
from credentials.json_types import JsonObject, JsonValue, pointer_to
from credentials.timestamps import format_timestamp, parse_timestamp

FORMAT = "tallystick-status-memory/1"
NEVER = datetime.min.replace(tzinfo=UTC)
MOST_LISTS = 100_000
"""How many lists a memory holds; beyond that, those that are known stay and others are not kept."""


class SeenList(NamedTuple):
    """A status list that was seen: when it begins, when it was signed, and what its bits are."""

    valid_from: datetime | None
    created: datetime | None
    digest: str
    """ "sha256:HEX" of the uncompressed bits."""

    @property
    def age(self) -> tuple[datetime, datetime]:
        """What orders the lists of one URL: their beginning, then when they were signed."""
        return (self.valid_from or NEVER, self.created or NEVER)

    @property
    def made_at(self) -> datetime | None:
        """When the list was made, as far as it says so."""
        return max(self.age) if max(self.age) > NEVER else None


class StatusMemory(Protocol):
    """Remembers, for each issuer and URL, the newest status list that was seen.

    Only lists that verify are remembered, and under the issuer that signed them: nobody else can
    make a verifier believe that it has seen a newer one.
    """

    def newest(self, issuer: str, url: str) -> SeenList | None:
        """Tell the newest list that was seen."""

    def remember(self, issuer: str, url: str, seen: SeenList) -> None:
        """Keep a list that is newer than all before."""


class NewestLists:
    """A memory that lives as long as the process; it can be written to JSON and read again.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: dict[tuple[str, str], SeenList] = {}
        self._lock = threading.Lock()

    @classmethod
    def from_json(cls, value: JsonValue) -> NewestLists:
        """Read what `to_json` wrote.

        Raises `SchemaError` (STATUS_MEMORY_MALFORMED), and `MalformedValueError` for a date.
        """
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import best_match

        import schemas

        validator = Draft202012Validator(schemas.json_schema("status-memory"))
        fault = best_match(validator.iter_errors(value))
        if fault is not None:
            raise SchemaError(
                f"This is no memory of status lists: {fault.message[:300]}",
                code="STATUS_MEMORY_MALFORMED",
                pointer=pointer_to(fault.absolute_path),
            )
        memory = cls()
        for one in value["lists"]:
            begins, created = _date(one.get("validFrom")), _date(one.get("created"))
            memory.remember(one["issuer"], one["url"], SeenList(begins, created, one["digest"]))
        return memory

    def to_json(self) -> JsonObject:
        """Write what was seen."""
        return {"format": FORMAT, "lists": list(self._rows())}

    def _rows(self) -> Iterator[JsonObject]:
        for (issuer, url), seen in sorted(self._seen.items()):
            dates = {"validFrom": seen.valid_from, "created": seen.created}
            stated = {name: format_timestamp(date) for name, date in dates.items() if date}
            yield {"issuer": issuer, "url": url, **stated, "digest": seen.digest}

    def newest(self, issuer: str, url: str) -> SeenList | None:
        """Tell the newest list that was seen."""
        return self._seen.get((issuer, url))

    def remember(self, issuer: str, url: str, seen: SeenList) -> None:
        """Keep a list, unless a newer one was seen."""
        with self._lock:
            known = self._seen.get((issuer, url))
            is_kept = len(self._seen) < MOST_LISTS if known is None else known.age <= seen.age
            if is_kept:
                self._seen[issuer, url] = seen

    def add(self, other: NewestLists) -> None:
        """Take over what another memory has seen."""
        for (issuer, url), seen in other._seen.items():
            self.remember(issuer, url, seen)


def _date(text: str | None) -> datetime | None:
    return None if text is None else parse_timestamp(text)
