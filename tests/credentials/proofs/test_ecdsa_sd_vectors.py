"""The known answers of W3C vc-di-ecdsa for ecdsa-sd-2023, value by value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from credentials.limits import DEFAULT_LIMITS
from credentials.linked_data.n_quads import parse_n_quads
from credentials.linked_data.rdf_canonicalization import canonicalize, distinct_statements
from credentials.linked_data.safe_mode import to_dataset
from credentials.linked_data.selection import parse_pointer, select
from credentials.proofs.cryptosuite import (
    Environment,
    options_of,
    verify_signature,
    without_proof,
)
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.ecdsa_sd_2023 import (
    ECDSA_SD_2023,
    BaseProofSecrets,
    EcdsaSd2023,
    mandatory_hash,
    proof_hash,
)
from credentials.proofs.rdfc_suites import ECDSA_RDFC_2019
from credentials.proofs.sd_deriving import derive
from credentials.proofs.sd_proof_values import DerivedProofValue, parse_base, parse_derived
from credentials.proofs.sd_statements import Statements, relabelled
from credentials.timestamps import parse_timestamp
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.credentials.contexts import context_loader

VECTORS = ["employ", "prc"]
POINTERS = {"employ": "employ", "prc": "prCred"}
EXPECTED_FILES = {
    *("addBaseDocCanon", "addBaseDocHMACCanon", "addBaseTransform", "addHashData"),
    *("addPointerValues", "addProofConfig", "addProofConfigCanon", "addRawBaseSignatureInfo"),
    *("addSignedSDBase", "derivedAdjMandatoryIndexes", "derivedAdjSignatures"),
    *("derivedAllGroupData", "derivedDisclosureData", "derivedGroupIndexes"),
    *("derivedRecoveredBaseData", "derivedRevealDocument", "derivedUnsignedReveal"),
    *("verifyCreateVerifyData", "verifyDerivedProofValue", "verifyNQuads"),
}


class Vector:
    """One of the published examples, with its pointers and keys."""

    def __init__(self, conformance: Path, name: str) -> None:
        self.folder = conformance / "vc-di-ecdsa"
        self.name = name
        self.environment = Environment(context_loader(conformance))
        self.base_document = self.read("addSignedSDBase")
        self.document = without_proof(self.base_document)
        self.mandatory = self.pointers("Mandatory")
        self.selective = self.pointers("Selective")
        keys = json.loads((self.folder / "ecdsa-sd-2023/SDKeyMaterial.json").read_text())
        self.hmac_key = bytes.fromhex(keys["hmacKeyString"])
        self.signer, self.proof_signer = (
            PrivateKeySigner.from_secret_multikey(keys[f"{kind}KeyPair"]["secretKeyMultibase"])
            for kind in ("base", "proof")
        )

    def read(self, file: str) -> Any:
        text = (self.folder / "ecdsa-sd-2023" / self.name / f"{file}.json").read_text()
        return json.loads(text)

    def pointers(self, kind: str) -> list[str]:
        file = self.folder / f"{POINTERS[self.name]}{kind}.json"
        return list(json.loads(file.read_text()))

    def statements(self) -> Statements:
        return Statements.of(self.document, self.hmac_key, self.environment)


@pytest.fixture(params=VECTORS)
def vector(request: pytest.FixtureRequest, conformance: Path) -> Vector:
    return Vector(conformance, request.param)


def entries(published: Any) -> dict[int, str]:
    """Read a map as the vectors write it."""
    return dict(published["value"])


def test_every_file_of_the_vectors_is_known(conformance: Path) -> None:
    folder = conformance / "vc-di-ecdsa/ecdsa-sd-2023"
    assert {path.name for path in folder.iterdir()} == {"SDKeyMaterial.json", *VECTORS}
    for name in VECTORS:
        assert {path.stem for path in (folder / name).iterdir()} == EXPECTED_FILES


def test_the_document_is_the_published_one_but_for_a_description(conformance: Path) -> None:
    """One of the two signed documents describes itself in other words than the unsigned file."""
    for name, file in (("employ", "employmentAuth"), ("prc", "prCredUnsigned")):
        vector = Vector(conformance, name)
        unsigned = json.loads((vector.folder / f"{file}.json").read_text())
        differing = {k for k in unsigned if unsigned[k] != vector.document[k]}
        assert differing == (set() if name == "employ" else {"description"})
        assert unsigned.keys() == vector.document.keys()


def test_canonical_statements_and_their_blank_node_labels(vector: Vector) -> None:
    dataset = to_dataset(vector.document, load_context=vector.environment.load_context)
    canonical = canonicalize(dataset).n_quads
    assert canonical.splitlines(keepends=True) == vector.read("addBaseDocCanon")
    assert list(vector.statements().lines) == vector.read("addBaseDocHMACCanon")


def test_mandatory_and_other_statements(vector: Vector) -> None:
    wanted, statements = vector.read("addBaseTransform"), vector.statements()
    assert wanted["mandatoryPointers"] == vector.mandatory
    assert bytes.fromhex(wanted.get("hmacKeyString", vector.hmac_key.hex())) == vector.hmac_key
    mandatory = statements.selected(vector.mandatory)
    numbered = dict(enumerate(statements.lines))
    assert entries(wanted["mandatory"]) == {i: x for i, x in numbered.items() if x in mandatory}
    others = {i: x for i, x in numbered.items() if x not in mandatory}
    assert entries(wanted["nonMandatory"]) == others
    for given in vector.read("addPointerValues"):
        value = vector.document
        for token in parse_pointer(given["pointer"]):
            value = value[token]
        assert value == given["value"]


def test_hashes_of_proof_options_and_mandatory_statements(vector: Vector) -> None:
    wanted, config = vector.read("addHashData"), vector.read("addProofConfig")
    options = options_of(vector.base_document["proof"])
    assert {**options, "@context": vector.document["@context"]} == config
    text = ECDSA_RDFC_2019.proof_configuration(
        vector.document, options, vector.environment, KeyType.P256
    )
    folder = vector.folder / "ecdsa-sd-2023" / vector.name
    assert text.strip() == (folder / "addProofConfigCanon.txt").read_text().strip()
    assert proof_hash(vector.document, options, vector.environment).hex() == wanted["proofHash"]
    statements = vector.statements()
    mandatory = statements.selected(vector.mandatory)
    lines = [line for line in statements.lines if line in mandatory]
    assert mandatory_hash(lines).hex() == wanted["mandatoryHash"]


def test_the_base_proof_is_made_byte_for_byte(vector: Vector) -> None:
    wanted, proof = vector.read("addRawBaseSignatureInfo"), vector.base_document["proof"]
    value = parse_base(proof, limits=vector.environment.limits)
    assert value.base_signature.hex() == wanted["baseSignature"]
    assert value.public_key.to_multikey() == wanted["publicKey"]
    assert [one.hex() for one in value.signatures] == wanted["signatures"]
    assert list(value.mandatory_pointers) == wanted["mandatoryPointers"]
    suite = EcdsaSd2023(
        BaseProofSecrets(lambda: vector.proof_signer, lambda: vector.hmac_key),
        lambda _document: vector.mandatory,
    )
    made = add_proof(
        vector.document,
        suite=suite,
        signer=vector.signer,
        options=ProofOptions(proof["verificationMethod"], parse_timestamp(proof["created"])),
        environment=vector.environment,
    )
    assert made == vector.base_document


def test_what_a_holder_recovers_and_groups(vector: Vector) -> None:
    wanted = vector.read("derivedRecoveredBaseData")
    base = parse_base(vector.base_document["proof"], limits=vector.environment.limits)
    assert wanted == {
        "baseSignature": base.base_signature.hex(),
        "proofPublicKey": base.public_key.to_multikey(),
        "hmacKey": base.hmac_key.hex(),
        "signatures": [one.hex() for one in base.signatures],
        "mandatoryPointers": list(base.mandatory_pointers),
    }
    statements = vector.statements()
    pointers = {
        "mandatory": vector.mandatory,
        "selective": vector.selective,
        "combined": vector.mandatory + vector.selective,
    }
    groups, indexes = vector.read("derivedAllGroupData"), vector.read("derivedGroupIndexes")
    groups = groups.get("groups", groups)
    for name, chosen in pointers.items():
        selected = statements.selected(chosen)
        numbered = enumerate(statements.lines)
        matching = {index: line for index, line in numbered if line in selected}
        assert entries(groups[name]["matching"]) == matching
        assert set(entries(groups[name]["nonMatching"]).values()).isdisjoint(selected)
        assert len(groups[name]["deskolemizedNQuads"]) == len(selected)
        assert sorted(indexes[f"{name}Indexes"]) == sorted(matching)


def test_the_derived_proof_is_made_byte_for_byte(vector: Vector) -> None:
    combined = vector.mandatory + vector.selective
    assert select(vector.document, combined) == vector.read("derivedUnsignedReveal")
    derived = derive(vector.base_document, vector.selective, vector.environment)
    assert derived == vector.read("derivedRevealDocument")
    wanted = vector.read("derivedDisclosureData")
    value = parse_derived(derived["proof"], limits=vector.environment.limits)
    assert as_published(value) == {**wanted, "labelMap": dict(wanted["labelMap"]["value"])}
    adjusted = vector.read("derivedAdjMandatoryIndexes")["adjMandatoryIndexes"]
    assert list(value.mandatory_indexes) == adjusted
    kept = vector.read("derivedAdjSignatures")
    assert [one.hex() for one in value.signatures] == kept["filteredSignatures"]
    base = parse_base(vector.base_document["proof"], limits=vector.environment.limits)
    places = [base.signatures.index(one) for one in value.signatures]
    assert places == kept["adjSignatureIndexes"]


def as_published(value: DerivedProofValue) -> dict[str, Any]:
    return {
        "baseSignature": value.base_signature.hex(),
        "publicKey": value.public_key.to_multikey(),
        "signatures": [one.hex() for one in value.signatures],
        "labelMap": dict(value.label_map),
        "mandatoryIndexes": list(value.mandatory_indexes),
    }


def test_what_a_verifier_reads_and_recomputes(vector: Vector) -> None:
    derived = vector.read("derivedRevealDocument")
    document, proof = without_proof(derived), derived["proof"]
    value = parse_derived(proof, limits=vector.environment.limits)
    published = vector.read("verifyDerivedProofValue")
    assert as_published(value) == {**published, "labelMap": dict(published["labelMap"])}
    dataset = to_dataset(document, load_context=vector.environment.load_context)
    quads = parse_n_quads(canonicalize(dataset).n_quads)
    statements = distinct_statements(quads, DEFAULT_LIMITS)
    lines = sorted(relabelled(statements, value.label_map))
    assert lines == vector.read("verifyNQuads")
    wanted = vector.read("verifyCreateVerifyData")
    assert proof_hash(document, options_of(proof), vector.environment).hex() == wanted["proofHash"]
    mandatory = [lines[index] for index in value.mandatory_indexes]
    assert mandatory_hash(mandatory).hex() == wanted["mandatoryHash"]
    assert [line for line in lines if line not in mandatory] == wanted["nonMandatory"]
    assert [one.hex() for one in value.signatures] == wanted["signatures"]
    key = vector.signer.verification_key
    disclosure = verify_signature(ECDSA_SD_2023, document, proof, key, vector.environment)
    assert disclosure is not None
    assert disclosure.digest == f"sha256:{wanted['mandatoryHash']}"
    assert "https://www.w3.org/2018/credentials#issuer" not in disclosure.left_to_holder
    assert "https://www.w3.org/2018/credentials#validUntil" in disclosure.left_to_holder
