"""Whatever was read before, a document gets the answer that a fresh process would give it."""

from __future__ import annotations

import ctypes
import json
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

import schemas
from credentials.errors import CredentialError
from credentials.full_bytes import full_bytes
from credentials.json_types import JsonObject, JsonValue
from credentials.level_credit import value_rules
from credentials.linked_data.compiled.readings import ExchangedReading
from credentials.proofs.registry import CRYPTOSUITES
from credentials.remembering import Remembered
from credentials.strict_json import serialize_json
from frameworks.registers import ANSWERS_REMEMBERED, QUESTION_CHARACTERS, Registers
from tests.credentials.linked_data.mutations import VALUES, mutated
from tests.credentials.linked_data.test_templates import badge, fresh, place_of, said
from tests.factories import check, codes, sign, unsigned
from tests.soak import repetitions
from tests.verifier.valued import registers
from tools import bench_workload
from verifier.checks.world import World
from verifier.verifier import Verifier

FIRST = 1
"""The first seed of streams that are verified: some of its documents are valid."""

READ = repetitions(6, soak=3_000)
VERIFIED = repetitions(1, soak=400)
"""Streams of documents."""

PROVIDER = bench_workload.Provider.of(0)
COURSE = bench_workload.badge()["credentialSubject"]["achievement"]["id"]
ODD: tuple[JsonValue, ...] = (
    *(
        "",
        "a",
        "A",
        "@id",
        "_:b0",
        "urn:y",
        "e\u0301",
        "\u00e9",
        "\ufffe",
        "\u0000",
        '"',
        "\\",
        "\n",
    ),
    *("null", "true", "1", "1.0", "\U0001f600", "x" * 300, PROVIDER.id, PROVIDER.host, COURSE),
    *("2026-01-15T09:00:00Z", "2036-01-15T09:00:00+00:00", "sha256$ab", "did:example:learner"),
    *(1, True, 1.0, 0, -0.0, 0.0, False, 2.5, 1e21, 10**18, 1e-7, None, -3, *VALUES),
)
"""Values that may be taken for others, or change what their place means."""


def compared(other: JsonValue) -> JsonObject:
    """Build a badge with two pieces of evidence, of which the first is described."""
    evidence = {"id": "urn:x", "type": ["Evidence"], "name": "Logbook"}
    return badge() | {"evidence": [evidence, other]}


BASES: tuple[JsonObject, ...] = (
    bench_workload.badge(),
    unsigned(),
    badge(),
    compared({"id": "urn:y"}),
    compared({"type": ["Evidence"], "name": "Film"}),
)


WORDS = ("name", "description", "narrative", "role", "term", "caption", "targetName", "hashed")
"""Members that decide nothing, so that what differs in them may be valid."""


