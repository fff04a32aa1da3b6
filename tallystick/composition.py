"""Putting the roles together: an issuer with its self-check, a verifier with its world."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import schemas
from credentials.errors import IssuanceError, MalformedValueError
from credentials.jose.writing import TokenForm
from credentials.json_types import JsonObject, as_list
from credentials.proofs.cryptosuite import Cryptosuite, Environment
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.ed25519_signature_2020 import ED25519_SIGNATURE_2020
from credentials.proofs.registry import CRYPTOSUITES, SELECTIVE
from credentials.strict_json import parse_json, serialize_json
from credentials.timestamps import format_timestamp, parse_timestamp
from frameworks.evidence import AssuranceClass
from frameworks.registers import Registers
from issuer import IssuanceRequest, Issuer, IssuerProfile
from issuer.proofs import always_shown
from issuer.requests import CONTEXTS, Fresh
from issuer.values import Endorsed, EndorsementsOf, ValuePolicy
from keys.did import NoNetworkResolver, Resolver, did_web_url
from keys.signer import PrivateKeySigner
from keys.store import KeyRecord, StoredKey
from keys.verification_key import KeyType
from tallystick import verifying
from tallystick.endorsement_faults import faults_of_endorsements
from tallystick.verifying import contexts, verifying_world
from verifier.checks.appraisal import endorsements_at
from verifier.checks.endorsement import check_endorsements
from verifier.examination import examine_alone
from verifier.formats import is_sd_jwt
from verifier.opening import document_in, is_token
from verifier.report import Verdict, VerificationReport
from verifier.verified_lists import VerifiedLists
from verifier.verifier import Verifier

DEFAULT_SUITES = {
    KeyType.ED25519: "eddsa-rdfc-2022",
    KeyType.P256: "ecdsa-rdfc-2019",
    KeyType.P384: "ecdsa-rdfc-2019",
}
"""The suite that a key signs with if none is named."""

ISSUED = frozenset((*CRYPTOSUITES, SELECTIVE, ED25519_SIGNATURE_2020.name))
"""The names of the proofs that an issuer can be asked for."""

LAST_SECOND = time(23, 59, 59)


def new_id() -> str:
    """Draw a fresh id for a credential or an achievement."""
    return uuid.uuid4().urn


def new_salt() -> str:
    """Draw 128 random bits as text."""
    return secrets.token_hex(16)


FRESH = Fresh(new_id, new_salt)


def issuer_for(
    key: StoredKey,
    *,
    resolver: Resolver | None = None,
    suites: Sequence[str] = (),
    mandatory: Sequence[str] = (),
    registers: Registers | None = None,
    refuses_faults: bool = True,
    least_assurance: AssuranceClass = AssuranceClass.D,
    is_generic: bool = False,
    form: TokenForm | None = None,
) -> Issuer:
    """Build the issuer that signs with a stored key, and holds values against registers.

    A generic one signs any credential, also with contexts of its own, not only Open Badges.
    `suites` names the proofs it makes, in their order; `mandatory` are JSON pointers to what a
    holder must always show of what ecdsa-sd-2023 signs, beside what `issuer.proofs` asks for (of a
    generic one, instead of that).  With a `form` it makes tokens instead of proofs.
    """
    record = key.record
    rule = _exactly(mandatory) if is_generic and mandatory else always_shown(mandatory)
    suite, *further = (_suite(name, rule) for name in suites or [_default_suite(key)])
    profile = IssuerProfile(
        issuer=record.controller,
        verification_method=record.verification_method,
        suite=suite,
        allowed_contexts=contexts(takes_any=is_generic),
        value_policy=_value_policy(registers, resolver, refuses_faults, least_assurance),
        further_suites=tuple(further),
        is_generic=is_generic,
    )
    environment = Environment(schemas.load_context)
    check = self_check(key, resolver, is_generic=is_generic)
    if form is None:
        return Issuer(profile, key.signer, environment, fresh=FRESH, self_check=check)
    from issuer.tokens import TokenIssuer

    return TokenIssuer(profile, key.signer, environment, fresh=FRESH, self_check=check, form=form)


def _value_policy(
    registers: Registers | None,
    resolver: Resolver | None,
    refuses_faults: bool,
    least_assurance: AssuranceClass,
) -> ValuePolicy | None:
    if registers is None:
        return None
    endorsements_of = _endorsements_of(resolver)
    return ValuePolicy(registers, refuses_faults, least_assurance, endorsements_of)


def _exactly(pointers: Sequence[str]) -> Callable[[JsonObject], tuple[str, ...]]:
    """Take pointers as they are: what a generic issuer makes mandatory is the caller's choice."""
    return lambda _document: tuple(pointers)


