"""Check "proof": every proof is of a known suite and its signature holds."""

from __future__ import annotations

from typing import NamedTuple

from credentials.data_model.proof_grammar import proof_findings
from credentials.errors import CredentialError, IndeterminateError
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Disclosure, Environment, verify_signature
from credentials.proofs.proof_sets import SecuredProof, secured_proofs
from credentials.proofs.rdfc_suites import EDDSA_2022
from credentials.proofs.registry import cryptosuite_of
from keys.controller_document import ResolvedKey, retrieve_verification_method
from keys.did import SELF_CONTAINED, key_in_identifier
from keys.errors import KeyMaterialError, UnresolvableError
from keys.verification_key import VerificationKey
from verifier.checks.controllers import controller_of
from verifier.checks.document import of_error
from verifier.checks.world import World, from_findings, passed
from verifier.report import Outcome, Remark

MULTIKEY_BEGINNINGS = ("z6Mk", "zDn", "z82")
"""How Multikeys of the kinds Ed25519, P-256 and P-384 begin."""

DRAFT_NAMES = frozenset({EDDSA_2022.name})
"""Suites that are verified under the name that they had as drafts."""


class ProofEvidence(NamedTuple):
    """What became of one proof: its remark, and the key if one could be had."""

    secured: SecuredProof
    remark: Remark
    resolved: ResolvedKey | None
    disclosure: Disclosure | None = None
    """What a holder may have left out, if the proof is one of selective disclosure."""


def check_proofs(
    document: JsonObject, world: World, environment: Environment
) -> tuple[tuple[Remark, ...], tuple[ProofEvidence, ...]]:
    """Check every proof of a document; all of them must hold.  `environment` is for it alone.

    Obligations (VC Data Integrity 1.0 sections 4.4 and 4.5):

    1. the proofs are well-formed, and a chain has no gap and no circle;
    2. they are not more than one verification looks at, with all those inside the document;
    3. each proof's suite is known;
    4. each proof's key is found through its verification method;
    5. each signature holds over the document and its previous proofs.
    """
    # 1.
    remarks = from_findings(proof_findings(document, world.limits))
    if any(remark.outcome is Outcome.FAILED for remark in remarks):
        return remarks, ()
    try:
        secured = secured_proofs(document, limits=world.limits)
    except CredentialError as error:
        return (*remarks, of_error(error)), ()
    # 2.
    try:
        world.spend_proofs(len(secured))
    except IndeterminateError as error:
        return (*remarks, of_error(error, Outcome.INDETERMINATE)), ()
    # 3. to 5.
    evidence = tuple(_check_one(proof, world, environment) for proof in secured)
    return (*remarks, *(item.remark for item in evidence)), evidence


def _check_one(secured: SecuredProof, world: World, environment: Environment) -> ProofEvidence:
    resolved: ResolvedKey | None = None
    disclosure: Disclosure | None = None
    try:
        resolved = resolve(secured.proof, world)
        remark, disclosure = _verify(secured, resolved, environment)
    except UnresolvableError as error:
        remark = _without_document(secured, str(error), environment)
    except KeyMaterialError as error:
        remark = Remark(Outcome.FAILED, error.code, str(error), "/verificationMethod")
    return ProofEvidence(secured, remark.below(_place(secured, remark)), resolved, disclosure)


def _verify(
    secured: SecuredProof, resolved: ResolvedKey, environment: Environment
) -> tuple[Remark, Disclosure | None]:
    try:
        suite = cryptosuite_of(secured.proof)
        disclosure = verify_signature(
            suite, secured.document, secured.proof, resolved.key, environment
        )
    except IndeterminateError as error:
        return of_error(error, Outcome.INDETERMINATE), None
    except CredentialError as error:
        return of_error(error), None
    return _holds(suite.name), disclosure


def _holds(name: str) -> Remark:
    text = f"The signature ({name}) holds: nothing was changed after signing."
    if name not in DRAFT_NAMES:
        return passed(text)
    text += " It bears the name of a draft; the issuer should sign anew under the final one."
    return Remark(Outcome.WARNING, "DRAFT_CRYPTOSUITE", text, "/cryptosuite")


def _without_document(secured: SecuredProof, why: str, environment: Environment) -> Remark:
    """Judge a proof whose issuer's document could not be had.

    A verification method may carry a Multikey in its fragment.  That key proves nothing about the
    issuer, but it can refute: if the signature does not even hold for it, no document can mend it.
    """
    try:
        suite = cryptosuite_of(secured.proof)
    except IndeterminateError as error:
        return of_error(error, Outcome.INDETERMINATE)
    except CredentialError as error:
        return of_error(error)
    fragment = fragment_with_key(secured.proof["verificationMethod"])
    if fragment is not None:
        try:
            key = VerificationKey.from_multikey(fragment)
            verify_signature(suite, secured.document, secured.proof, key, environment)
        except IndeterminateError as error:
            return of_error(error, Outcome.INDETERMINATE)
        except CredentialError as error:
            return of_error(error)
        except KeyMaterialError as error:
            return Remark(Outcome.FAILED, error.code, str(error), "/verificationMethod")
    return Remark(Outcome.INDETERMINATE, "KEY_UNRESOLVED", why, "/verificationMethod")


def fragment_with_key(method_url: str) -> str | None:
    """Return the fragment of a verification method if it looks like a Multikey."""
    fragment = method_url.partition("#")[2]
    return fragment if fragment.startswith(MULTIKEY_BEGINNINGS) else None


def _place(secured: SecuredProof, remark: Remark) -> str:
    """Point into the proof, except for remarks about the document as a whole."""
    return "" if remark.pointer.startswith("/@context") else secured.pointer


def resolve(proof: JsonObject, world: World) -> ResolvedKey:
    """Find the key that a well-formed proof names; raises `KeyMaterialError`."""
    method_url, purpose = proof["verificationMethod"], proof["proofPurpose"]
    if method_url.startswith(SELF_CONTAINED):
        return key_in_identifier(method_url, purpose)
    return retrieve_verification_method(
        method_url, purpose, lambda controller: controller_of(controller, world)
    )