def leaves(value: JsonValue, above: str = "") -> Iterator[str]:
    """List the pointers of all members that are no objects and arrays; classes apart."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        if isinstance(inner, dict | list):
            yield from leaves(inner, f"{above}/{step}")
        elif isinstance(step, str) and step != "type":
            yield f"{above}/{step}"


def tame(value: JsonValue, turn: int) -> JsonValue:
    """Make another value of the kind that a course has in its place."""
    if not isinstance(value, str):
        return turn % 7 if type(value) is int else value
    if "T" in value and value[:4].isdigit():
        return f"2026-01-{turn + 1:02d}T09:00:00Z"
    return f"urn:t:{turn % 5}" if ":" in value else f"t{turn % 5}"


def stream(random: Random) -> Iterator[JsonObject]:
    """Make up documents of one course; from the fourth on, some have something odd in a slot."""
    base = deepcopy(random.choice(BASES))
    places = list(leaves(base))
    words = [pointer for pointer in places if pointer.rsplit("/", 1)[1] in WORDS]
    slots = random.sample(random.choice((words, places)), random.randint(1, 3))
    for turn in range(10):
        document = deepcopy(base)
        document["id"] = f"urn:uuid:{turn}"
        odd = random.choice(slots) if turn > 2 and random.random() < 0.5 else None
        for pointer in slots:
            holder, last = place_of(document, pointer)
            holder[last] = tame(holder[last], turn)
            if pointer == odd:
                holder[last] = deepcopy(random.choice(ODD))
        is_other = turn > 3 and random.random() < 0.1
        yield mutated(document, random.randrange(10**6)) if is_other else document


def test_what_was_read_before_changes_no_reading() -> None:
    exchanged = 0
    for seed in range(READ):
        warm = fresh()
        for document in stream(Random(seed)):
            found = warm.read(document)
            assert said(found) == said(fresh().read(document)), (seed, document)
            exchanged += type(found) is ExchangedReading
    assert exchanged > READ


WORLD = bench_workload.world([PROVIDER])
OTHER = registers()


def worlds(monkeypatch: pytest.MonkeyPatch) -> tuple[World, ...]:
    """Build readers with other days and other registers, who remember nothing yet."""
    monkeypatch.setattr(value_rules, "_READ", Remembered(512))
    (own,) = (WORLD.registers() if WORLD.registers else Registers(),)
    known = [replace(one, remembered=Remembered(ANSWERS_REMEMBERED)) for one in (own, OTHER)]
    common = replace(WORLD, load_context=lambda url: schemas.load_context(url))
    first = replace(common, registers=lambda: known[0])
    later = replace(first, now=first.now + timedelta(days=4_000))
    return first, later, replace(common, registers=lambda: known[1])


def signed(document: JsonObject, random: Random) -> JsonObject:
    """Sign a document if that can be done, and change it afterwards now and then."""
    if isinstance(document.get("issuer"), dict):
        document["issuer"]["id"] = PROVIDER.id
    suite = CRYPTOSUITES[random.choice(("eddsa-rdfc-2022", "eddsa-jcs-2022"))]
    try:
        document = bench_workload.sign(document, PROVIDER, suite)
    except CredentialError:
        return document
    if random.random() < 0.15:
        holder, last = place_of(document, random.choice(list(leaves(document))))
        holder[last] = random.choice(ODD)
    return document


def report(world: World, data: bytes) -> JsonObject:
    """Write the whole report."""
    return Verifier(world).check(data).to_json()


def test_what_was_verified_before_changes_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + VERIFIED):
        random = Random(seed)
        rows = [(signed(one, random), random.randrange(3)) for one in stream(random)]
        asked = [(serialize_json(document), reader) for document, reader in rows]
        warm = worlds(monkeypatch)
        first = [report(warm[reader], data) for data, reader in asked]
        again = [report(warm[reader], data) for data, reader in asked]
        for (data, reader), one, other in zip(asked, first, again, strict=True):
            alone = report(worlds(monkeypatch)[reader], data)
            assert json.dumps(one) == json.dumps(other) == json.dumps(alone), (seed, data)
            seen[alone["verdict"]] += 1
    assert len(seen) > 1


@pytest.mark.parametrize("identifier", ["urn:y", "urn:z"])
def test_an_object_that_becomes_like_the_one_beside_it_is_judged_by_the_whole(
    identifier: str,
) -> None:
    readings = fresh()
    for one in ("urn:a", "urn:b", "urn:c", identifier):
        document = compared({"id": "urn:y"})
        document["evidence"][0]["id"] = one
        found = readings.read(document)
        assert said(found) == said(fresh().read(document))
    assert (type(found) is ExchangedReading) == (identifier == "urn:z")


def long_name(name: int, statements: int) -> JsonObject:
    """Build a badge with a long id, about which much is said."""
    return unsigned(
        id=f"urn:{'x' * name}", evidence=[f"urn:{number}" for number in range(statements)]
    )


def test_a_long_name_is_not_written_before_thousands_of_statements() -> None:
    """It was: 1.9 GB and 3 s for 240 kB with 4,700 statements, although nobody had signed them."""
    document = long_name(40_000, 450) | {"proof": sign(unsigned())["proof"]}
    assert "TOO_COMPLEX" in codes(check(document))
    assert "TOO_COMPLEX" not in codes(check(long_name(40_000, 20) | {"proof": document["proof"]}))


def test_readings_weigh_what_is_written_of_them() -> None:
    readings = fresh()
    for number in range(12):
        document = long_name(8_000, 200) | {"name": str(number)}
        assert readings.read(document) is not None
    assert len(readings._kept) < 6


def test_templates_weigh_what_is_made_of_them() -> None:
    readings = fresh()
    for number in range(24):
        document: Any = unsigned(issuer=f"urn:i:{number // 2}", name=str(number))
        evidence: list[JsonObject] = [{"type": "Evidence", "name": name} for name in "ab"]
        document["evidence"] = [*evidence, *({} for _ in range(600))]
        assert readings.read(document) is not None
    kept = readings._templates.kept
    assert len(kept) <= 10
    places = {place for place_of, _course in kept.answers() if (place := place_of())}
    assert sum(len(place.templates) for place in places) == len(kept)


def test_a_key_takes_no_more_memory_than_its_text() -> None:
    library = ctypes.CDLL(None)
    library.malloc_usable_size.argtypes = [ctypes.c_void_p]
    library.malloc_usable_size.restype = ctypes.c_size_t
    key = full_bytes([{}] * 5_000)
    assert key is not None
    assert library.malloc_usable_size(id(key)) < 2 * len(key)


def test_long_texts_are_not_remembered_with_answers_about_values() -> None:
    own = registers()
    document: Any = sign(unsigned())
    check(document, registers=own)
    few = len(own.remembered._answers)
    document["credentialSubject"]["achievement"]["name"] = "x" * QUESTION_CHARACTERS
    check(document, registers=own)
    assert few == len(own.remembered._answers) > 0
