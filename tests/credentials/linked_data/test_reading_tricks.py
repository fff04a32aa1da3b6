"""Documents made to be read in two ways: under one hash, from one cache, in one place too many."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from copy import deepcopy
from itertools import permutations
from typing import Any

import pytest

import schemas
from credentials.errors import DataLossError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS
from credentials.linked_data import compiled, reading
from credentials.linked_data.compiled import ContextCompiler, contexts, fragments
from credentials.linked_data.compiled import readings as kept_readings
from credentials.linked_data.compiled.contexts import RootContext
from credentials.linked_data.compiled.readings import Readings
from credentials.linked_data.compiled.tables import NodeTable
from credentials.linked_data.rdf_canonicalization import canonicalize
from credentials.linked_data.round_trip import require_round_trip
from credentials.linked_data.safe_mode import to_dataset
from tests.credentials.linked_data.test_reading import compare, is_vouched_for
from tests.factories import sign, unsigned

VC_V2, OPEN_BADGES = unsigned()["@context"]
OLD_OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
Change = Callable[[JsonObject], Any]


def addressed() -> JsonObject:
    """Build a badge whose issuer has an address, which is a blank node."""
    document = unsigned()
    document["issuer"]["address"] = {"type": ["Address"], "addressLocality": "Wellington"}
    return document


def changed(change: Change) -> JsonObject:
    """Change a badge; `change` gets the document."""
    document = addressed()
    change(document)
    return document


def achievement(document: JsonObject) -> JsonObject:
    """Find the achievement of a badge."""
    found: JsonObject = document["credentialSubject"]["achievement"]
    return found


def with_achievement(**members: JsonValue) -> JsonObject:
    """Build a badge with other members of its achievement."""
    return changed(lambda document: achievement(document).update(members))


def endorsed(**members: JsonValue) -> JsonObject:
    """Build a badge with an endorsement, some members of which are changed after signing."""
    endorsement = unsigned(
        id="urn:uuid:3",
        type=["VerifiableCredential", "EndorsementCredential"],
        credentialSubject={"id": "urn:z", "type": ["EndorsementSubject"]},
    )
    return unsigned(endorsement=[{**sign(endorsement), **members}])


def move(document: JsonObject, name: str, other: str) -> None:
    """Name a member otherwise."""
    document[other] = document.pop(name)


HIDDEN: dict[str, JsonObject] = {
    "a member by its IRI": changed(
        lambda one: move(one, "validUntil", "https://www.w3.org/2018/credentials#validUntil")
    ),
    "a property by its class": changed(
        lambda one: move(one["credentialSubject"], "achievement", "Achievement")
    ),
    "the document described elsewhere": changed(
        lambda one: one.update(evidence=[{"id": one["id"], "type": "Evidence", "name": "x"}])
    ),
    "an achievement that is the document": changed(
        lambda one: achievement(one).update(id=one["id"])
    ),
    "an achievement that is the issuer": changed(
        lambda one: achievement(one).update(id=one["issuer"]["id"])
    ),
    "an issuer where none belongs": changed(
        lambda one: achievement(one).update(issuer=deepcopy(one["issuer"]))
    ),
    "contexts in other order": changed(lambda one: one["@context"].reverse()),
    "a part with the document's own contexts": with_achievement(
        **{"@context": [VC_V2, OPEN_BADGES]}
    ),
    "a part without any context": with_achievement(**{"@context": None}),
    "a blank node by name": with_achievement(id="_:b0"),
    "a keyword as id": with_achievement(id="@id"),
    "a class that is a property": with_achievement(type=["achievement"]),
    "classes that are none": with_achievement(type=[]),
    "a value object that says no more than its value": with_achievement(name={"@value": "x"}),
    "one text in two spellings of a language": with_achievement(
        name=[{"@value": "x", "@language": "EN"}, {"@value": "x", "@language": "en"}]
    ),
    "one alignment in two spellings": with_achievement(
        alignment=[
            {"type": ["Alignment"], "targetName": "x", "targetUrl": "urn:x"},
            {"type": ["Alignment"], "targetName": ["x"], "targetUrl": "urn:x"},
        ]
    ),
    "half of a character": with_achievement(name="\ud800"),
    "a number that is none": with_achievement(creditsAvailable=float("nan")),
    "a number without end": with_achievement(creditsAvailable=float("inf")),
    "a member of an endorsement by its IRI": endorsed(**{"https://schema.org/name": "x"}),
    "an endorsement's proof under other contexts": endorsed(
        proof={**sign(unsigned())["proof"], "@context": [VC_V2]}
    ),
    "a purpose by its IRI": {
        **sign(unsigned()),
        "proof": {
            **sign(unsigned())["proof"],
            "proofPurpose": "https://w3id.org/security#assertionMethod",
        },
    },
}


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_what_would_be_hidden_is_refused_however_often_it_comes(name: str) -> None:
    """The second and third time, the issuer and the achievement are known."""
    for _ in range(3):
        assert compare(deepcopy(HIDDEN[name])) == "refused"


def read(document: JsonObject, readings: Readings) -> str | None:
    """Canonicalize a document in the one pass."""
    found = readings.read(document)
    return None if found is None else found.n_quads("SHA-256", DEFAULT_LIMITS)


def by_steps(document: JsonObject) -> str:
    """Canonicalize a document by the separate steps."""
    return canonicalize(to_dataset(document, load_context=schemas.load_context)).n_quads


def fresh() -> Readings:
    """Begin without anything that was read before."""
    return Readings(ContextCompiler(schemas.load_context))


@pytest.mark.parametrize(
    "listed",
    [
        [VC_V2, OPEN_BADGES],
        [VC_V2, OLD_OPEN_BADGES],
        [VC_V2, OPEN_BADGES, EXAMPLES],
        [VC_V2, EXAMPLES],
    ],
)
def test_a_known_part_means_what_the_contexts_of_each_document_say(listed: list[str]) -> None:
    readings = fresh()
    for number in range(3):
        read(addressed() | {"id": f"urn:uuid:{number}"}, readings)
    for number in range(3):
        document = addressed() | {"@context": listed, "id": f"urn:uuid:{number}"}
        text = read(document, readings)
        assert text is None or text == by_steps(document)


def test_a_known_part_is_another_one_in_another_place() -> None:
    """The same object as issuer and as achievement, and in a subject of another class."""
    readings = fresh()
    for number in range(3):
        read(addressed() | {"id": f"urn:uuid:{number}"}, readings)
        for change in (
            lambda one: one["credentialSubject"].update(type=["Profile"]),
            lambda one: one["credentialSubject"].update(achievement=one["issuer"]),
            lambda one: one.update(issuer=achievement(one)),
        ):
            document = changed(change) | {"id": f"urn:uuid:{number}"}
            text = read(document, readings)
            assert text is None or text == by_steps(document)


def test_a_part_that_stands_twice_has_its_blank_nodes_twice() -> None:
    readings = fresh()
    document = addressed()
    document["issuer"] = [document["issuer"], deepcopy(document["issuer"])]
    for number in range(3):
        document["id"] = f"urn:uuid:{number}"
        text = read(document, readings)
        assert text == by_steps(document)
        assert text is not None
        assert text.count('"Wellington"') == 2


@pytest.mark.parametrize("value", [1, 1.0, True, "1", -0.0, 0, False, 2**53 + 1, 1e21, 1e-7])
def test_values_that_python_takes_for_equal_are_told_apart(value: JsonValue) -> None:
    readings = fresh()
    for other in (1, True, "1", 1.0, 0, False):
        for number in range(3):
            read(with_achievement(creditsAvailable=other) | {"id": f"urn:x:{number}"}, readings)
    document = with_achievement(creditsAvailable=value)
    assert read(document, readings) == by_steps(document)


@pytest.mark.parametrize(
    "text", ["\ufffe", "\uffff", "\x7f", "\x0b", "\x08\x0c", '\\"', "\U0001fffe"]
)
def test_characters_are_written_as_the_steps_write_them(text: str) -> None:
    document = with_achievement(name=text, tag=[text, "b"])
    assert read(document, fresh()) == by_steps(document)


def test_what_is_kept_does_not_change_with_the_documents_that_it_came_from() -> None:
    readings = fresh()
    document = addressed()
    for number in range(3):
        document["id"] = f"urn:uuid:{number}"
        read(document, readings)
    before = deepcopy(document)
    achievement(document)["name"] = "Something else"
    document["issuer"]["address"]["addressLocality"] = "Auckland"
    assert read(document, readings) == by_steps(document)
    assert read(before, readings) == by_steps(before)


def test_many_different_parts_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "SEEN", 50)
    monkeypatch.setattr(fragments, "FRAGMENTS_BYTES", 20_000)
    readings = fresh()
    for number in range(120):
        document = addressed()
        document["issuer"]["name"] = f"Institution {number}"
        for turn in range(2):
            assert read(document | {"id": f"urn:uuid:{number}:{turn}"}, readings)
    cache = readings._fragments
    assert len(cache.kept) > 10
    assert cache.kept.weight <= 20_000
    assert len(cache._seen) <= 50
    places = {place for place_of, _part in cache.kept.answers() if (place := place_of())}
    assert sum(len(place.fragments) for place in places) == len(cache.kept)


def test_documents_under_many_contexts_do_not_keep_these_contexts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A document of 300 bytes can ask for a context of 100 kB, and every list of URLs for one."""

    def load(url: str) -> JsonObject:
        return schemas.load_context(url)

    monkeypatch.setattr(contexts, "ROOT_CONTEXTS", 4)
    readings = Readings(ContextCompiler(load))
    others = sorted(schemas.context_urls() - {VC_V2, OPEN_BADGES})
    read_so_far = 0
    for order in permutations(others, 2):
        for turn in range(3):
            document = addressed() | {"@context": [VC_V2, OPEN_BADGES, *order], "id": f"urn:{turn}"}
            found = readings.read(document)
        read_so_far += found is not None
        if read_so_far == 12:
            break
    gc.collect()
    roots = [one for one in gc.get_objects() if type(one) is RootContext]
    assert read_so_far == 12
    assert sum(one.load_context is load for one in roots) <= 5


