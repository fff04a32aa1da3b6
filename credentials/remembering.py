"""Remembering answers that are always the same, the most recently asked ones."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


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
            if question in self._answers:
                self._answers.move_to_end(question)
                return self._answers[question]
        answer = find()
        with self._lock:
            self._answers[question] = answer
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return answer
