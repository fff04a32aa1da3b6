"""What rules say at their boundaries: one step before, at the boundary, one step behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import schemas
from credentials.errors import CredentialError
from credentials.limits import DEFAULT_LIMITS
from credentials.linked_data.compiled import NotCompiledError
from credentials.linked_data.compiled.contexts import ContextCompiler
from credentials.linked_data.compiled.readings import Readings
from credentials.linked_data.datatypes import LARGEST_INTEGER_FORM
from credentials.sd_jwt.key_binding import KeyBinding
from credentials.status.bitstring import entries_set
from tests.factories import NOW, unsigned, world
from tests.recorded import told
from verifier.checks.key_binding import _answer, _times

Case = tuple[str, Any]

STEP = timedelta(seconds=1)
TOLERANCE = timedelta(seconds=DEFAULT_LIMITS.clock_tolerance_seconds)
AGE = timedelta(seconds=DEFAULT_LIMITS.key_binding_seconds)

NAMES = (
    *("name", "Achievement", "achievement", "id", "type", "@id", "@type", "@unknown", "@", ""),
    *("xsd:string", "OBI:x", "obi:x:y", "cred:a//b", "cred://b", "_:b0", "_:", ":x", "x:", "x:y"),
    *("https://x.example/a:b", "urn:x", "no such term", "a b:c", "obi", "Terms", "é:ü"),
)
CONTEXTS = {
    "badge": list(unsigned()["@context"]),
    "version 1": ["https://www.w3.org/2018/credentials/v1"],
    "version 2": ["https://www.w3.org/ns/credentials/v2"],
    "examples": [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ],
}


def names() -> Iterator[Case]:
    """Record to what names expand under contexts that come along."""
    compiler = ContextCompiler(schemas.load_context)
    for kind, contexts in CONTEXTS.items():
        active = compiler.compile(contexts)
        known = {*NAMES, *sorted(active.terms)[::7]}
        for name in sorted(known):
            yield f"{kind}: {name}", [expanded(active, name, vocab=vocab) for vocab in (0, 1)]
        yield f"{kind}: prefixes", active.prefixes()


def expanded(active: Any, name: str, *, vocab: int) -> str | None:
    try:
        found: str | None = active.expand_iri(name, vocab=bool(vocab))
    except NotCompiledError as error:
        return f"left to the library: {error}"
    return found


def numbers() -> Iterator[Case]:
    """Record how numbers are written at the boundary of the integer form (JSON-LD 1.1, 8.2.2)."""
    readings = Readings(ContextCompiler(schemas.load_context))
    for sign in (1, -1):
        for step in (-1, 0, 1):
            number = sign * (LARGEST_INTEGER_FORM + step)
            for value in (number, float(number), sign * 0.5, sign * 5.0, sign * 0):
                yield f"{value!r} ({step})", statements_with(readings, value)


def statements_with(readings: Readings, value: float) -> Any:
    document = unsigned()
    document["credentialSubject"]["creditsEarned"] = value
    reading = readings.read(document)
    if reading is None:
        return "left to the library"
    try:
        lines = reading.n_quads("SHA-256", DEFAULT_LIMITS)
    except CredentialError as error:
        return error.code
    text = lines if isinstance(lines, str) else lines.decode()
    return [line.partition(" ")[2] for line in text.splitlines() if "creditsEarned" in line]


def presentations() -> Iterator[Case]:
    """Record what is said of presentations by when, for whom and in answer to what."""
    edges = {"tolerance": TOLERANCE, "age": AGE + TOLERANCE, "nothing": timedelta()}
    for name, edge in edges.items():
        for step in (-STEP, timedelta(), STEP):
            for way in (1, -1):
                moment = NOW - way * (edge + step)
                stated = int(moment.timestamp())
                binding = KeyBinding("n", "https://v.example", moment, {})
                for required in (True, False):
                    said = told(_times(binding, world(), is_required=required))
                    yield f"signed {way * (edge + step)} ago ({name}, {required})", said
                for claim in ("nbf", "exp"):
                    timed = KeyBinding("n", "https://v.example", NOW, {claim: stated})
                    said = told(_times(timed, world(), is_required=True))
                    yield f"{claim} {way * (edge + step)} ago ({name})", said
    odd = KeyBinding("n", "https://v.example", NOW, {"nbf": "x", "exp": "y"})
    yield "periods that are none", told(_times(odd, world(), is_required=True))
    for challenge in (None, "n", "m"):
        for domain in (None, "https://v.example", "https://w.example"):
            here = world(expected_challenge=challenge, expected_domain=domain)
            binding = KeyBinding("n", "https://v.example", NOW, {})
            yield f"asked {challenge} for {domain}", told(_answer(binding, here))


def entries() -> Iterator[Case]:
    """Record which entries of a list are set."""
    for bits in (b"", b"\x00", b"\x80", b"\x01", b"\xff\x00\x41"):
        yield bits.hex(), list(entries_set(bits))


AREAS = {
    "entries that are set": entries,
    "expanded names": names,
    "numbers at their boundary": numbers,
    "presentations in time": presentations,
}
