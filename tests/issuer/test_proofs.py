"""Which proofs an issuer makes: one, several in a set, or a base proof for the holder."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest

import schemas
from credentials.errors import CredentialError, IssuanceError
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Cryptosuite
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.ecdsa_sd_2023 import ECDSA_SD_2023, BaseProofSecrets, EcdsaSd2023
from credentials.proofs.ed25519_signature_2020 import CONTEXT, ED25519_SIGNATURE_2020
from credentials.proofs.registry import CRYPTOSUITES
from credentials.proofs.sd_deriving import derive
from issuer import IssuanceRequest, IssuedCredential, Issuer, IssuerProfile
from issuer.proofs import always_shown
from issuer.requests import Fresh
from keys.did import did_key
from keys.signer import PrivateKeySigner
from tests.factories import ENVIRONMENT, NOW, SIGNER, check, codes, method_of, sign, unsigned
from tests.selective import HMAC_KEY, PROOF_KEY, SD_SIGNER, components, sd_unsigned

RDFC, JCS = CRYPTOSUITES["eddsa-rdfc-2022"], CRYPTOSUITES["eddsa-jcs-2022"]


def issuer(
    suites: Sequence[Cryptosuite], signer: PrivateKeySigner = SIGNER, **changes: Any
) -> Issuer:
    numbers = count()
    profile = IssuerProfile(
        did_key(signer.verification_key),
        method_of(signer),
        suites[0],
        schemas.context_urls(),
        further_suites=tuple(suites[1:]),
    )
    fresh = Fresh(lambda: f"urn:x:{next(numbers)}", lambda: "0" * 32)
    self_check = changes.get("self_check", lambda data: check(data).raise_for_errors())
    return Issuer(profile, signer, ENVIRONMENT, fresh=fresh, self_check=self_check)


def issue(made: Issuer, document: JsonObject | None = None) -> IssuedCredential:
    request = IssuanceRequest.from_json({"credential": document or unsigned()})
    return made.issue(made.prepare(request, now=NOW), now=NOW)


def base_suite(*further: str) -> EcdsaSd2023:
    secrets = BaseProofSecrets(lambda: PROOF_KEY, lambda: HMAC_KEY)
    return EcdsaSd2023(secrets, always_shown(further))


def test_several_proofs_make_a_set_and_all_of_them_hold() -> None:
    issued = issue(issuer([RDFC, JCS, ED25519_SIGNATURE_2020]))
    kinds = [proof.get("cryptosuite", proof["type"]) for proof in issued.document["proof"]]
    assert kinds == ["eddsa-rdfc-2022", "eddsa-jcs-2022", "Ed25519Signature2020"]
    assert check(issued.data).verdict == "valid"
    for index in range(3):
        broken = {**issued.document, "proof": [dict(one) for one in issued.document["proof"]]}
        other = broken["proof"][index - 1]["proofValue"]
        broken["proof"][index]["proofValue"] = other
        assert "SIGNATURE_INVALID" in codes(check(broken))


def test_one_proof_stays_one_object() -> None:
    assert isinstance(issue(issuer([RDFC])).document["proof"], dict)


def test_the_proof_for_old_wallets_brings_its_context_along() -> None:
    issued = issue(issuer([RDFC, ED25519_SIGNATURE_2020]))
    assert issued.document["@context"] == [*unsigned()["@context"], CONTEXT]
    older = issued.document["proof"][1]
    assert older["type"] == "Ed25519Signature2020"
    assert "cryptosuite" not in older
    alone = {**issued.document, "proof": older}
    assert check(alone).verdict == "valid"
    stated = unsigned() | {"@context": [*unsigned()["@context"], CONTEXT]}
    again = issue(issuer([RDFC, ED25519_SIGNATURE_2020]), stated)
    assert again.document["@context"].count(CONTEXT) == 1


@pytest.mark.parametrize(
    "suites",
    [
        [RDFC, RDFC],
        [ED25519_SIGNATURE_2020],
        [base_suite(), CRYPTOSUITES["ecdsa-rdfc-2019"]],
        [CRYPTOSUITES["ecdsa-rdfc-2019"], ECDSA_SD_2023],
    ],
)
def test_proofs_that_nobody_could_use_together_are_refused(suites: list[Cryptosuite]) -> None:
    with pytest.raises(IssuanceError) as caught:
        issuer(suites)
    assert caught.value.code == "PROOFS_NOT_TOGETHER"


def test_proofs_of_another_kind_of_key_are_refused_before_signing() -> None:
    for suites in ([RDFC, CRYPTOSUITES["ecdsa-rdfc-2019"]], [base_suite()]):
        with pytest.raises(CredentialError) as caught:
            issue(issuer(suites))
        assert caught.value.code == "PROOF_GENERATION_ERROR"


def self_check(data: bytes) -> None:
    """Accept what was signed without asking: the verifier refuses base proofs."""


def test_a_base_proof_is_issued_with_what_must_be_shown() -> None:
    made = issuer([base_suite("/credentialSubject/narrative")], SD_SIGNER, self_check=self_check)
    document = sd_unsigned()
    document["credentialSubject"] |= {"narrative": "x", "term": "Autumn"}
    issued = issue(made, document)
    pointers = components(issued.document)[4]
    assert pointers[-1] == "/credentialSubject/narrative"
    shown = derive(issued.document, [], ENVIRONMENT)
    assert shown["credentialSubject"]["narrative"] == "x"
    assert "term" not in shown["credentialSubject"]
    assert check(shown, accepts_undisclosed=True).verdict == "valid"


def test_what_readers_will_miss_is_said_before_a_base_proof_is_made() -> None:
    made = issuer([base_suite()], SD_SIGNER, self_check=self_check)
    document = sd_unsigned(validUntil=None)
    told = {warning.code for warning in issue(made, document).warnings}
    assert told >= {"UNDISCLOSED_VALIDUNTIL", "UNDISCLOSED_CREDENTIALSTATUS"}
    plain = {warning.code for warning in issue(issuer([RDFC]), unsigned(validUntil=None)).warnings}
    assert not any(code.startswith("UNDISCLOSED") for code in plain)


def test_a_mandatory_pointer_that_matches_nothing_stops_the_issuance() -> None:
    made = issuer([base_suite("/nothing")], SD_SIGNER, self_check=self_check)
    with pytest.raises(CredentialError) as caught:
        issue(made, sd_unsigned())
    assert caught.value.code == "POINTER_NO_MATCH"


def test_a_suite_without_secrets_makes_no_base_proof() -> None:
    with pytest.raises(CredentialError) as caught:
        issue(issuer([ECDSA_SD_2023], SD_SIGNER), sd_unsigned())
    assert caught.value.code == "PROOF_GENERATION_ERROR"


def test_an_older_proof_without_its_context_is_refused() -> None:
    """Nothing would say what its type means, and so the type would not be signed."""
    issued = issue(issuer([RDFC, ED25519_SIGNATURE_2020])).document
    context = [url for url in issued["@context"] if url != CONTEXT]
    report = check({**issued, "@context": context, "proof": issued["proof"][1]})
    assert report.verdict == "invalid"
    with pytest.raises(CredentialError):
        sign_older(unsigned())


def sign_older(document: JsonObject) -> JsonObject:
    return add_proof(
        document,
        suite=ED25519_SIGNATURE_2020,
        signer=SIGNER,
        options=ProofOptions(method_of(SIGNER), NOW),
        environment=ENVIRONMENT,
    )


def test_a_proof_value_of_one_kind_does_not_fit_another() -> None:
    """The kind of proof is signed: neither type nor name of a suite can be exchanged."""
    document = unsigned() | {"@context": [*unsigned()["@context"], CONTEXT]}
    older, newer = sign_older(document), sign(document)
    for proof, other in ((older["proof"], newer["proof"]), (newer["proof"], older["proof"])):
        moved = {**document, "proof": {**proof, "proofValue": other["proofValue"]}}
        assert codes(check(moved)) == {"SIGNATURE_INVALID"}
    draft = {**newer, "proof": {**newer["proof"], "cryptosuite": "eddsa-2022"}}
    assert codes(check(draft)) == {"SIGNATURE_INVALID"}
    named = {**older, "proof": {**older["proof"], "cryptosuite": "eddsa-rdfc-2022"}}
    assert check(named).verdict == "invalid"
