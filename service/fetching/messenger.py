"""Another process goes the way: the one that asks holds keys, and connects to nobody.

What comes back are documents and errors; keys, cookies and open connections stay where they are.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

from service.errors import FetchError
from service.fetching.answers import JSON_TYPES
from service.fetching.fetcher import HANDED_OVER, Fetched, Fetcher, FetchPolicy


@dataclass(frozen=True, slots=True)
class Errand:
    """One way to go: without `data` a document is fetched, with it the bytes are handed over."""

    url: str
    data: bytes | None = None
    media_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    accepted: tuple[str, ...] = JSON_TYPES
    redirects: int = 0
    statuses: tuple[int, ...] = HANDED_OVER


Outcome = Fetched | tuple[str, str, bool, int | None]
"""What was fetched; or why nothing was: words, code, whether it was out of reach, and status."""


class Messenger:
    """Has processes of its own go the way; they begin when somebody is sent for the first time."""

    def __init__(self, policy: FetchPolicy, *, at_once: int = 1) -> None:
        """Keep the policy; `at_once` is how many may be under way."""
        self._policy, self._at_once = policy, at_once
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def fetch(
        self, url: str, *, accepted: Sequence[str] = JSON_TYPES, redirects: int = 0
    ) -> Fetched:
        """Fetch a document as `Fetcher.fetch` does; raise `FetchError`."""
        return self._sent(Errand(url, accepted=tuple(accepted), redirects=redirects))

    def exchange(
        self,
        url: str,
        data: bytes,
        *,
        media_type: str,
        headers: Sequence[tuple[str, str]] = (),
        accepted: Sequence[str] = JSON_TYPES,
        statuses: Sequence[int] = HANDED_OVER,
    ) -> Fetched:
        """Hand bytes over as `Fetcher.exchange` does; raise `FetchError`."""
        kinds, wanted = tuple(accepted), tuple(statuses)
        errand = Errand(url, data, media_type, tuple(headers), kinds, statuses=wanted)
        return self._sent(errand)

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def _sent(self, errand: Errand) -> Fetched:
        try:
            outcome = self._begun().submit(_go, self._policy, errand).result()
        except (BrokenProcessPool, RuntimeError) as error:
            self.close()
            text = "The process that asks others ended. Try again."
            raise FetchError(text, code="MESSENGER_ENDED", is_outage=True) from error
        if isinstance(outcome, Fetched):
            return outcome
        text, code, is_outage, status = outcome
        raise FetchError(text, code=code, is_outage=is_outage, http_status=status)

    def _begun(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                # A fork would take keys and open connections along.
                self._pool = ProcessPoolExecutor(
                    self._at_once,
                    mp_context=get_context("spawn"),
                    initializer=_leave_signals_to_others,
                )
            return self._pool


def _leave_signals_to_others() -> None:
    """Go on when somebody presses Ctrl-C: whoever asked ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _go(policy: FetchPolicy, errand: Errand) -> Outcome:
    """Go the way; this is what the other process does."""
    fetcher = Fetcher(policy)
    try:
        if errand.data is None:
            return fetcher.fetch(errand.url, accepted=errand.accepted, redirects=errand.redirects)
        return fetcher.exchange(
            errand.url,
            errand.data,
            media_type=errand.media_type,
            headers=errand.headers,
            accepted=errand.accepted,
            statuses=errand.statuses,
        )
    except FetchError as error:
        return error.message, error.code, error.is_outage, error.http_status
