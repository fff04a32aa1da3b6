"""The way to a provider: documents are fetched, and a code is exchanged, by the guarded fetcher.

A process that holds keys has a `Messenger`: another process, which holds none, goes the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from service.fetching import Fetcher, messenger
from service.fetching.fetcher import FetchPolicy

FORM = "application/x-www-form-urlencoded"
PROVIDER_TYPES = ("application/json", "application/jwk-set+json")
DOCUMENT_BYTES = 262_144
"""Size of what a provider answers."""


class Transport(Protocol):
    """The way to a provider; both raise `FetchError`, and nothing else."""

    def get(self, url: str) -> bytes:
        """Fetch a JSON document."""

    def post(self, url: str, form: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
        """Send a form, and return the JSON that is answered."""


class DirectTransport:
    """Goes the way itself."""

    def __init__(self, fetcher: Fetcher | messenger.Messenger) -> None:
        """Keep the fetcher."""
        self._fetcher = fetcher

    def get(self, url: str) -> bytes:
        """Fetch a JSON document."""
        return self._fetcher.fetch(url, accepted=PROVIDER_TYPES).data

    def post(self, url: str, form: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
        """Send a form, and return the JSON that is answered."""
        answer = self._fetcher.exchange(
            url, form, media_type=FORM, headers=headers, accepted=PROVIDER_TYPES
        )
        return answer.data


class Messenger(DirectTransport):
    """Has a process of its own go the way: the one that asks holds keys, and connects to nobody."""

    def __init__(self, policy: FetchPolicy) -> None:
        """Keep the policy; the process starts when somebody is sent for the first time."""
        self._messenger = messenger.Messenger(policy)
        super().__init__(self._messenger)

    def close(self) -> None:
        """End the process."""
        self._messenger.close()
