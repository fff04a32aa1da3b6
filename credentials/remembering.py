"""Remembering answers that are always the same, the most recently asked ones."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")

_NONE: Any = object()
"""Stands for an answer that is not remembered."""


class Remembered(Generic[Answer]):
    """Answers by question, bounded in number; safe to use from several threads.

    A question must name everything that its answer depends on.  An answer that is an error is not
    remembered, and nothing is remembered in another process.
    """

    def __init__(self, most: int) -> None:
        """Take how many answers are kept."""
        self._most = most
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[Remembered[Answer]], tuple[int]]:
        """Begin with nothing in another process."""
        return type(self), (self._most,)

    def get(self, question: Hashable, find: Callable[[], Answer]) -> Answer:
        """Return the answer, found anew if it is not remembered."""
        with self._lock:
            known: Answer = self._answers.get(question, _NONE)
            if known is not _NONE:
                self._answers.move_to_end(question)
                return known
        answer = find()
        with self._lock:
            self._answers[question] = answer
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return answer


class Weighed(Generic[Answer]):
    """What was asked for most recently, bounded by weight; whoever shares it locks it."""

    def __init__(self, most: int) -> None:
        """Take how much is kept at most, in the unit of the weights."""
        self.most = most
        self.weight = 0
        self._kept: OrderedDict[Hashable, tuple[Answer, int]] = OrderedDict()

    def __len__(self) -> int:
        """Tell how many answers are kept."""
        return len(self._kept)

    def answers(self) -> list[Answer]:
        """List everything that is kept."""
        return [answer for answer, _weight in self._kept.values()]

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.weight = 0

    def find(self, question: Hashable) -> Answer | None:
        """Return the answer if it is kept."""
        kept = self._kept.get(question)
        if kept is None:
            return None
        self._kept.move_to_end(question)
        return kept[0]

    def keep(self, question: Hashable, answer: Answer, weight: int) -> list[Answer]:
        """Keep an answer; return those that were forgotten for it, itself if it is too heavy."""
        _former, former_weight = self._kept.pop(question, (None, 0))
        if weight > self.most:
            self.weight -= former_weight
            return [answer]
        self._kept[question] = (answer, weight)
        self.weight += weight - former_weight
        forgotten = []
        while self.weight > self.most:
            _question, (one, its_weight) = self._kept.popitem(last=False)
            self.weight -= its_weight
            forgotten.append(one)
        return forgotten
