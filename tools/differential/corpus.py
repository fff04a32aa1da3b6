"""The corpus: document number N is always the same one."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from random import Random

from credentials.json_types import JsonObject
from tools.differential.mutations import CHANGES
from tools.differential.originals import ORIGINALS

KINDS = tuple(CHANGES)
NAMES = tuple(ORIGINALS)
FEWER = 0.55
"""How often a document has one change more: most have one or two, so that most can be signed."""


@dataclass(frozen=True, slots=True)
class Made:
    """A document of the corpus, and how it came about."""

    number: int
    original: str
    changes: tuple[str, ...]
    document: JsonObject


def made(number: int) -> Made:
    """Make a document by its number; the kinds of change and the originals take turns."""
    random = Random(number)
    original = NAMES[number // len(KINDS) % len(NAMES)]
    changes = [KINDS[number % len(KINDS)]]
    while random.random() > FEWER:
        changes.append(random.choice(KINDS))
    document = deepcopy(ORIGINALS[original])
    for change in changes:
        CHANGES[change](document, random)
    return Made(number, original, tuple(changes), document)


def corpus(numbers: range) -> Iterator[Made]:
    """Make documents by their numbers."""
    return map(made, numbers)
