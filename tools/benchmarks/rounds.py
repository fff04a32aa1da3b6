"""Rounds in which all sides take turns, so that what else the machine does meets all alike."""

from __future__ import annotations

import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tools.benchmarks.rows import OURS, Contender, Row
from tools.benchmarks.sides import Answer, Side, SideError

BLOCK_SECONDS = 0.3
"""How long a side works in its turn, about, by its processor."""

QUICK_SHARE = 0.3
"""How much of that, and of the warm-up, is done where one round is all there is."""

MOST_DOCUMENTS = 1_000
WARM_UP = 20
"""Documents before the first that counts: JavaScript compiles what is used often."""


@dataclass(slots=True)
class Result:
    """What came of a row: for each side an answer in each round, or why there is none."""

    row: Row
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, str] = field(default_factory=dict)

    def per_second(self, name: str) -> float:
        """Documents a second of the clock; the median of the rounds."""
        return statistics.median(one.per_second for one in self.answers[name])

    def per_processor_second(self, name: str) -> float:
        """Documents a second of the processor; the median of the rounds."""
        return statistics.median(one.per_processor_second for one in self.answers[name])

    def milliseconds(self, name: str) -> float:
        """Processor time of one document."""
        return 1_000 / self.per_processor_second(name)

    def ratios(self, name: str, *, of_processor: bool = False) -> list[float]:
        """How many times as many documents we do as another side, round by round."""
        pairs = zip(self.answers[OURS], self.answers[name], strict=True)
        if of_processor:
            return [one.per_processor_second / two.per_processor_second for one, two in pairs]
        return [one.per_second / two.per_second for one, two in pairs]

    @property
    def best(self) -> str | None:
        """The quickest of the sides that set the ratio, or the first other one; None without us."""
        if not self.answers.get(OURS):
            return None
        names = [one.name for one in self.row.others if self.answers.get(one.name)]
        measures = [one.name for one in self.row.others if one.sets_the_ratio]
        chosen = [name for name in names if name in measures] or names[:1]
        return max(chosen, key=self.per_second) if chosen else None


def run(
    rows: Iterable[Row], sides: Mapping[str, Side], rounds: int, held: Mapping[str, int]
) -> list[Result]:
    """Measure rows; `held` tells how many documents of each sort there are."""
    results = [Result(row) for row in rows]
    counts = {result.row.id: _calibrated(result, sides, rounds, held) for result in results}
    for number in range(rounds):
        for result in results:
            _round(result, sides, number, counts[result.row.id])
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return results


def _contenders(row: Row) -> tuple[Contender, ...]:
    return (Contender(OURS, "ours", row.ours), *row.others)


def _calibrated(
    result: Result, sides: Mapping[str, Side], rounds: int, held: Mapping[str, int]
) -> dict[str, int]:
    """Warm all sides up, and choose how many documents each does in its turn."""
    row = result.row
    share = QUICK_SHARE if rounds == 1 else 1.0
    counts = {}
    for one in _contenders(row):
        documents = one.documents or row.documents
        warm_up = 2 if row.is_cold else round(WARM_UP * share)
        try:
            sides[one.process].ask(one.task, documents, 0, warm_up)
            took = sides[one.process].ask(one.task, documents, warm_up, max(2, warm_up // 4))
        except SideError as error:
            result.failures[one.name] = str(error)
            print(f"{row.id}, {one.name}: {error}", file=sys.stderr, flush=True)
            continue
        count = round(BLOCK_SECONDS * share * took.per_processor_second)
        most = (held[documents] - 4) // rounds if row.is_cold else MOST_DOCUMENTS
        counts[one.name] = max(1, min(count, most))
    return counts


def _round(
    result: Result, sides: Mapping[str, Side], number: int, counts: Mapping[str, int]
) -> None:
    row = result.row
    for one in _contenders(row):
        if one.name not in counts:
            continue
        count = counts[one.name]
        first = 4 + number * count if row.is_cold else 0
        try:
            answer = sides[one.process].ask(one.task, one.documents or row.documents, first, count)
        except SideError as error:
            sys.exit(f"{row.id}, {one.name}: {error}")
        result.answers[one.name].append(answer)
