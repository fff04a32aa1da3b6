"""What the one pass over compiled contexts answers, and which documents it leaves to the library.

Each document is read by a compiler that has seen no other, so nothing is taken from memory.  That
the answers are those of the library is the business of `test_reading` and `test_compiled`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import schemas
from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS
from credentials.linked_data import compiled
from credentials.linked_data.compiled import ContextCompiler, NotCompiledError
from credentials.linked_data.compiled.readings import Reading, Readings
from credentials.linked_data.reading import faithful_findings
from credentials.strict_json import serialize_json
from tests.credentials.linked_data.mutations import mutated
from tests.credentials.linked_data.test_reading import ALLOWED, KINDS

Case = tuple[str, Any]

SEEDS = 80
"""Documents of each kind with something odd in them."""


def digest(text: str | bytes) -> str:
    """Shorten what was read; a text of thousands of statements says no more to anybody."""
    data = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(data).hexdigest()[:12]


def fresh() -> ContextCompiler:
    return ContextCompiler(schemas.load_context)


def read(readings: Readings, document: JsonObject) -> str:
    """Tell what a pass found out of a document, without its proofs, and of them alone.

    It is nothing where the document is left to the library.
    """
    bare = {name: value for name, value in document.items() if name != "proof"}
    found = [readings.read(document), readings.read(bare)]
    if "proof" in document:
        found.append(readings.read_proof(document))
    return " | ".join("nothing" if one is None else told(one) for one in found)


def told(reading: Reading) -> str:
    try:
        text = digest(reading.n_quads("SHA-256", DEFAULT_LIMITS))
    except CredentialError as error:
        text = error.code
    flags = f"{'returns ' * reading.returns}{'usual' * reading.has_usual_contexts}"
    numbers = f"{reading.values} {reading.embedded} {[len(one) for one in reading.contexts]}"
    return f"{text} {numbers} {flags}"


def there_and_back(compiler: ContextCompiler, document: JsonObject) -> str:
    """Expand and compact; name where each of both stopped."""
    try:
        expanded = compiled.expand(document, compiler)
    except NotCompiledError as error:
        return f"not expanded: {error}"
    try:
        back = compiled.compact(expanded, document["@context"], compiler)
    except NotCompiledError as error:
        return f"{digest(serialize_json(expanded))}, not compacted: {error}"
    return f"{digest(serialize_json(expanded))} {digest(serialize_json(back))}"


def judged(document: JsonObject) -> Any:
    """Judge whether JSON and RDF of a document say the same, by a processor of its own."""

    def load(url: str) -> JsonObject:
        return schemas.load_context(url)

    try:
        found = faithful_findings(document, load_context=load, allowed_contexts=ALLOWED)
    except CredentialError as error:
        return [error.code, error.pointer]
    return [one.code for one in found]


def readings_of(kind: str) -> Iterator[Case]:
    document = KINDS[kind]
    yield "as it is", read(Readings(fresh()), document)
    yield "as it is, there and back", there_and_back(fresh(), document)
    yield "as it is, judged", judged(document)
    readings = Readings(fresh())
    for seed in range(SEEDS):
        yield f"odd {seed}", read(readings, mutated(document, seed))


def expansions_of(kind: str) -> Iterator[Case]:
    compiler = fresh()
    for seed in range(SEEDS):
        yield f"odd {seed}", there_and_back(compiler, mutated(KINDS[kind], seed))


AREAS: dict[str, Callable[[], Iterator[Case]]] = {
    **{f"readings of {kind}": partial(readings_of, kind) for kind in KINDS},
    **{f"expansions of {kind}": partial(expansions_of, kind) for kind in KINDS},
}
