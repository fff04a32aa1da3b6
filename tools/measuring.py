"""Measuring a piece of work, and writing what was measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def measure(work: Callable[[], object], *, rounds: int, calls: int) -> list[float]:
    """Time a piece of work: milliseconds of processor time for one call, in each round."""
    work()
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(calls):
            work()
        times.append((time.process_time() - begun) * 1_000 / calls)
    return times


def row(what: str, times: list[float], goal: str) -> str:
    """Write a line of the report."""
    low, middle, high = min(times), statistics.median(times), max(times)
    return f"| {what} | {low:.2f} | {middle:.2f} | {high:.2f} | {goal} |"