def _suite(name: str, mandatory: Callable[[JsonObject], tuple[str, ...]]) -> Cryptosuite:
    if name == ED25519_SIGNATURE_2020.name:
        return ED25519_SIGNATURE_2020
    if name != SELECTIVE:
        return CRYPTOSUITES[name]
    from credentials.proofs.ecdsa_sd_2023 import BaseProofSecrets, EcdsaSd2023
    from credentials.proofs.sd_proof_values import HMAC_BYTES

    fresh = BaseProofSecrets(
        proof_key=lambda: PrivateKeySigner.generate(KeyType.P256),
        hmac_key=lambda: secrets.token_bytes(HMAC_BYTES),
    )
    return EcdsaSd2023(fresh, mandatory)


def _default_suite(key: StoredKey) -> str:
    return DEFAULT_SUITES[key.record.key.key_type]


def _endorsements_of(resolver: Resolver | None) -> EndorsementsOf:
    """Have the verifier judge the endorsements in a credential that is about to be signed."""

    def endorsements_of(document: JsonObject) -> Endorsed:
        world = verifying_world(at=_moment(document, verifying.now()), resolver=resolver)
        remarks = check_endorsements(document, world, examine_alone)
        return Endorsed(endorsements_at(document, remarks), tuple(faults_of_endorsements(remarks)))

    return endorsements_of


def resolver_with_own(key: StoredKey, resolver: Resolver | None) -> Resolver:
    """Build a resolver that has the document of a key's owner as well, published or not."""
    own = {_address(key.record.controller): controller_document_of(key.record)}

    def resolve(url: str) -> Any:
        return own[url] if url in own else (resolver or NoNetworkResolver())(url)

    return resolve


def self_check(
    key: StoredKey, resolver: Resolver | None, *, is_generic: bool = False
) -> Callable[[bytes], None]:
    """Build the check before release for the owner of a key, published or not."""
    return release_check(
        resolver_with_own(key, resolver), is_generic=is_generic, clock=verifying.now
    )


def release_check(
    resolver: Resolver, *, is_generic: bool, clock: Callable[[], datetime]
) -> Callable[[bytes], None]:
    """Build the check before release: the verifier, as a reader who has the issuer's document.

    A credential whose validity lies in the future is judged at the moment when it begins, and one
    whose status list is not published yet is not refused for that: everything else must pass.
    Of a credential with a base proof, the most and the least that its holder can show are checked.
    A generic issuer may also sign what has ended (it is judged at its end), with contexts of its
    own, and leave the least to whoever asks.
    """
    lists = VerifiedLists()

    def check(data: bytes) -> None:
        for document, shown in _as_readers_get_it(data, is_generic=is_generic):
            check_as_reader(document, shown)

    def check_as_reader(document: JsonObject, data: bytes) -> None:
        at = clock()
        world = verifying_world(
            at=_moment_within(document, at) if is_generic else _moment(document, at),
            resolver=resolver,
            takes_any_context=is_generic,
            accepts_undisclosed=True,
        )
        report = Verifier(replace(world, verified_lists=lists)).check(data)
        if not _lacks_only_its_status(report):
            report.raise_for_errors()

    return check


def _as_readers_get_it(data: bytes, *, is_generic: bool) -> Iterator[tuple[JsonObject, bytes]]:
    """Yield what readers may get of a credential, each as a document and as its bytes."""
    if is_sd_jwt(data):
        from verifier.sd_jwt import facts_of, open_sd_jwt

        yield facts_of(open_sd_jwt(data).payload), data
        return
    document = document_in(data.decode("ascii")) if is_token(data) else parse_json(data)
    if not _has_base_proof(document):
        yield document, data
        return
    for pointers in (("",),) if is_generic else (("",), ()):
        derived = _derived(document, pointers)
        yield derived, serialize_json(derived)


def _has_base_proof(document: JsonObject) -> bool:
    """Tell whether a proof is a base proof; what knows them is loaded for their suite only."""
    if SELECTIVE not in [proof.get("cryptosuite") for proof in as_list(document.get("proof"))]:
        return False
    from credentials.proofs.sd_deriving import has_base_proof

    return has_base_proof(document)


def _derived(document: JsonObject, pointers: Sequence[str]) -> JsonObject:
    """Derive what will be verified next, signature by signature."""
    from credentials.proofs.sd_deriving import derive

    return derive(document, pointers, Environment(schemas.load_context), is_verified=True)


def _lacks_only_its_status(report: VerificationReport) -> bool:
    undecided = [check.id for check in report.checks if check.outcome == "indeterminate"]
    return report.verdict is Verdict.INDETERMINATE and undecided == ["status"]


