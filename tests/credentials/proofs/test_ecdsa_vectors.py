"""The known answers of W3C vc-di-ecdsa for ecdsa-rdfc-2019 and ecdsa-jcs-2019, value by value."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import InvalidProofError
from credentials.jcs import canonicalize as jcs
from credentials.proofs.cryptosuite import Environment, options_of, verify_signature
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.jcs_suites import ECDSA_JCS_2019
from credentials.proofs.rdfc_suites import ECDSA_RDFC_2019, EDDSA_RDFC_2022
from credentials.timestamps import parse_timestamp
from keys.multibase import decode_base58btc, encode_base58btc
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType, VerificationKey
from tests.credentials.contexts import context_loader

CURVES = [("p256", KeyType.P256, "sha256"), ("p384", KeyType.P384, "sha384")]


@pytest.fixture
def folder(conformance: Path) -> Path:
    return conformance / "vc-di-ecdsa"


@pytest.fixture
def environment(conformance: Path) -> Environment:
    return Environment(context_loader(conformance))


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def key_of(proof: Any) -> VerificationKey:
    return VerificationKey.from_multikey(proof["verificationMethod"].rpartition("#")[2])


def signer_of(folder: Path, curve: str) -> PrivateKeySigner:
    pair = read(folder / f"{curve}KeyPair.json")
    signer = PrivateKeySigner.from_secret_multikey(pair["secretKeyMultibase"])
    assert signer.verification_key.to_multikey() == pair["publicKeyMultibase"]
    return signer


@pytest.mark.parametrize("sub", [".", "employ"])
@pytest.mark.parametrize(("curve", "key_type", "name"), CURVES)
def test_ecdsa_rdfc_2019(
    folder: Path, environment: Environment, curve: str, key_type: KeyType, name: str, sub: str
) -> None:
    vector, end = folder / f"ecdsa-rdfc-2019-{curve}" / sub, f"ECDSA{curve.upper()}"
    document = read(folder / ("unsigned.json" if sub == "." else "employmentAuth.json"))
    options = read(vector / f"proofConfig{end}.json")
    canonical = ECDSA_RDFC_2019.transformation(document, environment, key_type)
    assert canonical == (vector / f"canonDoc{end}.txt").read_text()
    digest = hashlib.new(name, canonical.encode()).hexdigest()
    assert digest == (vector / f"docHash{end}.txt").read_text()
    plain = {member: value for member, value in options.items() if member != "@context"}
    text = ECDSA_RDFC_2019.proof_configuration(document, plain, environment, key_type)
    assert text == (vector / f"proofCanon{end}.txt").read_text()
    digest = hashlib.new(name, text.encode()).hexdigest()
    assert digest == (vector / f"proofHash{end}.txt").read_text()
    combined = ECDSA_RDFC_2019.hash_data(document, plain, environment, key_type)
    assert combined.hex() == (vector / f"combinedHash{end}.txt").read_text()
    proof = read(vector / f"signed{end}.json")["proof"]
    signature = decode_base58btc(proof["proofValue"])
    assert signature.hex() == (vector / f"sigHex{end}.txt").read_text()
    verify_signature(ECDSA_RDFC_2019, document, proof, key_of(proof), environment)


@pytest.mark.parametrize(("curve", "key_type", "name"), CURVES)
def test_ecdsa_jcs_2019(
    folder: Path, environment: Environment, curve: str, key_type: KeyType, name: str
) -> None:
    vector, end = folder / f"ecdsa-jcs-2019-{curve}", f"JCSECDSA{curve.upper()}"
    document, options = read(folder / "unsigned.json"), read(vector / f"proofConfig{end}.json")
    canonical = ECDSA_JCS_2019.transformation(document)
    assert canonical.decode() == (vector / f"canonDoc{end}.txt").read_text()
    assert hashlib.new(name, canonical).hexdigest() == (vector / f"docHash{end}.txt").read_text()
    assert jcs(options).decode() == (vector / f"proofCanon{end}.txt").read_text()
    combined = ECDSA_JCS_2019.hash_data(document, options, environment, key_type)
    assert combined.hex() == (vector / f"combinedHash{end}.txt").read_text()
    proof = read(vector / f"signed{end}.json")["proof"]
    verify_signature(ECDSA_JCS_2019, document, proof, key_of(proof), environment)


@pytest.mark.parametrize("suite", [ECDSA_RDFC_2019, ECDSA_JCS_2019], ids=lambda one: one.name)
@pytest.mark.parametrize("curve", ["p256", "p384"])
def test_what_is_signed_here_verifies_and_a_changed_copy_does_not(
    folder: Path, environment: Environment, suite: Any, curve: str
) -> None:
    signer = signer_of(folder, curve)
    multikey = signer.verification_key.to_multikey()
    options = ProofOptions(
        f"did:key:{multikey}#{multikey}", parse_timestamp("2026-01-01T00:00:00Z")
    )
    document = read(folder / "employmentAuth.json")
    signed = add_proof(
        document, suite=suite, signer=signer, options=options, environment=environment
    )
    proof = signed["proof"]
    verify_signature(suite, document, proof, signer.verification_key, environment)
    if suite is ECDSA_JCS_2019:
        assert proof["@context"] == document["@context"]
    changed = deepcopy(document)
    changed["credentialSubject"]["givenName"] = "another"
    with pytest.raises(InvalidProofError):
        verify_signature(suite, changed, proof, signer.verification_key, environment)


def test_the_kind_of_key_fixes_suite_and_hash(folder: Path, environment: Environment) -> None:
    document = read(folder / "unsigned.json")
    proof = read(folder / "ecdsa-rdfc-2019-p256/signedECDSAP256.json")["proof"]
    for suite, key in (
        (EDDSA_RDFC_2022, signer_of(folder, "p256").verification_key),
        (ECDSA_RDFC_2019, signer_of(folder, "p384").verification_key),
        (ECDSA_JCS_2019, signer_of(folder, "p256").verification_key),
    ):
        with pytest.raises(InvalidProofError):
            verify_signature(suite, document, proof, key, environment)


def test_a_signature_that_was_cut_or_negated_is_refused(
    folder: Path, environment: Environment
) -> None:
    """A truncated value, and r and s in another length, never reach the curve."""
    document = read(folder / "unsigned.json")
    proof = read(folder / "ecdsa-rdfc-2019-p256/signedECDSAP256.json")["proof"]
    signature = decode_base58btc(proof["proofValue"])
    for changed in (signature[:-1], signature + b"\0", signature[:63] + b"\0", bytes(64)):
        bad = {**options_of(proof), "proofValue": encode_base58btc(changed)}
        with pytest.raises(InvalidProofError):
            verify_signature(ECDSA_RDFC_2019, document, bad, key_of(proof), environment)
    cut = {**proof, "proofValue": proof["proofValue"][:-1]}
    with pytest.raises(InvalidProofError):
        verify_signature(ECDSA_RDFC_2019, document, cut, key_of(proof), environment)
