"""A progress line on standard error: how many are done, how fast, how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

SECONDS_BETWEEN_TURNS = 0.2
"""How often the line is written anew on a terminal."""

SECONDS_BETWEEN_LINES = 10.0
"""How often a line is written where lines stay, as in a log."""


@dataclass(slots=True)
class ProgressLine:
    """Tells progress towards a number of things; is called with how many are done.

    On a terminal one line is written over and over, elsewhere one line after another.
    """

    length: int
    stream: TextIO
    clock: Callable[[], float] = time.monotonic
    begun: float = field(init=False)
    told_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin to count."""
        self.begun = self.told_at = self.clock()

    def __call__(self, done: int) -> None:
        """Tell the progress, if it was not told just before."""
        now, is_terminal = self.clock(), self.stream.isatty()
        pause = SECONDS_BETWEEN_TURNS if is_terminal else SECONDS_BETWEEN_LINES
        if now - self.told_at < pause and done < self.length:
            return
        self.told_at = now
        text = self._text(done, max(now - self.begun, SECONDS_BETWEEN_TURNS))
        # What was longer before is written over with spaces.
        self.stream.write(f"\r{text:<78}" if is_terminal else f"{text}\n")
        if is_terminal and done >= self.length:
            self.stream.write("\n")
        self.stream.flush()

    def _text(self, done: int, seconds: float) -> str:
        rate = done / seconds
        left = round((self.length - done) / rate) if rate else 0
        share = 100 * done // self.length if self.length else 100
        told = f"{done:,} of {self.length:,} ({share} %), {rate:,.0f} a second"
        return f"{told}, {left // 60}:{left % 60:02} left"
