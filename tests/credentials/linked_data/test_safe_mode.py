"""Nothing is lost between the JSON that people see and the RDF that is signed."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from credentials.document_rules import document_findings
from credentials.errors import ContextError, CredentialError, DataLossError
from credentials.json_types import walk
from credentials.linked_data.context_policy import context_findings
from credentials.linked_data.descriptions import require_single_descriptions
from credentials.linked_data.rdf_canonicalization import canonicalize
from credentials.linked_data.round_trip import require_round_trip
from credentials.linked_data.safe_mode import to_dataset
from tests.credentials.contexts import context_loader
from tests.factories import sign, unsigned

V2 = "https://www.w3.org/ns/credentials/v2"
LEARNER_RECORDS = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#"


def dataset_text(document: dict[str, Any]) -> str:
    return canonicalize(to_dataset(document, load_context=schemas.load_context)).n_quads


def refusal(document: Any) -> str | None:
    """Return the code of the first refusal of any layer, or None if all accept."""
    for finding in document_findings(document):
        return finding.code
    for finding in context_findings(document, allowed_contexts=schemas.context_urls()):
        return finding.code
    try:
        to_dataset(document, load_context=schemas.load_context)
        require_round_trip(document, load_context=schemas.load_context)
    except CredentialError as error:
        return error.code
    return None


def at(document: dict[str, Any], pointer: str) -> Any:
    value: Any = document
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_a_complete_credential_passes_every_layer(suite: str) -> None:
    assert refusal(unsigned()) is None
    assert refusal(sign(unsigned(), suite=suite)) is None


def hostile() -> list[tuple[str, Callable[[dict[str, Any]], Any], str]]:
    def put(pointer: str, name: str, value: Any) -> Callable[[dict[str, Any]], None]:
        return lambda document: at(document, pointer).update({name: value})

    def rename(pointer: str, name: str, new: str) -> Callable[[dict[str, Any]], None]:
        def change(document: dict[str, Any]) -> None:
            target = at(document, pointer)
            target[new] = target.pop(name)

        return change

    return [
        ("undefined term", put("", "honours", "yes"), "UNDEFINED_TERM"),
        ("empty name", put("/credentialSubject", "", "x"), "UNDEFINED_TERM"),
        ("prototype", put("", "__proto__", {"a": "b"}), "UNDEFINED_TERM"),
        ("decomposed name", put("", "nai\u0308ve", "x"), "UNDEFINED_TERM"),
        ("null", put("/credentialSubject", "narrative", None), "NULL_VALUE"),
        ("empty array", put("/credentialSubject", "result", []), "EMPTY_ARRAY"),
        ("array in array", put("/credentialSubject/achievement", "tag", [["a"]]), "NESTED_ARRAY"),
        ("keyword", put("", "@index", "1"), "JSON_LD_KEYWORD"),
        ("nest", put("", "@nest", {"name": "x"}), "JSON_LD_KEYWORD"),
        ("included", put("", "@included", [{"id": "urn:x:y"}]), "JSON_LD_KEYWORD"),
        ("reverse", put("/credentialSubject", "@reverse", {}), "JSON_LD_KEYWORD"),
        ("lookalike keyword", put("", "@foo", "1"), "JSON_LD_KEYWORD"),
        ("typed value", put("", "name", {"@value": "x", "@type": "urn:x:y"}), "JSON_LD_KEYWORD"),
        ("set", put("/credentialSubject", "role", {"@set": ["x"]}), "JSON_LD_KEYWORD"),
        (
            "full IRI",
            rename("", "validUntil", "https://www.w3.org/2018/credentials#validUntil"),
            "ABSOLUTE_IRI_KEY",
        ),
        (
            "class for property",
            rename("/credentialSubject/achievement", "criteria", "Criteria"),
            "ROUND_TRIP",
        ),
        ("undefined type", put("/issuer", "type", ["Profil"]), "UNDEFINED_TYPE"),
        ("relative id", put("/credentialSubject", "id", "alice"), "RELATIVE_IRI"),
        ("id with space", put("", "id", "https ://x/y"), "RELATIVE_IRI"),
        ("id with newline", put("", "id", "urn:x:y\n"), "RELATIVE_IRI"),
        ("id with angle bracket", put("", "id", "urn:x:y>"), "RELATIVE_IRI"),
        ("blank node", put("/credentialSubject", "id", "_:b0"), "BLANK_NODE_IDENTIFIER"),
        ("nested context", put("/credentialSubject", "@context", V2), "CONTEXT_NESTED"),
        ("inline context", lambda d: d["@context"].append({}), "CONTEXT_INLINE"),
        ("null context", lambda d: d["@context"].append(None), "NULL_VALUE"),
        ("unknown context", lambda d: d["@context"].append("urn:x:y"), "CONTEXT_UNKNOWN"),
        ("repeated context", lambda d: d["@context"].append(V2), "CONTEXT_DUPLICATE"),
        ("swapped contexts", lambda d: d["@context"].reverse(), "CONTEXT_NOT_FIRST"),
        ("one context as text", put("", "@context", V2), "CONTEXT_NOT_ARRAY"),
        ("no contexts", put("", "@context", [5]), "CONTEXT_NOT_FIRST"),
        ("missing context", lambda d: d.pop("@context"), "CONTEXT_MISSING"),
        (
            "two versions",
            lambda d: d["@context"].append("https://www.w3.org/2018/credentials/v1"),
            "CONTEXT_MIXED_VERSIONS",
        ),
        (
            "bad language",
            put("", "name", {"@value": "x", "@language": "not a language"}),
            "LANGUAGE_TAG",
        ),
        ("control character", put("", "name", "a\u0000b"), "CONTROL_CHARACTER"),
        ("inexact number", put("/credentialSubject", "creditsEarned", 1e-7), "NUMBER_NOT_EXACT"),
        (
            "number with too many digits",
            put("/credentialSubject", "creditsEarned", 0.1 + 0.2),
            "NUMBER_NOT_EXACT",
        ),
    ]


@pytest.mark.parametrize(
    ("change", "code"), [case[1:] for case in hostile()], ids=[case[0] for case in hostile()]
)
def test_refuses_what_would_not_be_signed_as_it_looks(
    change: Callable[[dict[str, Any]], Any], code: str
) -> None:
    document = unsigned()
    change(document)
    assert refusal(document) == code


@pytest.mark.parametrize(
    "wrap",
    [
        lambda d: {"@context": d["@context"], "@graph": [d]},
        lambda d: [d],
        lambda d: {"@context": d["@context"], "@graph": d},
        lambda d: {
            "@context": d["@context"],
            "id": "urn:x:y",
            "@reverse": {"credentialSubject": d},
        },
        lambda d: {"@context": d["@context"], "@included": [d]},
    ],
)
def test_refuses_a_wrapped_credential(wrap: Callable[[dict[str, Any]], Any]) -> None:
    assert refusal(wrap(unsigned())) is not None


def test_texts_with_language_and_direction_are_kept() -> None:
    names = [
        "x",
        {"@value": "x", "@language": "en"},
        {"@value": "x", "@language": "ar", "@direction": "rtl"},
    ]
    texts = {dataset_text(unsigned(name=name)) for name in names}
    assert len(texts) == 3
    for name in names:
        assert refusal(unsigned(name=name)) is None


def test_numbers_are_written_as_json_ld_says() -> None:
    for value, lexical in (
        (5, '"5"'),
        (5.0, '"5"'),
        (2.5, '"2.5E0"'),
        (0.25, '"2.5E-1"'),
        (12.75, '"1.275E1"'),
        (1000.5, '"1.0005E3"'),
    ):
        document = unsigned()
        document["credentialSubject"]["creditsEarned"] = value
        wanted = f"creditsEarned> {lexical}^^<https://www.w3.org/2001/XMLSchema#float>"
        assert wanted in dataset_text(document)


def test_a_document_that_says_nothing_is_refused() -> None:
    with pytest.raises(DataLossError):
        to_dataset({"@context": [V2]}, load_context=schemas.load_context)


@pytest.mark.parametrize(
    "value",
    [{"@value": None}, {"@language": "en"}, {"@graph": [{}]}, {"@list": ["a", {"@value": None}]}],
)
def test_a_value_that_expansion_leaves_out_is_refused(value: Any) -> None:
    with pytest.raises(DataLossError) as caught:
        dataset_text(unsigned(name=value))
    assert caught.value.code == "DROPPED_VALUE"


@pytest.mark.parametrize(
    ("context", "code"),
    [
        ({"@vocab": ""}, "CONTEXT_ERROR"),
        ({"@vocab": "relative/"}, "CONTEXT_ERROR"),
        ([{"@vocab": ""}, {"@vocab": "urn:x:vocabulary#"}], "CONTEXT_ERROR"),
        ({"@foo": "urn:x:foo"}, "CONTEXT_ERROR"),
        ({"id": "@foo"}, "CONTEXT_ERROR"),
        ({"name2": {"@id": "urn:x:n", "@context": {"foo": {"@id": "@foo"}}}}, "CONTEXT_ERROR"),
        ({"@language": "not a language"}, "LANGUAGE_TAG"),
    ],
)
def test_a_context_is_sound_even_where_nothing_uses_it(context: dict[str, Any], code: str) -> None:
    document = unsigned()
    document["@context"].append(context)
    with pytest.raises(ContextError) as caught:
        dataset_text(document)
    assert caught.value.code == code


def test_an_id_alone_and_an_object_with_only_that_id_are_the_same() -> None:
    for issuer in ("did:example:a", {"id": "did:example:a"}):
        assert refusal(unsigned(issuer=issuer)) is None


@settings(max_examples=60)
@given(st.data())
def test_every_change_of_a_leaf_changes_what_is_signed(data: st.DataObject) -> None:
    document = unsigned()
    before = dataset_text(document)
    leaves = [p for p, v in walk(document) if isinstance(v, str | int) and "@context" not in p]
    pointer = data.draw(st.sampled_from(sorted(leaves)))
    parent, _, step = pointer.rpartition("/")
    target = at(document, parent)
    key: Any = int(step) if isinstance(target, list) else step
    target[key] = target[key] + 1 if isinstance(target[key], int) else target[key] + "x"
    with suppress(CredentialError):  # refused is as good as changed
        assert dataset_text(document) != before


@settings(max_examples=40)
@given(st.data())
def test_an_undefined_member_anywhere_is_refused(data: st.DataObject) -> None:
    document = unsigned()
    places = [p for p, v in walk(document) if isinstance(v, dict)]
    at(document, data.draw(st.sampled_from(sorted(places))))["undefinedTerm"] = "x"
    assert refusal(document) == "UNDEFINED_TERM"


def test_the_callers_document_is_left_alone() -> None:
    document = sign(unsigned())
    before = deepcopy(document)
    refusal(document)
    assert document == before


def test_official_fixtures_pass_or_fail_as_safe_mode_does(conformance: Path) -> None:
    expected = json.loads((conformance / "ob30/expected.json").read_text())["fixtures"]
    seen = 0
    for name, fixture in expected.items():
        verdict = fixture["checks"].get("jsonld_safe_mode")
        if not name.endswith(".json") or verdict is None:
            continue
        seen += 1
        document = json.loads((conformance / "ob30" / name).read_text())
        try:
            to_dataset(document, load_context=schemas.load_context)
            require_round_trip(document, load_context=schemas.load_context)
            passes = True
        except CredentialError:
            passes = False
        assert passes is (verdict == "pass"), name
    assert seen == 26


def test_credentials_of_others_keep_their_form(conformance: Path) -> None:
    """All JSON credentials of the field pass, but one whose context is a draft of 2022."""
    load = context_loader(conformance)
    refused, seen = [], 0
    for entry in json.loads((conformance / "interop/index.json").read_text())["entries"]:
        if entry["format"] != "json":
            continue
        seen += 1
        document = json.loads((conformance / "interop" / entry["file"]).read_text())
        try:
            to_dataset(document, load_context=load)
            require_round_trip(document, load_context=load)
        except CredentialError:
            refused.append(entry["file"])
    assert seen == 60
    assert refused == ["w3c-ccg__vc-ed/plugfest-2-2022__signed_badge_example-p2.json"]


def test_every_negative_case_of_json_ld_ends_in_an_error(conformance: Path) -> None:
    cases = json.loads((conformance / "json-ld-negative/cases.json").read_text())
    listed = cases["cases"]
    left_out, survivors = 0, []
    for case in listed:
        option = case.get("option", {})
        if "json-ld-1.0" in (option.get("processingMode"), option.get("specVersion")):
            left_out += 1
            continue
        document = json.loads((conformance / "json-ld-negative" / case["input"]).read_text())
        if not isinstance(document, dict):
            continue

        def load(url: str) -> dict[str, Any]:
            raise LookupError(url)

        try:
            to_dataset(document, load_context=load)
            survivors.append(case["id"])
        except CredentialError:
            pass
    assert len(listed) == 215
    assert survivors == []
    assert left_out == 27


OPEN_BADGES = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
ACHIEVEMENT = [f"{OPEN_BADGES}Achievement"]
PROFILE = [f"{OPEN_BADGES}Profile"]
ENDORSED = [f"{OPEN_BADGES}EndorsementSubject"]
CRITERIA = {f"{OPEN_BADGES}criteria": [{"@id": "urn:x:criteria"}]}
LEVEL = {f"{OPEN_BADGES}alignment": [{"@id": "urn:x:level"}]}
NAME, OTHER_NAME = ({"https://schema.org/name": [{"@value": text}]} for text in "ab")
COMMENT = {f"{OPEN_BADGES}endorsementComment": [{"@value": "Good."}]}
NARRATIVE = {f"{OPEN_BADGES}narrative": [{"@value": "Weld."}]}


@pytest.mark.parametrize(
    ("first", "second", "is_split"),
    [
        ({"@type": ACHIEVEMENT, **CRITERIA}, {}, False),
        ({"@type": ACHIEVEMENT, **CRITERIA}, {"@type": ACHIEVEMENT, **CRITERIA}, False),
        ({"@type": ACHIEVEMENT, **CRITERIA}, LEVEL, True),
        ({"@type": ACHIEVEMENT, **CRITERIA}, {"@type": ACHIEVEMENT}, True),
        ({"@type": ACHIEVEMENT}, CRITERIA, False),
        (CRITERIA, {"@type": ACHIEVEMENT}, False),
        (CRITERIA, LEVEL, True),
        ({"@type": ACHIEVEMENT, **CRITERIA}, {"@type": ENDORSED, **COMMENT}, False),
        ({"@type": ACHIEVEMENT, **CRITERIA}, {"@type": ENDORSED, **COMMENT, **NAME}, True),
        ({"@type": ACHIEVEMENT, **CRITERIA, **NAME}, {"@type": ENDORSED, **NAME}, False),
        ({"@type": ACHIEVEMENT, **CRITERIA, **NAME}, {"@type": ENDORSED, **OTHER_NAME}, True),
        ({"@type": ACHIEVEMENT, **CRITERIA, **NARRATIVE}, COMMENT, True),
        ({"@type": ACHIEVEMENT, **CRITERIA}, NARRATIVE, False),
        ({"@type": PROFILE, **NAME}, {"@type": PROFILE, **NAME}, False),
        ({"@type": PROFILE, **NAME}, {"@type": PROFILE}, False),
        ({"@type": PROFILE, **NAME}, {"@type": PROFILE, **OTHER_NAME}, True),
        ({"@type": PROFILE, **NAME}, {"@type": PROFILE, **NARRATIVE}, False),
        ({"@type": PROFILE}, {"@type": ENDORSED, **NAME}, False),
        ({"@type": PROFILE, **NAME}, {"@type": ENDORSED, **NAME}, False),
        ({"@type": ENDORSED, **COMMENT}, {"@type": ENDORSED, **NARRATIVE}, False),
    ],
)
def test_one_thing_is_described_in_one_place(
    first: dict[str, Any], second: dict[str, Any], is_split: bool
) -> None:
    for pair in ((first, second), (second, first)):
        one, other = ({"@id": "urn:x:thing", **node} for node in pair)
        inside = {"@id": "urn:x:root", "urn:x:a": [one], "urn:x:b": [{"@list": [other]}]}
        if is_split:
            with pytest.raises(DataLossError) as caught:
                require_single_descriptions([inside])
            assert caught.value.code == "NODE_SPLIT"
        else:
            require_single_descriptions([inside])
        # In a graph of its own, or in a component of a record, a thing is another one.
        components = f"{LEARNER_RECORDS}verifiableCredential"
        for apart in ({"@graph": [other]}, {components: [other]}):
            require_single_descriptions([{"@id": "urn:x:root", "urn:x:a": [one], **apart}])


@pytest.mark.parametrize(
    ("mention", "is_split"),
    [
        ({}, False),
        ({"@type": ENDORSED, **COMMENT}, False),
        ({"@type": ["urn:x:RefreshService"]}, False),
        ({"@type": PROFILE}, True),
        ({"@type": ["https://www.w3.org/2018/credentials#VerifiableCredential"]}, True),
        ({"@type": [f"{LEARNER_RECORDS}ClrSubject"]}, True),
        (NARRATIVE, True),
        ({**COMMENT, **NAME}, True),
    ],
)
def test_of_a_document_nothing_is_said_elsewhere_but_comments(
    mention: dict[str, Any], is_split: bool
) -> None:
    document = {"@id": "urn:x:root", **CRITERIA, "urn:x:a": [{"@id": "urn:x:root", **mention}]}
    if is_split:
        with pytest.raises(DataLossError):
            require_single_descriptions([document])
    else:
        require_single_descriptions([document])


def test_ordered_lists_become_rdf_collections() -> None:
    document = unsigned()
    description = document["credentialSubject"]["achievement"]["resultDescription"][0]
    description["allowedValue"] = ["low", "high"]
    text = dataset_text(document)
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    lines = [
        line for line in text.splitlines() if f"<{rdf}first>" in line or f"<{rdf}rest>" in line
    ]
    assert len(lines) == 4
    assert sum(f"<{rdf}nil>" in line for line in lines) == 1
    (head,) = [line.split()[2] for line in text.splitlines() if "#allowedValue>" in line]
    first, rest = sorted(line for line in lines if line.startswith(head))
    assert '"low"' in first
    tail = rest.split()[2]
    assert any(line.startswith(tail) and '"high"' in line for line in lines)
    assert any(line.startswith(tail) and f"<{rdf}nil>" in line for line in lines)
    description["allowedValue"] = ["high", "low"]
    assert dataset_text(document) != text
    assert refusal(document) is None


def test_lists_stand_in_the_graph_of_their_subject() -> None:
    """A list inside a presented credential belongs to that credential's graph."""
    inner = unsigned()
    description = inner["credentialSubject"]["achievement"]["resultDescription"][0]
    description["allowedValue"] = ["low"]
    description["rubricCriterionLevel"] = [
        {"id": "urn:x:level", "type": ["RubricCriterionLevel"], "name": "Good"}
    ]
    document = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": inner}
    quads = to_dataset(document, load_context=schemas.load_context)
    outside = [quad for quad in quads if quad.graph is None]
    assert len(outside) == 2
    assert all("rdf-syntax-ns#rest" not in quad.predicate.value for quad in outside)


