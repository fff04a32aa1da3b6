"""The newest published edition, without a new start: what is served changes when there is another.

Reading a large edition takes seconds.  Meanwhile, and if the new one cannot be used, the one before
is served.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from authority.catalogue import Catalogue
from authority.errors import NotListedError
from credentials.errors import TallystickError

CHECK_SECONDS = 1.0
"""How often it is asked at most whether there is another edition."""

Version = object
"""Names what is published now; another value means another edition."""


class Newest:
    """Serves the newest edition that could be read."""

    def __init__(
        self,
        version: Callable[[], Version | None],
        load: Callable[[], Catalogue],
        clock: Callable[[], float],
        tell: Callable[[str], None],
    ) -> None:
        """Take how to learn what is published, to read it, a clock in seconds, and whom to tell.

        `version` gives None while nothing is published; `tell` gets a sentence if an edition
        cannot be used.
        """
        self._version, self._load, self._clock, self._tell = version, load, clock, tell
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None
        self._known: Version | None = None
        self._asked = float("-inf")

    def start(self, catalogue: Catalogue) -> None:
        """Serve a catalogue that was read already."""
        self._known, self._catalogue = self._version(), catalogue

    def current(self) -> Catalogue:
        """Give what is served now, and begin to read another edition if there is one.

        Raises `NotListedError` while nothing was published.
        """
        if self._catalogue is None:
            self.refresh()
        elif self._clock() - self._asked >= CHECK_SECONDS and not self._lock.locked():
            self._asked = self._clock()
            if self._version() != self._known:
                threading.Thread(target=self.refresh, daemon=True).start()
        if self._catalogue is None:
            text = "No edition of this register has been published yet."
            raise NotListedError(text, code="NOT_PUBLISHED")
        return self._catalogue

    def refresh(self) -> None:
        """Read the newest edition, if it is another one; whoever calls waits for it."""
        with self._lock:
            version = self._version()
            if version is None or version == self._known:
                return
            try:
                catalogue = self._load()
            except TallystickError as error:
                self._tell(f"The new edition is not served: {error.message} [{error.code}]")
            else:
                self._catalogue = catalogue
            # One that cannot be used is not read again and again.
            self._known = version


def always(catalogue: Catalogue) -> Callable[[], Catalogue]:
    """Serve one catalogue that never changes."""
    return lambda: catalogue
