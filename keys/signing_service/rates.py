"""How much a signer signs in a second and in a day, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from keys.errors import SignerRefusedError


@dataclass(frozen=True, slots=True)
class Caps:
    """Most signatures of all keys of a signer together."""

    each_second: int = 500
    """A class is issued in a moment; a thief of the socket needs days for a million."""

    each_day: int = 100_000
    """In a day of UTC, restarts included."""


class Rate:
    """Counts signatures; the seconds by a monotonic clock, the days by the date."""

    def __init__(self, caps: Caps, monotonic: Callable[[], float]) -> None:
        """Count against `caps`; a full second's worth may be signed at once."""
        self._caps, self._monotonic = caps, monotonic
        self._left, self._since = float(caps.each_second), monotonic()

    def spend(self, today: date, signed_today: int) -> None:
        """Count one signature, or raise `SignerRefusedError` (SIGNER_BUSY, SIGNER_DAY_SPENT)."""
        if signed_today >= self._caps.each_day:
            raise SignerRefusedError(
                f"On {today} all {self._caps.each_day} signatures of a day were made. Look at the "
                "journal; raise --each-day if they were yours.",
                code="SIGNER_DAY_SPENT",
            )
        now = self._monotonic()
        grown = self._left + (now - self._since) * self._caps.each_second
        self._left, self._since = min(float(self._caps.each_second), grown), now
        if self._left < 1:
            text = f"More than {self._caps.each_second} signatures in a second were asked for."
            raise SignerRefusedError(text, code="SIGNER_BUSY", is_busy=True)
        self._left -= 1