def controller_document_of(*records: KeyRecord) -> JsonObject:
    """Build the document that the owner of keys publishes (Controlled Identifiers 1.0).

    A retired key stays in it as long as what it signed shall be believed; a revoked one stays with
    the time of its revocation.

    Raises `IssuanceError` (KEYS_OF_SEVERAL) for keys of several owners.
    """
    owners = {record.controller for record in records}
    if len(owners) != 1:
        raise IssuanceError("These keys belong to several owners.", code="KEYS_OF_SEVERAL")
    methods = [_method_of(record) for record in records]
    names = [method["id"] for method in methods]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": owners.pop(),
        "verificationMethod": methods,
        "assertionMethod": names,
        "authentication": names,
    }


def _method_of(record: KeyRecord) -> JsonObject:
    method = {
        "id": record.verification_method,
        "type": "Multikey",
        "controller": record.controller,
        "publicKeyMultibase": record.key.to_multikey(),
    }
    if record.status == "revoked" and record.ended is not None:
        method["revoked"] = format_timestamp(record.ended)
    return method


def _address(controller: str) -> str:
    return did_web_url(controller) if controller.startswith("did:web:") else controller


def _moment(document: JsonObject, at: datetime) -> datetime:
    """Choose the moment to judge as of: `at`, or when the credential begins if that is later."""
    try:
        begins = parse_timestamp(document.get("validFrom", document.get("issuanceDate")))
    except MalformedValueError:
        return at
    return max(at, begins)


def _moment_within(document: JsonObject, at: datetime) -> datetime:
    """Choose the moment as `_moment` does, but no later than the end of the credential."""
    try:
        ends = parse_timestamp(document.get("validUntil", document.get("expirationDate")))
    except MalformedValueError:
        return _moment(document, at)
    return min(_moment(document, at), ends)


def sign_edition(key: StoredKey, document: JsonObject) -> JsonObject:
    """Sign an edition of a register with its authority's key."""
    from verifier.registers import EDITION_SUITE

    return _sign(key, document, EDITION_SUITE)


def sign_bundle(key: StoredKey, document: JsonObject) -> JsonObject:
    """Sign a bundle with the key of whoever packed it."""
    from verifier.bundles import BUNDLE_SUITE

    return _sign(key, document, BUNDLE_SUITE)


def sign_policy(key: StoredKey, document: JsonObject) -> JsonObject:
    """Sign a recognition policy with its adopter's key."""
    from tallystick.policies import POLICY_SUITE

    return _sign(key, document, POLICY_SUITE)


def sign_decision(key: StoredKey, document: JsonObject, resolver: Resolver | None) -> JsonObject:
    """Sign a recognition decision, and release it only if the verifier accepts it."""
    signed = _sign(key, document, _default_suite(key))
    self_check(key, resolver)(serialize_json(signed))
    return signed


def sign_receipt(key: StoredKey, document: JsonObject, resolver: Resolver | None) -> JsonObject:
    """Sign a receipt of a verification, and release it only if the verifier accepts it."""
    signed = _sign(key, document, _default_suite(key))
    self_check(key, resolver)(serialize_json(signed))
    return signed


def sign_status_list(key: StoredKey, document: JsonObject) -> JsonObject:
    """Sign a status list, and release it only if the verifier accepts it."""
    signed = _sign(key, document, _default_suite(key))
    self_check(key, None)(serialize_json(signed))
    return signed


def sign_endorsement(
    key: StoredKey, identifier: str, name: str, content: JsonObject, until: date | None
) -> JsonObject:
    """Sign an endorsement, and release it only if the verifier accepts it."""
    document: JsonObject = {
        "@context": list(CONTEXTS),
        "id": identifier,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": key.record.controller, "type": ["Profile"]},
        "validFrom": format_timestamp(verifying.now().replace(microsecond=0)),
        "name": name,
        **content,
    }
    if until is not None:
        document["validUntil"] = format_timestamp(datetime.combine(until, LAST_SECOND, UTC))
    signed = _sign(key, document, _default_suite(key))
    self_check(key, None)(serialize_json(signed))
    return signed


def status_entry(status_list: str | None, index: int | None) -> JsonObject | None:
    """Build the entry by which a status list can withdraw a document."""
    if status_list is None or index is None:
        return None
    return {
        "id": f"{status_list}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": status_list,
    }


def _sign(key: StoredKey, document: JsonObject, suite: str) -> JsonObject:
    options = ProofOptions(key.record.verification_method, verifying.now().replace(microsecond=0))
    return add_proof(
        document,
        suite=CRYPTOSUITES[suite],
        signer=key.signer,
        options=options,
        environment=Environment(schemas.load_context),
    )


def unsafe_sign_unchecked(key: StoredKey, request: IssuanceRequest, issuer: str) -> JsonObject:
    """Sign in anybody's name without any check, to show what a verifier must refuse."""
    return _sign(
        key, request.build(issuer=issuer, now=verifying.now(), fresh=FRESH), _default_suite(key)
    )