def test_classes_with_long_names_are_not_kept() -> None:
    readings = fresh()
    for number in range(20):
        document = with_achievement(type=["Achievement", f"urn:x:{number}:{'y' * 100_000}"])
        assert read(document, readings) == by_steps(document)
    tables = [one for one in gc.get_objects() if type(one) is NodeTable]
    assert not any("y" * 100_000 in tail for one in tables for tail in one.type_tails)


def test_many_empty_objects_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two bytes each, and hundreds once they are read.
    monkeypatch.setattr(fragments, "FRAGMENTS_BYTES", 60_000)
    monkeypatch.setattr(kept_readings, "READINGS_BYTES", 60_000)
    readings = fresh()
    for number in range(60):
        document = with_achievement(id=f"urn:a:{number // 2}", alignment=[{}] * 300)
        assert readings.read(document | {"id": f"urn:uuid:{number}"}) is not None
    most = 60_000 / fragments.VALUE_BYTES
    kept = [one for (one,) in readings._kept.answers() if one is not None]
    places = {
        place for place_of, _part in readings._fragments.kept.answers() if (place := place_of())
    }
    parts = [one for place in places for one in place.fragments.values() if one is not None]
    assert 0 < sum(one.values for one in kept) <= most
    assert 0 < sum(one.values for one in parts) <= most


