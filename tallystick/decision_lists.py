"""The status lists by which an office withdraws its decisions, in the database of its register."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from credentials.json_types import JsonObject, id_of
from keys.errors import KeyMaterialError
from recognition.register_of_decisions import Place, RegisterOfDecisions
from service.status_ledger import ListSeries, SignedList, StoredLists
from service.web import RequestRefusedError
from tallystick import composition, settings

PREFIX = "decisions/"
"""How the names of the lists begin; their number follows."""

PATH = "/status/decisions/"
"""Where the desk serves them, below its public address."""

TTL = timedelta(seconds=30)
"""So long verifiers keep a list: with the 30 seconds that caches keep it, they see a withdrawal
within a minute."""


@dataclass(frozen=True, slots=True)
class DeskLists:
    """The lists of a desk, which is reached at `base`, in the database of its register."""

    register: RegisterOfDecisions
    base: str
    key_uri: str

    @property
    def are_public(self) -> bool:
        """Tell whether others can read the lists: they are looked up by https alone."""
        return self.base.startswith("https://")

    def entry(
        self, identifier: str, place: Place | None, owner: str, at: datetime
    ) -> JsonObject | None:
        """Give a decision an entry; one that is not recorded, or of a desk without https, none."""
        if place is None or not self.are_public:
            return None
        series = ListSeries(PREFIX, f"{self.base}{PATH}", owner, ttl=TTL)
        return self.register.statuses.give(place, identifier, series.giving(secrets.randbelow), at)

    def numbered(self, now: Callable[[], datetime]) -> Callable[[int], SignedList] | None:
        """Make what gives the signed list of a number; None where others cannot read lists."""
        if not self.are_public:
            return None
        sign = signs_lists(self.key_uri)
        stored = StoredLists(self.register.engine, secrets.randbelow, sign, now)
        return lambda number: stored.named(f"{PREFIX}{number}")


def signs_lists(key_uri: str) -> Callable[[JsonObject], JsonObject]:
    """Make what signs lists with the key that signs decisions.

    It raises `RequestRefusedError` (503) where the key cannot be used, or is another one than that
    of the list.
    """

    def sign(document: JsonObject) -> JsonObject:
        try:
            key = settings.signing_key(key_uri)
            if key.record.controller != id_of(document["issuer"]):
                text = "This list is signed by another key than the one that is in use."
                raise RequestRefusedError(text, status=503, code="KEY_OF_OTHERS")
            return composition.sign_status_list(key, document)
        except KeyMaterialError as error:
            text = "The list cannot be signed just now."
            raise RequestRefusedError(text, status=503, code="KEY_UNUSABLE") from error

    return sign
