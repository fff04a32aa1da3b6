"""Counting what came of a stream, and telling it at the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tallystick.streams.work import Results

NO_TIME = 1e-9
"""Seconds that are taken at least, so that a rate can be told."""


@dataclass(slots=True)
class Tally:
    """How many documents came to which outcome, since it was made.

    `words` are the outcomes, in the order in which they are told, with their words.
    """

    words: dict[str, str]
    clock: Callable[[], float] = time.monotonic
    counts: Counter[str] = field(default_factory=Counter)
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin to take the time."""
        self.begun = self.clock()

    def count(self, results: Results) -> None:
        """Count some results."""
        self.counts.update(result.outcome for result in results)

    @property
    def total(self) -> int:
        """How many there were in all."""
        return sum(self.counts.values())

    def in_words(self) -> str:
        """Say how many there were of each outcome, and how fast that was."""
        seconds = max(self.clock() - self.begun, NO_TIME)
        parts = ", ".join(f"{self.counts[name]:,} {word}" for name, word in self.words.items())
        rate = self.total / seconds
        return f"{self.total:,} in all: {parts}; {seconds:,.1f} s, {rate:,.0f} a second."
