"""What the process that verifies tells the desk; it holds no key, and the desk opens nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.verified import VerifiedCredential


class UnusableError(TallystickError):
    """Something that was handed in, or fetched, cannot be used; the message is for people."""

    code = "UNUSABLE"


@dataclass(frozen=True, slots=True)
class Checked:
    """A credential, or any bytes, after its check; `verified` only if it is valid.

    `reasons` are outcome, code and words of what was found.
    """

    answer: str
    name: str
    issuer: str
    issuer_name: str
    subject: str
    valid_from: str
    valid_until: str
    reasons: tuple[tuple[str, str, str], ...]
    verified: VerifiedCredential | None

    def to_json(self) -> JsonObject:
        """Write what pages show."""
        return {
            "answer": self.answer,
            "name": self.name,
            "issuer": self.issuer,
            "issuerName": self.issuer_name,
            "subject": self.subject,
            "validFrom": self.valid_from,
            "validUntil": self.valid_until,
            "reasons": [list(one) for one in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Presented:
    """A presentation that answers what was asked: who holds, and the credentials as they came."""

    holder: str
    credentials: tuple[bytes, ...]


class Challenges(Protocol):
    """Makes challenges, and takes each once."""

    def new(self) -> tuple[str, datetime]:
        """Make one, and tell when it ends."""

    def is_taken(self, text: str) -> bool:
        """Use one up; tell whether it was ours, fresh, and not used before."""


Check = Callable[[Sequence[bytes]], Sequence[Checked]]
"""Verifies credentials; never raises for what is in them."""

OpenPresentation = Callable[[bytes, str, str], Presented]
"""Verifies a presentation for a challenge and a domain; raises `UnusableError`."""

OpenPolicy = Callable[[bytes], str]
"""Gives the text of a signed policy whose adopter is believed; raises `UnusableError`."""

Fetch = Callable[[str], bytes]
"""Fetches what is behind a link, through the guarded fetcher; raises `UnusableError`."""
