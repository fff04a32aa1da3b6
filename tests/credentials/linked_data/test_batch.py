"""Templates of rosters: the same bytes as the whole algorithm, or the whole algorithm."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

import schemas
from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.batch import CanonicalTemplate
from credentials.linked_data.rdf_canonicalization import canonicalize
from credentials.linked_data.safe_mode import to_dataset
from credentials.linked_data.selection import PointerError
from credentials.proofs.batch import BatchSigner
from credentials.proofs.data_integrity import ProofOptions
from credentials.proofs.rdfc_suites import EDDSA_RDFC_2022
from tests.credentials.linked_data.mutations import VALUES
from tests.credentials.linked_data.test_compiled import rich
from tests.credentials.linked_data.test_reading import is_vouched_for
from tests.factories import CREATED, ENVIRONMENT, SIGNER, method_of, sign

SUBJECT = "/credentialSubject"
SLOTS = (
    *("/id", "/validFrom", f"{SUBJECT}/id", f"{SUBJECT}/creditsEarned"),
    *(f"{SUBJECT}/result/0/value", f"{SUBJECT}/result/1/value"),
    f"{SUBJECT}/result/1/resultDescription",
    f"{SUBJECT}/identifier/0/salt",
)


def badge() -> JsonObject:
    """Build a badge with two results and a hashed identity: blank nodes that slots touch."""
    document = rich()
    subject = document["credentialSubject"]
    subject["result"].append({**subject["result"][0], "value": "B"})
    subject["identifier"] = [
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": "sha256$ab",
            "identityType": "emailAddress",
            "salt": "s",
        }
    ]
    return document


def value_at(document: Any, pointer: str) -> JsonValue:
    """Read what a JSON pointer names."""
    for step in pointer.split("/")[1:]:
        document = document[int(step) if isinstance(document, list) else step]
    return document


TEMPLATE = CanonicalTemplate(badge(), SLOTS, load_context=schemas.load_context)
DEFAULTS = [value_at(badge(), slot) for slot in SLOTS]


def by_steps(document: JsonObject, hash_algorithm: str) -> str:
    """Canonicalize a document by the separate steps, or name the error."""
    try:
        dataset = to_dataset(document, load_context=schemas.load_context)
        return canonicalize(dataset, hash_algorithm=hash_algorithm).n_quads
    except CredentialError as error:
        return error.code


def by_template(values: list[JsonValue], hash_algorithm: str) -> tuple[str, bool]:
    """Canonicalize by the template, or name the error."""
    try:
        filled = TEMPLATE.fill(values, hash_algorithm=hash_algorithm)
    except CredentialError as error:
        return error.code, False
    return filled.n_quads, filled.is_like_template


def test_the_labels_follow_the_values() -> None:
    texts = set()
    for number in range(12):
        values = [*DEFAULTS[:4], str(number), str(number * 7 % 12 + 20), *DEFAULTS[6:]]
        for algorithm in ("SHA-256", "SHA-384"):
            text, is_like = by_template(values, algorithm)
            assert is_like
            assert text == by_steps(TEMPLATE.document(values), algorithm)
        texts.add(text.replace(f'"{values[4]}"', "").replace(f'"{values[5]}"', ""))
    assert len(texts) > 1


def test_any_values_give_what_the_steps_give() -> None:
    random = Random(7)
    odd = [*VALUES, "urn:uuid:2f0e4b7e-6a30-4dd5-8b7c-0a5f7f3a9f01", badge()["issuer"]["id"]]
    odd += [badge()["id"], "A", "B", "did:example:learner"]
    likes = 0
    for _ in range(150):
        values = DEFAULTS.copy()
        for index in random.sample(range(len(SLOTS)), random.randint(1, 3)):
            values[index] = random.choice(odd)
        text, is_like = by_template(values, "SHA-256")
        document = TEMPLATE.document(values)
        assert text == by_steps(document, "SHA-256")
        assert not is_like or is_vouched_for(document)
        likes += is_like
    assert likes > 15


def test_what_becomes_equal_is_told_apart_by_the_whole_algorithm() -> None:
    values = [*DEFAULTS[:5], DEFAULTS[4], *DEFAULTS[6:]]
    text, is_like = by_template(values, "SHA-256")
    assert not is_like
    assert text == by_steps(TEMPLATE.document(values), "SHA-256")


@pytest.mark.parametrize("index", [0, 2])
def test_an_id_that_stands_elsewhere_is_no_mere_exchange(index: int) -> None:
    """The learner would be the issuer, or the credential its own subject: one node, not two."""
    values = DEFAULTS.copy()
    values[index] = badge()["issuer"]["id"]
    text, is_like = by_template(values, "SHA-256")
    assert not is_like
    assert text == by_steps(TEMPLATE.document(values), "SHA-256")


def test_types_contexts_and_lists_are_never_mere_slots() -> None:
    for slot in (
        *("/type/0", "/@context/0", "/issuer/type", SUBJECT),
        f"{SUBJECT}/achievement/resultDescription/0/allowedValue/0",
    ):
        template = CanonicalTemplate(badge(), [slot], load_context=schemas.load_context)
        filled = template.fill([value_at(badge(), slot)])
        assert not filled.is_like_template
        assert filled.n_quads == by_steps(badge(), "SHA-256")
    with pytest.raises(PointerError):
        CanonicalTemplate(badge(), ["/nothing"], load_context=schemas.load_context)


def test_batches_are_signed_as_single_documents_are() -> None:
    signer = BatchSigner(
        badge(), SLOTS, suite=EDDSA_RDFC_2022, signer=SIGNER, environment=ENVIRONMENT
    )
    values = ["urn:uuid:1", *DEFAULTS[1:3], 7, "C", *DEFAULTS[5:]]
    signed = signer.sign(values, ProofOptions(method_of(SIGNER), CREATED))
    assert signed.is_like_template
    assert signed.document == sign(TEMPLATE.document(values))
