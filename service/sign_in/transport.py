"""The way to a provider: documents are fetched, and a code is exchanged, by the guarded fetcher.

A process that holds keys has a `Messenger`: another process, which holds none, goes the way.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Protocol

from service.errors import FetchError
from service.fetching import Fetcher
from service.fetching.fetcher import FetchPolicy

FORM = "application/x-www-form-urlencoded"
PROVIDER_TYPES = ("application/json", "application/jwk-set+json")
DOCUMENT_BYTES = 262_144
"""Size of what a provider answers."""

Answer = tuple[bytes | None, str, bool]
"""What was fetched, or why nothing was, and whether it was out of reach."""


class Transport(Protocol):
    """The way to a provider; both raise `FetchError`, and nothing else."""

    def get(self, url: str) -> bytes:
        """Fetch a JSON document."""

    def post(self, url: str, form: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
        """Send a form, and return the JSON that is answered."""


class DirectTransport:
    """Goes the way itself."""

    def __init__(self, fetcher: Fetcher) -> None:
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


class Messenger:
    """Has a process of its own go the way: the one that asks holds keys, and connects to nobody."""

    def __init__(self, policy: FetchPolicy) -> None:
        """Keep the policy; the process starts when somebody is sent for the first time."""
        self._policy = policy
        self._pool: ProcessPoolExecutor | None = None

    def get(self, url: str) -> bytes:
        """Fetch a JSON document."""
        return self._sent(url, None, ())

    def post(self, url: str, form: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
        """Send a form, and return the JSON that is answered."""
        return self._sent(url, form, tuple(headers))

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _sent(self, url: str, form: bytes | None, headers: tuple[tuple[str, str], ...]) -> bytes:
        if self._pool is None:
            # A fork would take keys and open connections along.
            self._pool = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_leave_signals_to_others
            )
        try:
            asked = self._pool.submit(_go, self._policy, url, form, headers)
            data, code, is_outage = asked.result()
        except (BrokenProcessPool, RuntimeError) as error:
            self._pool = None
            text = "The process that asks providers ended. Try again."
            raise FetchError(text, code="MESSENGER_ENDED", is_outage=True) from error
        if data is None:
            text = "The provider could not be asked."
            raise FetchError(text, code=code, is_outage=is_outage)
        return data


def _leave_signals_to_others() -> None:
    """Go on when somebody presses Ctrl-C: whoever asked ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _go(
    policy: FetchPolicy, url: str, form: bytes | None, headers: tuple[tuple[str, str], ...]
) -> Answer:
    """Go the way; this is what the other process does."""
    transport = DirectTransport(Fetcher(policy))
    try:
        data = transport.get(url) if form is None else transport.post(url, form, headers)
    except FetchError as error:
        return None, error.code, error.is_outage
    return data, "", False
