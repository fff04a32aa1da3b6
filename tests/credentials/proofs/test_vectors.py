"""The known answers of W3C vc-di-eddsa, every intermediate value of them."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import schemas
from credentials.errors import CredentialError, InvalidProofError
from credentials.jcs import canonicalize as jcs
from credentials.json_types import JsonObject, as_list, places
from credentials.limits import DEFAULT_LIMITS
from credentials.proofs.cryptosuite import (
    Environment,
    options_of,
    verify_signature,
    without_proof,
)
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.ed25519_signature_2020 import ED25519_SIGNATURE_2020
from credentials.proofs.jcs_suites import EDDSA_JCS_2022
from credentials.proofs.proof_sets import secured_proofs
from credentials.proofs.rdfc_suites import EDDSA_RDFC_2022
from credentials.proofs.registry import CRYPTOSUITES, cryptosuite_of
from credentials.timestamps import parse_timestamp
from keys.errors import KeyMaterialError
from keys.multibase import decode_base58btc
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType, VerificationKey
from tests.credentials.contexts import context_loader
from tests.verifier.shapes import container_of


@pytest.fixture
def folder(conformance: Path) -> Path:
    return conformance / "vc-di-eddsa"


@pytest.fixture
def environment(conformance: Path) -> Environment:
    return Environment(context_loader(conformance))


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def key_pair(folder: Path, name: str | None = None) -> PrivateKeySigner:
    pair = (
        read(folder / "keyPair.json")
        if name is None
        else read(folder / "proof-set-chain/multiKeyPairs.json")[name]
    )
    signer = PrivateKeySigner.from_secret_multikey(pair["privateKeyMultibase"])
    assert signer.verification_key.to_multikey() == pair["publicKeyMultibase"]
    return signer


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("sub", "source"), [(".", "unsigned.json"), ("employ", "employmentAuth.json")]
)
def test_eddsa_rdfc_2022(folder: Path, environment: Environment, sub: str, source: str) -> None:
    vector, suite = folder / "eddsa-rdfc-2022" / sub, EDDSA_RDFC_2022
    document, options = read(folder / source), read(vector / "proofConfigDataInt.json")
    canonical = suite.transformation(document, environment, KeyType.ED25519)
    assert canonical == (vector / "canonDocDataInt.txt").read_text()
    assert digest(canonical) == (vector / "docHashDataInt.txt").read_text()
    configuration = suite.proof_configuration(document, options, environment, KeyType.ED25519)
    assert configuration == (vector / "proofCanonDataInt.txt").read_text()
    assert digest(configuration) == (vector / "proofHashDataInt.txt").read_text()
    plain = {name: value for name, value in options.items() if name != "@context"}
    hash_data = suite.hash_data(document, plain, environment, KeyType.ED25519)
    assert hash_data.hex() == (vector / "combinedHashDataInt.txt").read_text()
    signed = read(vector / "signedDataInt.json")
    assert (
        decode_base58btc(signed["proof"]["proofValue"]).hex()
        == (vector / "sigHexDataInt.txt").read_text()
    )
    assert signed["proof"]["proofValue"] == (vector / "sigBTC58DataInt.txt").read_text()
    key = VerificationKey.from_multikey(signed["proof"]["verificationMethod"].rpartition("#")[2])
    verify_signature(suite, document, signed["proof"], key, environment)


def test_ed25519_signature_2020(folder: Path, environment: Environment) -> None:
    vector, suite = folder / "Ed25519Signature2020", ED25519_SIGNATURE_2020
    config, signed = read(vector / "proofConfigEdSig.json"), read(vector / "signedEdSig.json")
    document = {**read(folder / "unsigned.json"), "@context": config["@context"]}
    assert document == without_proof(signed)
    canonical = suite.transformation(document, environment, KeyType.ED25519)
    assert canonical == (vector / "canonDocEdSig.txt").read_text()
    assert digest(canonical) == (vector / "docHashEdSig.txt").read_text()
    options = options_of(signed["proof"])
    assert {**options, "@context": config["@context"]} == config
    text = suite.proof_configuration(document, options, environment, KeyType.ED25519)
    assert text == (vector / "proofCanonEdSig.txt").read_text()
    assert digest(text) == (vector / "proofHashEdSig.txt").read_text()
    hash_data = suite.hash_data(document, options, environment, KeyType.ED25519)
    assert hash_data.hex() == (vector / "combinedHashEdSig.txt").read_text()
    assert signed["proof"]["proofValue"] == (vector / "sigBTC58EdSig.txt").read_text()
    signature = decode_base58btc(signed["proof"]["proofValue"])
    assert signature.hex() == (vector / "sigHexEdSig.txt").read_text()
    made = add_proof(
        document,
        suite=suite,
        signer=key_pair(folder),
        options=ProofOptions(options["verificationMethod"], parse_timestamp(options["created"])),
        environment=environment,
    )
    assert made == signed
    verify_signature(
        suite, document, signed["proof"], key_pair(folder).verification_key, environment
    )


def test_eddsa_rdfc_2022_signs_the_published_bytes(folder: Path, environment: Environment) -> None:
    signed = read(folder / "eddsa-rdfc-2022/signedDataInt.json")
    made = add_proof(
        read(folder / "unsigned.json"),
        suite=EDDSA_RDFC_2022,
        signer=key_pair(folder),
        options=ProofOptions(
            signed["proof"]["verificationMethod"], parse_timestamp(signed["proof"]["created"])
        ),
        environment=environment,
    )
    assert made == signed


def test_eddsa_jcs_2022(folder: Path, environment: Environment) -> None:
    vector, suite = folder / "eddsa-jcs-2022", EDDSA_JCS_2022
    document, options = read(folder / "unsigned.json"), read(vector / "proofConfigJCS.json")
    canonical = suite.transformation(document)
    assert canonical.decode() == (vector / "canonDocJCS.txt").read_text()
    assert hashlib.sha256(canonical).hexdigest() == (vector / "docHashJCS.txt").read_text()
    assert jcs(options).decode() == (vector / "proofCanonJCS.txt").read_text()
    assert hashlib.sha256(jcs(options)).hexdigest() == (vector / "proofHashJCS.txt").read_text()
    hash_data = suite.hash_data(document, options, environment, KeyType.ED25519)
    assert hash_data.hex() == (vector / "combinedHashJCS.txt").read_text()
    signed = read(vector / "signedJCS.json")
    assert signed["proof"]["proofValue"] == (vector / "sigBTC58JCS.txt").read_text()
    assert (
        decode_base58btc(signed["proof"]["proofValue"]).hex()
        == (vector / "sigHexJCS.txt").read_text()
    )
    verify_signature(
        suite, document, signed["proof"], key_pair(folder).verification_key, environment
    )
    made = add_proof(
        document,
        suite=suite,
        signer=key_pair(folder),
        options=ProofOptions(options["verificationMethod"], parse_timestamp(options["created"])),
        environment=environment,
    )
    assert made == signed


@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("signedProofSet1", 1),
        ("signedProofSet2", 2),
        ("signedProofChain1", 3),
        ("signedProofChain2", 4),
    ],
)
def test_proof_sets_and_chains(
    folder: Path, environment: Environment, file: str, count: int
) -> None:
    signed = read(folder / "proof-set-chain" / f"{file}.json")
    proofs = secured_proofs(signed, limits=DEFAULT_LIMITS)
    assert len(proofs) == count
    for secured in proofs:
        method = secured.proof["verificationMethod"]
        key = VerificationKey.from_multikey(method.rpartition("#")[2])
        suite = CRYPTOSUITES[secured.proof["cryptosuite"]]
        verify_signature(suite, secured.document, secured.proof, key, environment)


def test_chains_are_made_as_published(folder: Path, environment: Environment) -> None:
    chain = folder / "proof-set-chain"
    document = read(chain / "signedProofSet2.json")
    for number, name in ((1, "keyPair3"), (2, "keyPair4")):
        wanted = read(chain / f"proofChainConfigSigned{number}.json")
        previous = wanted["previousProof"]
        document = add_proof(
            document,
            suite=EDDSA_RDFC_2022,
            signer=key_pair(folder, name),
            options=ProofOptions(
                wanted["verificationMethod"],
                parse_timestamp(wanted["created"]),
                proof_id=wanted.get("id"),
                previous_proof=[previous] if isinstance(previous, str) else previous,
            ),
            environment=environment,
        )
        assert document["proof"][-1] == wanted
        assert document == read(chain / f"signedProofChain{number}.json")


@pytest.mark.parametrize("number", [1, 2])
def test_the_unfinished_documents_of_a_chain_do_not_stand_alone(
    folder: Path, environment: Environment, number: int
) -> None:
    """An intermediate document of the published chain lacks proofs that others build on."""
    document = read(folder / "proof-set-chain" / f"proofChainTempDoc{number}.json")
    if number == 1:
        assert len(secured_proofs(document, limits=DEFAULT_LIMITS)) == 2
        return
    with pytest.raises(InvalidProofError) as caught:
        secured_proofs(document, limits=DEFAULT_LIMITS)
    assert caught.value.code == "PREVIOUS_PROOF_MISSING"


@pytest.mark.parametrize(
    ("number", "name", "file"),
    [(1, "keyPair1", "signedProofSet1"), (2, "keyPair2", "signedProofSet2")],
)
def test_proof_sets_are_made_as_published(
    folder: Path, environment: Environment, number: int, name: str, file: str
) -> None:
    """The sets come without hashes; what they give are the options, the proof and the document."""
    sets = folder / "proof-set-chain"
    config, wanted = (read(sets / f"proofSetConfig{kind}{number}.json") for kind in ("", "Signed"))
    assert options_of(wanted) == config
    before = read(sets / ("unsigned.json" if number == 1 else "signedProofSet1.json"))
    made = add_proof(
        before,
        suite=EDDSA_RDFC_2022,
        signer=key_pair(folder, name),
        options=ProofOptions(
            config["verificationMethod"], parse_timestamp(config["created"]), proof_id=config["id"]
        ),
        environment=environment,
    )
    assert as_list(made["proof"])[-1] == wanted
    assert made == {**read(sets / f"{file}.json"), "proof": made["proof"]}
    assert as_list(made["proof"]) == as_list(read(sets / f"{file}.json")["proof"])


@pytest.mark.parametrize("number", [1, 2])
def test_the_options_of_a_chain_are_those_published(folder: Path, number: int) -> None:
    chain = folder / "proof-set-chain"
    signed = read(chain / f"proofChainConfigSigned{number}.json")
    assert options_of(signed) == read(chain / f"proofChainConfig{number}.json")


SIGNED_DOCUMENTS = {
    "eddsa-rdfc-2022/signedDataInt.json": 1,
    "eddsa-rdfc-2022/employ/signedDataInt.json": 1,
    "eddsa-jcs-2022/signedJCS.json": 1,
    "Ed25519Signature2020/signedEdSig.json": 1,
    "proof-set-chain/signedProofSet1.json": 1,
    "proof-set-chain/signedProofSet2.json": 2,
    "proof-set-chain/signedProofChain1.json": 3,
    "proof-set-chain/signedProofChain2.json": 4,
}
"""Every signed document of a supported suite, with the number of its proofs."""


def verify_all(document: dict[str, Any], environment: Environment) -> int:
    """Verify all proofs of a document with the keys that they name; return how many there are."""
    proofs = secured_proofs(document, limits=DEFAULT_LIMITS)
    for secured in proofs:
        method = secured.proof["verificationMethod"]
        key = VerificationKey.from_multikey(method.rpartition("#")[2])
        verify_signature(
            cryptosuite_of(secured.proof), secured.document, secured.proof, key, environment
        )
    return len(proofs)


@pytest.mark.parametrize(("file", "count"), sorted(SIGNED_DOCUMENTS.items()))
def test_every_published_document_is_refused_once_a_leaf_is_changed(
    folder: Path, environment: Environment, file: str, count: int
) -> None:
    signed = read(folder / file)
    assert verify_all(signed, environment) == count
    changed = 0
    for place, value in places(signed):
        if isinstance(value, dict | list) or place is None:
            continue
        mutated = deepcopy(signed)
        container_of(mutated, place)[place[1]] = f"{value}x"
        with pytest.raises((CredentialError, KeyMaterialError)):
            verify_all(mutated, environment)
        changed += 1
    assert changed >= 15


def test_every_file_of_the_vectors_is_used(folder: Path) -> None:
    """A file that nobody looks at would be a vector that nobody knows to fail."""
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    intermediate = ("canonDoc", "combinedHash", "docHash", "proofCanon", "proofHash", "sigBTC58")
    expected = {"LICENSE.md", "keyPair.json", "unsigned.json", "employmentAuth.json"}
    for suite, name in (
        ("eddsa-rdfc-2022", "DataInt"),
        ("eddsa-rdfc-2022/employ", "DataInt"),
        ("eddsa-jcs-2022", "JCS"),
        ("Ed25519Signature2020", "EdSig"),
    ):
        expected |= {f"{suite}/{kind}{name}.txt" for kind in (*intermediate, "sigHex")}
        expected |= {f"{suite}/proofConfig{name}.json", f"{suite}/signed{name}.json"}
    chain = {"multiKeyPairs", "unsigned", "proofChainTempDoc1", "proofChainTempDoc2"}
    for number, kind in product((1, 2), ("Set", "Chain")):
        chain |= {f"proof{kind}Config{signed}{number}" for signed in ("", "Signed")}
        chain.add(f"signedProof{kind}{number}")
    expected |= {f"proof-set-chain/{name}.json" for name in chain}
    assert files == expected
    assert len(files) == 56


def test_options_leave_the_proof_value_out() -> None:
    assert options_of({"type": "x", "proofValue": "y"}) == {"type": "x"}


def test_one_document_is_transformed_once_for_all_its_proofs() -> None:
    transformed: list[JsonObject] = []

    def transform(document: JsonObject) -> str:
        transformed.append(document)
        return str(len(transformed))

    one, other = {"a": 1}, {"a": 1}
    environment = Environment(schemas.load_context)
    assert [environment.once(one, "SHA-256", transform) for _ in range(2)] == ["1", "2"]
    own = environment.for_one_document()
    told = [own.once(document, "SHA-256", transform) for document in (one, one, other, one)]
    assert told == list("3343")
    assert own.once(one, "SHA-384", transform) == "5"
    assert transformed == [one] * 5
    assert own.limits is environment.limits
    assert own.for_one_document().once(one, "SHA-256", transform) == "6"
