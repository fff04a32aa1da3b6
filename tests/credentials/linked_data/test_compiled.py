"""The compiled path of JSON-LD against PyLD, which stays the measure of what is right."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from itertools import permutations, product, takewhile

import pytest

import schemas
from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS
from credentials.linked_data import compiled
from credentials.linked_data.compiled import ContextCompiler, NotCompiledError, contexts
from credentials.linked_data.compiled.readings import Readings
from credentials.linked_data.datatypes import XSD
from credentials.linked_data.library import JsonLdLibrary
from credentials.linked_data.rdf_canonicalization import canonicalize
from credentials.linked_data.round_trip import require_round_trip
from credentials.linked_data.safe_mode import to_dataset
from tests import conformance
from tests.credentials.linked_data.mutations import mutated
from tests.factories import sign, unsigned, unsigned_record
from tests.soak import repetitions

LIBRARY = JsonLdLibrary(schemas.load_context)
COMPILER = ContextCompiler(schemas.load_context)
MANY = repetitions(250, soak=20_000)
"""Mutated documents of each kind."""

CONTEXTS = unsigned()["@context"]
VC_V2 = "https://www.w3.org/ns/credentials/v2"


def rich() -> JsonObject:
    """Build a badge with lists, references, images, several types and texts in a language."""
    document = unsigned()
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    achievement["image"] = {"id": "https://poly.example/welding.png", "type": "Image"}
    achievement["resultDescription"] = [
        {
            "id": "urn:uuid:2f0e4b7e-6a30-4dd5-8b7c-0a5f7f3a9f01",
            "type": ["ResultDescription"],
            "name": "Grade",
            "resultType": "LetterGrade",
            "allowedValue": ["A", "B", "C"],
        }
    ]
    subject["result"] = [
        {
            "type": ["Result"],
            "resultDescription": "urn:uuid:2f0e4b7e-6a30-4dd5-8b7c-0a5f7f3a9f01",
            "value": "A",
        }
    ]
    document["name"] = {"@value": "Soudage", "@language": "fr-CA"}
    return document


DOCUMENTS = {
    "badge": sign(unsigned()),
    "rich badge": sign(rich()),
    "learner record": unsigned_record(),
}


def by_library(document: JsonObject) -> object:
    """Expand by PyLD in safe mode, or name the error."""
    try:
        return LIBRARY.expand(document)
    except CredentialError as error:
        return error.code


def compare(document: JsonObject) -> str:
    """Expand and compact in both ways; fail where the compiled one says something of its own."""
    try:
        expanded = compiled.expand(document, COMPILER)
    except NotCompiledError:
        return "not compiled"
    expected = by_library(document)
    assert expected == expanded, json.dumps(document)
    return _compare_compaction(expanded, document["@context"])


def _compare_compaction(expanded: list[JsonValue], context: JsonValue) -> str:
    try:
        compacted = compiled.compact(expanded, context, COMPILER)
    except NotCompiledError:
        return "not compacted"
    expected = LIBRARY.compact(expanded, context)
    expected.pop("@context", None)
    assert _plain(expected) == _plain(compacted)
    return "both"


def _plain(value: JsonValue) -> JsonValue:
    """Take an array of one value for that value, as the round trip does."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return _plain(value[0]) if len(value) == 1 else [_plain(inner) for inner in value]
    return value


def documents_with_contexts(value: JsonValue) -> Iterator[JsonObject]:
    """Find every JSON object that brings contexts."""
    if isinstance(value, dict):
        if "@context" in value:
            yield value
        for inner in value.values():
            yield from documents_with_contexts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from documents_with_contexts(inner)


@pytest.mark.parametrize("url", sorted(schemas.context_urls() | schemas.vector_context_urls()))
def test_every_pinned_context_compiles(url: str) -> None:
    active = COMPILER.compile([url])
    assert active.terms or active.vocabulary


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_usual_documents_are_compiled_and_say_what_the_library_says(name: str) -> None:
    assert compare(DOCUMENTS[name]) == "both"


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_changed_documents_say_what_the_library_says_or_are_not_compiled(name: str) -> None:
    outcomes = Counter(compare(mutated(DOCUMENTS[name], seed)) for seed in range(MANY))
    assert outcomes["both"] > MANY / 10
    assert outcomes["not compiled"] > MANY / 10


def test_official_documents_say_what_the_library_says_or_are_not_compiled() -> None:
    outcomes: Counter[str] = Counter()
    for folder in ("ob30", "interop", "vc-di-eddsa", "attacks"):
        for path in sorted(conformance.conformance_folder().joinpath(folder).rglob("*.json")):
            text = path.read_text(encoding="utf-8")
            for document in documents_with_contexts(json.loads(text)):
                outcomes[compare(document)] += 1
    assert outcomes["both"] > 100


@pytest.mark.parametrize("seed", [2145, 4589])
def test_an_empty_list_of_types_is_left_to_the_library(seed: int) -> None:
    assert compare(mutated(DOCUMENTS["learner record"], seed)) == "not compiled"


def test_two_names_of_one_property_are_told_apart() -> None:
    document = unsigned()
    subject = document["credentialSubject"]
    subject["Achievement"] = subject.pop("achievement")
    assert compare(document) != "both" or not _is_accepted(document)


def _is_accepted(document: JsonObject) -> bool:
    try:
        require_round_trip(document, load_context=schemas.load_context)
        to_dataset(document, load_context=schemas.load_context)
    except CredentialError:
        return False
    return True


def test_a_protected_term_is_not_defined_anew() -> None:
    def load(url: str) -> JsonObject:
        if url == "urn:test:redefining":
            return {"@context": {"name": "urn:test:other-name"}}
        return schemas.load_context(url)

    with pytest.raises(NotCompiledError):
        ContextCompiler(load).compile(
            ["https://www.w3.org/ns/credentials/v2", "urn:test:redefining"]
        )