def test_a_learner_record_with_associations_keeps_its_form(conformance: Path) -> None:
    """The context of CLR 2.0 gives classes as datatypes, for which compaction finds no term."""
    record = json.loads((conformance / "clr20/simple.json").read_text())
    assert {"association", "achievement"} <= record["credentialSubject"].keys()
    require_round_trip(record, load_context=schemas.load_context)


@pytest.mark.parametrize("member", ["association", "achievement"])
def test_the_iri_of_a_record_s_member_does_not_stand_in_for_it(
    conformance: Path, member: str
) -> None:
    record = json.loads((conformance / "clr20/simple.json").read_text())
    subject = record["credentialSubject"]
    subject[f"https://purl.imsglobal.org/spec/vc/clr/vocab.html#{member}"] = subject.pop(member)
    with pytest.raises(CredentialError):
        require_round_trip(record, load_context=schemas.load_context)


@pytest.mark.parametrize("proof", ["urn:x:1", {"id": "urn:x:1"}, {}])
def test_what_leaves_no_trace_in_its_graph_is_refused(proof: object) -> None:
    """The id could be exchanged after signing: of an empty graph only the graph is signed."""
    document = unsigned()
    document["@context"][0] = "https://www.w3.org/2018/credentials/v1"
    document["@context"][1] = document["@context"][1].replace("3.0.3", "3.0.1")
    document["issuanceDate"] = document.pop("validFrom")
    document["expirationDate"] = document.pop("validUntil")
    document["credentialSubject"]["achievement"]["alignment"][0]["proof"] = proof
    with pytest.raises(DataLossError) as caught:
        to_dataset(document, load_context=schemas.load_context)
    assert caught.value.code == "DROPPED_VALUE"


@pytest.mark.parametrize("tag", ["en-NZ", "zh-Hant", "MI"])
def test_the_case_of_a_language_tag_does_not_count(tag: str) -> None:
    document = unsigned(name={"@value": "x", "@language": tag})
    require_round_trip(document, load_context=schemas.load_context)
