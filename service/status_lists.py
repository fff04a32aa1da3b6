"""A status list of one issuer: where it is, what for, and the credential that publishes it.

One list serves one purpose, since an Open Badge has one status (Open Badges 3.0 section B.1.1).
Everything here is pure; which index belongs to which credential is kept by `status_ledger`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from credentials.errors import IssuanceError
from credentials.json_types import JsonObject
from credentials.status.bitstring import MINIMUM_ENTRIES, encode_list
from credentials.timestamps import format_timestamp
from credentials.urls import is_url

REVOCATION = "revocation"
"""Permanent: nothing takes a revocation back (Bitstring Status List 1.0 section 2.1)."""

SUSPENSION = "suspension"
"""For now: a suspension ends when the credential is reinstated."""

PURPOSES = (REVOCATION, SUSPENSION)

MOST_ENTRIES = 1_048_576
"""Largest list: verifiers here read it whatever is set in it, however badly it compresses."""

TTL = timedelta(hours=1)
"""How long others may keep a copy before they ask for the newest, unless stated otherwise."""

VALIDITY = timedelta(days=7)
"""How long a published list holds, unless stated otherwise; it must be published anew before."""

DrawIndex = Callable[[int], int]
"""Draws a number from 0 up to, not including, its argument; all are equally likely."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """What is fixed of a list for as long as it exists."""

    name: str
    """What its issuer calls it; verifiers never see this."""

    url: str
    issuer: str
    purpose: str = REVOCATION
    entries: int = MINIMUM_ENTRIES
    ttl: timedelta = TTL
    validity: timedelta = VALIDITY

    def __post_init__(self) -> None:
        """Refuse a list that verifiers would refuse; raise `IssuanceError` (STATUS_LIST_WRONG)."""
        if not self.name.strip():
            raise _wrong("it needs a name")
        if not is_url(self.url) or not self.url.startswith("https://") or "#" in self.url:
            raise _wrong("its address must be an https URL without a fragment")
        if self.purpose not in PURPOSES:
            raise _wrong(f"its purpose is {' or '.join(PURPOSES)}")
        if not MINIMUM_ENTRIES <= self.entries <= MOST_ENTRIES or self.entries % 8:
            most = f"{MINIMUM_ENTRIES} to {MOST_ENTRIES}"
            raise _wrong(f"its number of entries is a multiple of 8 from {most}")
        if not timedelta(0) <= self.ttl <= self.validity or not self.validity:
            raise _wrong("it must hold for some time, and copies of it no longer")

    def entry(self, index: int) -> JsonObject:
        """Build the credentialStatus of the credential at an index."""
        return {
            "id": f"{self.url}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": self.purpose,
            "statusListIndex": str(index),
            "statusListCredential": self.url,
        }

    def bits(self, set_entries: Iterable[int]) -> bytes:
        """Write the list with these entries set, most significant bit first."""
        bits = bytearray(self.entries // 8)
        for index in set_entries:
            bits[index // 8] |= 0x80 >> index % 8
        return bytes(bits)

    def document(self, set_entries: Iterable[int], valid_from: datetime) -> JsonObject:
        """Build the unsigned BitstringStatusListCredential (section 2.2)."""
        return {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": self.url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.issuer,
            "validFrom": format_timestamp(valid_from),
            "validUntil": format_timestamp(valid_from + self.validity),
            "credentialSubject": {
                "id": f"{self.url}#list",
                "type": "BitstringStatusList",
                "statusPurpose": self.purpose,
                "ttl": self.ttl // timedelta(milliseconds=1),
                "encodedList": encode_list(self.bits(set_entries)),
            },
        }


def free_index(entries: int, used: int, is_used: Callable[[int], bool], draw: DrawIndex) -> int:
    """Draw an index that nobody has, so that it tells neither when it was given nor to whom.

    A list is given out to the half: beyond it the free ones get few, and whoever is last stands
    out.  Raises `IssuanceError` (STATUS_LIST_FULL).
    """
    if used * 2 >= entries:
        raise IssuanceError(
            f"Half of the {entries} entries of the status list are given out. Make a new list.",
            code="STATUS_LIST_FULL",
        )
    while True:
        index = draw(entries)
        if not is_used(index):
            return index


def _wrong(why: str) -> IssuanceError:
    return IssuanceError(f"The status list cannot be made: {why}.", code="STATUS_LIST_WRONG")