def test_a_document_cannot_make_contexts_without_end() -> None:
    compiler = ContextCompiler(schemas.load_context)
    root = compiler.compile(CONTEXTS).root
    kinds = ("AchievementSubject", "Achievement", "Profile", "Alignment", "Result", "Rubric")
    orders = (list(order) for size in range(1, 7) for order in product(kinds, repeat=size))
    for order in takewhile(lambda _: root.made < contexts.ACTIVE_CONTEXTS, orders):
        document: JsonObject = {"@context": CONTEXTS, "id": "urn:x", "name": "A"}
        for kind in order:
            document = {"id": "urn:x", "type": kind, "source": document}
        with suppress(NotCompiledError):
            compiled.expand({"@context": CONTEXTS, **document}, compiler)
    assert root.made <= contexts.ACTIVE_CONTEXTS
    # Whoever comes next finds fresh contexts, if they were used up.
    root.made = contexts.ACTIVE_CONTEXTS
    with pytest.raises(NotCompiledError):
        contexts.process(root.initial(), CONTEXTS[0])
    assert compiled.expand(unsigned(), compiler)
    assert compiler.compile(CONTEXTS).root.made < contexts.ACTIVE_CONTEXTS


def test_documents_under_many_contexts_do_not_fill_the_memory() -> None:
    """Each list of contexts is a root of its own, and each kept set of types took 30 kB."""
    compiler = ContextCompiler(schemas.load_context)
    others = sorted(schemas.context_urls() - {*CONTEXTS, VC_V2})
    for further in ([], *([one] for one in others), *map(list, permutations(others, 2))):
        with suppress(NotCompiledError):
            active = compiler.compile([*CONTEXTS, *further])
            # As if a document had asked for that many sets of types.
            active.root.made = contexts.ACTIVE_CONTEXTS - 1
        kept = sum(one.root.made for one in compiler._compiled.answers())
        assert kept < contexts.ACTIVE_CONTEXTS_KEPT + contexts.ACTIVE_CONTEXTS


def test_a_type_that_is_named_often_is_one_type() -> None:
    document = unsigned()
    document["credentialSubject"]["achievement"]["type"] = ["Achievement"] * 2_000
    assert compare(document) == "both"


def test_a_text_in_the_place_of_a_graph_is_read_as_the_library_reads_it() -> None:
    """The property's own context takes the meaning of its name away."""
    for text in ("urn:x", ["cred:holder", "cred:holder"]):
        document = {
            "@context": [VC_V2],
            "type": "VerifiablePresentation",
            "holder": "urn:x:holder",
            "verifiableCredential": text,
        }
        assert compare(document) == "both"
        assert _error_of(document) == "KEYWORD"


def test_a_type_that_is_no_iri_belongs_to_the_vocabulary() -> None:
    document = unsigned(type=["VerifiableCredential", "1a:b", "urn:a b"])
    document["@context"] = [*CONTEXTS, "https://www.w3.org/ns/credentials/examples/v2"]
    assert compare(document) == "not compiled"


def _error_of(document: JsonObject) -> str:
    with pytest.raises(CredentialError) as caught:
        to_dataset(document, load_context=schemas.load_context)
    return caught.value.code


def test_what_only_the_library_expands_is_not_compacted_by_us() -> None:
    """A type that looks like a keyword expands to nothing at all."""
    require_round_trip(unsigned(), load_context=schemas.load_context)
    document = unsigned()
    document["credentialSubject"]["type"] = ["AchievementSubject", "@foo"]
    with pytest.raises(CredentialError):
        require_round_trip(document, load_context=schemas.load_context)


@pytest.mark.parametrize("place", ["document", "parts"])
def test_contexts_are_counted_before_they_are_processed(place: str) -> None:
    many = [VC_V2] * (DEFAULT_LIMITS.contexts_in_one_place + 1)
    parts = [
        {"id": "urn:x", "type": "Evidence", "@context": many[:10]}
        for _ in range(DEFAULT_LIMITS.contexts // 10 + 1)
    ]
    changes = {"document": {"@context": many}, "parts": {"evidence": parts}}
    assert _error_of(unsigned(**changes[place])) == "TOO_MANY_CONTEXTS"


def test_a_document_is_not_changed() -> None:
    document = rich()
    before = deepcopy(document)
    compiled.compact(compiled.expand(document, COMPILER), document["@context"], COMPILER)
    assert document == before


def test_large_documents_are_limited_before_they_are_expanded() -> None:
    document = unsigned(keywords=["a"] * DEFAULT_LIMITS.values)
    with pytest.raises(CredentialError) as caught:
        to_dataset(document, load_context=schemas.load_context)
    assert caught.value.code == "TOO_MANY_VALUES"


@pytest.mark.parametrize("datatype", [None, f"{XSD}boolean", f"{XSD}string", "urn:example:answer"])
@pytest.mark.parametrize("value", [True, False])
def test_truth_values_are_written_as_without_compiling(value: bool, datatype: str | None) -> None:
    definition = {"@id": "urn:example:is"} | ({"@type": datatype} if datatype else {})
    terms = {"id": "@id", "type": "@type", "Thing": "urn:example:Thing", "is": definition}
    context = {"@context": terms}
    document = {
        "@context": ["urn:example:context"],
        "id": "urn:example:it",
        "type": ["Thing"],
        "is": value,
    }
    reading = Readings(ContextCompiler(lambda _url: context)).read(document)
    dataset = to_dataset(document, load_context=lambda _url: context)
    assert reading is not None
    assert reading.n_quads("SHA-256", DEFAULT_LIMITS) == canonicalize(dataset).n_quads
