"""What is done to many documents, in a form that other processes can be given."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol


class Piece(NamedTuple):
    """One document: the number of its line or file (from 1), and its bytes or its path."""

    number: int
    data: bytes


class Result(NamedTuple):
    """What came of one document: the word it is counted under, and what is written about it.

    `told` is one line without its end; `made` is a credential that was issued.
    """

    outcome: str
    told: bytes
    made: bytes = b""


Batch = tuple[Piece, ...]
Results = list[Result]
Do = Callable[[Batch], Results]


class Work(Protocol):
    """Options of a command; every process that works begins with them by itself.

    It is equal to a work with the same options, and can be hashed and pickled.
    """

    def __hash__(self) -> int:
        """Hash the options."""

    def begin(self) -> Do:
        """Read what the options name, and return what is then done to each batch."""
