"""The one pass against the separate steps: it vouches for nothing that they would refuse."""

from __future__ import annotations

import json
from collections import Counter

import pytest

import schemas
from credentials.errors import CredentialError
from credentials.json_types import JsonObject, count_values
from credentials.limits import DEFAULT_LIMITS
from credentials.linked_data import reading
from credentials.linked_data.context_policy import context_findings
from credentials.linked_data.expansion import processor_for
from credentials.linked_data.rdf_canonicalization import canonicalize
from credentials.linked_data.round_trip import require_round_trip
from credentials.linked_data.safe_mode import to_dataset
from tests import conformance
from tests.credentials.linked_data.mutations import mutated
from tests.credentials.linked_data.test_compiled import DOCUMENTS, documents_with_contexts
from tests.factories import sign, unsigned, unsigned_record
from tests.soak import repetitions

MANY = repetitions(60, soak=20_000)
"""Mutated documents of each kind."""

ALLOWED = schemas.context_urls()
READINGS = processor_for(schemas.load_context).readings


def presentation() -> JsonObject:
    """Build a presentation of two badges: named graphs inside named graphs."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": "did:example:holder",
        "verifiableCredential": [sign(unsigned()), sign(unsigned(id="urn:uuid:2", name=None))],
    }


def endorsed() -> JsonObject:
    """Build a badge whose achievement carries an endorsement with proof."""
    document = unsigned()
    endorsement = unsigned(
        id="urn:uuid:3",
        type=["VerifiableCredential", "EndorsementCredential"],
        credentialSubject={
            "id": document["credentialSubject"]["achievement"]["id"],
            "type": ["EndorsementSubject"],
            "endorsementComment": "Sound.",
        },
    )
    document["credentialSubject"]["achievement"]["endorsement"] = [sign(endorsement)]
    document["credentialSubject"]["achievement"]["creator"] = {
        **document["issuer"],
        "url": "https://poly.example/",
    }
    return document


KINDS = {name: one for name, one in DOCUMENTS.items() if name != "learner record"} | {
    "presentation": sign(presentation()),
    "endorsed": sign(endorsed()),
    "record of badges": unsigned_record(sign(unsigned()), sign(unsigned(id="urn:uuid:4"))),
    "jcs": sign(unsigned(), suite="eddsa-jcs-2022"),
    "set": sign(sign(unsigned()), suite="eddsa-jcs-2022"),
}


def by_steps(document: JsonObject) -> tuple[str | None, bool]:
    """Canonicalize step by step (None if refused), and tell whether every check passes."""
    try:
        dataset = to_dataset(document, load_context=schemas.load_context)
        text = canonicalize(dataset).n_quads
    except CredentialError:
        return None, False
    try:
        require_round_trip(document, load_context=schemas.load_context)
    except CredentialError:
        return text, False
    return text, not context_findings(document, allowed_contexts=ALLOWED)


def is_vouched_for(document: JsonObject) -> bool:
    """Tell whether one pass is enough for a document."""
    return reading._reads_as_written(
        document, schemas.load_context, ALLOWED, DEFAULT_LIMITS, passed=None
    )


def compare(document: JsonObject) -> str:
    """Read a document both ways; fail where the one pass says more than it should."""
    vouched, read = is_vouched_for(document), READINGS.read(document)
    expected, passes = by_steps(document)
    assert passes or not vouched, json.dumps(document)
    if read is not None:
        assert expected is not None, json.dumps(document)
        assert read.n_quads("SHA-256", DEFAULT_LIMITS) == expected, json.dumps(document)
        assert read.values == count_values(document)
    return "vouched for" if vouched else "accepted, not vouched for" if passes else "refused"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_usual_documents_are_vouched_for(name: str) -> None:
    assert compare(KINDS[name]) == "vouched for"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_changed_documents_are_vouched_for_only_if_every_step_passes(name: str) -> None:
    outcomes = Counter(compare(mutated(KINDS[name], seed)) for seed in range(MANY))
    assert outcomes["vouched for"] > MANY / 20
    assert outcomes["refused"] > MANY / 5
    assert outcomes["accepted, not vouched for"] < MANY / 10


def test_official_documents_are_read_as_the_steps_read_them() -> None:
    outcomes: Counter[str] = Counter()
    for folder in ("ob30", "interop", "vc-di-eddsa", "attacks"):
        for path in sorted(conformance.conformance_folder().joinpath(folder).rglob("*.json")):
            for document in documents_with_contexts(json.loads(path.read_text(encoding="utf-8"))):
                outcomes[compare(document)] += 1
    assert outcomes["vouched for"] > 100
