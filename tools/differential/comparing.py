"""Holding the outcomes of the sides against each other, and tallying what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from credentials.json_types import JsonObject
from tools.differential.classes import FROM_JSONLD_JS, FROM_PYLD, REFUSALS, Difference
from tools.differential.corpus import Made
from tools.differential.sides import BEYOND_LIMIT, JsonLdJs, Outcome, ours, pyld

EXAMPLES = 3
"""Numbers of documents that are kept for each class."""

EQUAL = "equal"
BOTH_REFUSE = "refused by both"
ACCEPTED_HERE_ONLY = "accepted here, refused by safe mode"
UNEXPLAINED = "unexplained"
PYLD_EQUAL = "PyLD: equal"
PYLD_WITHOUT_SAFE_MODE = "PyLD: accepted without a word, refused by safe mode"
PYLD_REFUSES = "PyLD: refused, accepted by safe mode"


@dataclass(slots=True)
class Tally:
    """How many documents there were of each sort, with the numbers of some of them."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, sort: str, number: int) -> None:
        """Count a document."""
        self.counts[sort] += 1
        if len(self.examples[sort]) < EXAMPLES:
            self.examples[sort].append(number)

    @property
    def faults(self) -> dict[str, list[int]]:
        """What must not be: documents accepted here only, and differences without a reason."""
        return {
            sort: numbers
            for sort, numbers in self.examples.items()
            if sort.endswith(UNEXPLAINED) or sort == ACCEPTED_HERE_ONLY
        }


def compare(made: Sequence[Made], js: JsonLdJs, tally: Tally) -> None:
    """Have three sides canonicalize some documents, and tally what came of it."""
    js.send([one.document for one in made])
    mine = [ours(one.document) for one in made]
    library = [pyld(one.document) for one in made]
    for one, our, their, its in zip(made, mine, js.receive(), library, strict=True):
        tally.add(_sort(one.document, our, their, js), one.number)
        tally.add(_sort_of_pyld(one.document, its, their, js), one.number)
        if their.n_quads is not None and their.refusal == BEYOND_LIMIT:
            tally.add(f"canonicalized: {BEYOND_LIMIT}", one.number)


def _sort(document: JsonObject, our: Outcome, their: Outcome, js: JsonLdJs) -> str:
    if their.n_quads is None:
        return BOTH_REFUSE if our.n_quads is None else ACCEPTED_HERE_ONLY
    if our.n_quads is None:
        return f"refused here: {_reason(document, our.refusal)}"
    if our.n_quads == their.n_quads:
        return EQUAL
    return f"differs: {_explanation(document, FROM_JSONLD_JS, js, ours)}"


def _sort_of_pyld(document: JsonObject, its: Outcome, their: Outcome, js: JsonLdJs) -> str:
    if their.n_quads is None:
        return "PyLD: refused by both" if its.n_quads is None else PYLD_WITHOUT_SAFE_MODE
    if its.n_quads is None:
        return PYLD_REFUSES
    if its.n_quads == their.n_quads:
        return PYLD_EQUAL
    return f"PyLD differs: {_explanation(document, FROM_PYLD, js, pyld)}"


def _reason(document: JsonObject, code: str) -> str:
    for refusal in REFUSALS:
        if code in refusal.codes and refusal.is_in(document):
            return refusal.id
    return f"{code}: {UNEXPLAINED}"


def _explanation(
    document: JsonObject, classes: Sequence[Difference], js: JsonLdJs, side: object
) -> str:
    """Name the class without which the sides agree, or the fewest that it takes together."""
    present = [one for one in classes if one.without(document) != document]
    for count in range(1, len(present) + 1):
        for some in combinations(present, count):
            plain = document
            for one in some:
                plain = one.without(plain)
            if _agree(plain, js, side):
                return " and ".join(one.id for one in some)
    return UNEXPLAINED


def _agree(document: JsonObject, js: JsonLdJs, side: object) -> bool:
    js.send([document])
    (their,) = js.receive()
    mine = ours(document) if side is ours else pyld(document)
    # What is still refused cannot be held against anything.
    return mine.n_quads is not None and mine.n_quads == their.n_quads