def test_threads_read_the_same() -> None:
    readings, differences = fresh(), []
    expected = {number: by_steps(addressed() | {"id": f"urn:x:{number}"}) for number in range(4)}

    def work() -> None:
        for turn in range(40):
            number = turn % 4
            if read(addressed() | {"id": f"urn:x:{number}"}, readings) != expected[number]:
                differences.append(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert differences == []


def test_one_who_endorses_or_creates_may_be_described_again() -> None:
    document = changed(lambda one: achievement(one).update(creator=deepcopy(one["issuer"])))
    for _ in range(3):
        assert compare(deepcopy(document)) == "vouched for"


def test_a_document_beyond_a_limit_is_not_vouched_for() -> None:
    document = with_achievement(tag=["a"] * DEFAULT_LIMITS.values)
    assert not is_vouched_for(document)
    with pytest.raises(DataLossError) as caught:
        reading.canonical_n_quads(document, load_context=schemas.load_context)
    assert caught.value.code == "TOO_MANY_VALUES"


def test_where_two_ways_of_reading_disagree_the_document_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = unsigned(name={"@value": "x"})
    monkeypatch.setattr(
        compiled, "expand", lambda *_: [{"@id": "urn:x", "https://schema.org/name": []}]
    )
    with pytest.raises(DataLossError) as caught:
        require_round_trip(document, load_context=schemas.load_context)
    assert caught.value.code == "PROCESSORS_DISAGREE"


def test_no_more_than_a_few_readings_are_kept() -> None:
    readings = fresh()
    for number in range(2 * kept_readings.READINGS_KEPT):
        assert readings.read(addressed() | {"id": f"urn:uuid:{number}"}) is not None
    assert len(readings._kept) == kept_readings.READINGS_KEPT
