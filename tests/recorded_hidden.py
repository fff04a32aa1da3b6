"""What is said where something is hidden, attached, or signed under an older name."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from credentials.digests import digest_multibase
from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.proofs.sd_deriving import derive
from keys.errors import KeyMaterialError
from tests.factories import ENVIRONMENT, ISSUER, NOW, SIGNER, unsigned, world
from tests.recorded import report, told
from tests.selective import base, full_base, sd_unsigned
from tests.verifier.test_disclosed_credentials import FRAME, PAST, SUBJECT, served, with_status
from verifier.checks.proof import _holds
from verifier.checks.resources import check_resources
from verifier.checks.sd_jwt_issuer import issuer_key

Case = tuple[str, Any]

HTTPS = "https://college.example"
TEXT = b"What was made."


def derived_credentials() -> Iterator[Case]:
    """Record the reports on credentials of which a part is shown."""
    careful = full_base(with_status())
    for pointers in ([], [""], ["/name"], [SUBJECT], [f"{SUBJECT}/achievement/name"]):
        for name, documents in (("in force", served()), ("revoked", served(5)), ("unseen", {})):
            yield (
                f"careful, {pointers}, {name}",
                report(derive(careful, pointers, ENVIRONMENT), documents),
            )
    for name, document in (("expired", with_status(validUntil=PAST)), ("plain", sd_unsigned())):
        careless = base(document)
        for pointers in ([""], FRAME, FRAME[:-1], [SUBJECT], ["/issuer"]):
            yield f"careless, {name}, {pointers}", part(careless, pointers)


def part(signed: JsonObject, pointers: list[str]) -> Any:
    try:
        return report(derive(signed, pointers, ENVIRONMENT), served())
    except CredentialError as error:
        return [error.code, error.pointer]


def evidence() -> Iterator[Case]:
    """Record what is said of evidence with digests, and of related resources."""
    here = "data:text/plain;base64," + base64.b64encode(TEXT).decode()
    integrity = "sha256-" + base64.b64encode(hashlib.sha256(TEXT).digest()).decode()
    same, other = digest_multibase(TEXT), digest_multibase(b"x")
    for name, item in (
        ("the same", {"id": here, "digestMultibase": same}),
        ("the same, integrity", {"id": here, "digestSRI": integrity}),
        ("both", {"id": here, "digestSRI": integrity, "digestMultibase": same}),
        ("one of both", {"id": here, "digestSRI": integrity, "digestMultibase": other}),
        ("another", {"id": here, "digestMultibase": other}),
        ("no digest", {"id": here, "digestMultibase": "x"}),
        ("elsewhere", {"id": f"{HTTPS}/work", "digestMultibase": same}),
        ("nowhere", {"digestMultibase": same}),
        ("without", {"id": here}),
        ("no object", "x"),
    ):
        for many in ({"evidence": item}, {"evidence": [{"id": "urn:x:y"}, item]}):
            kind = "list" if isinstance(many["evidence"], list) else "one"
            yield f"{name}, {kind}", told(check_resources({**unsigned(), **many}))


def names_of_suites() -> Iterator[Case]:
    """Record what is said of suites by their names."""
    for name in ("eddsa-rdfc-2022", "eddsa-2022", "json-eddsa-2022", "ecdsa-2019", "x"):
        yield name, told([_holds(name)])


def issuer_keys() -> Iterator[Case]:
    """Record whose key is found for a token, and where it was looked for."""
    key = {"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": public()}
    metadata = {"issuer": HTTPS, "jwks": {"keys": [key]}}
    method = {
        "id": f"{HTTPS}#k",
        "type": "Multikey",
        "controller": HTTPS,
        "publicKeyMultibase": SIGNER.verification_key.to_multikey(),
    }
    document = {"id": HTTPS, "verificationMethod": [method], "assertionMethod": [method["id"]]}
    well_known = f"{HTTPS}/.well-known/jwt-vc-issuer"
    for name, documents in (
        ("metadata", {well_known: metadata}),
        ("document", {HTTPS: document}),
        ("both", {well_known: metadata, HTTPS: document}),
        ("nothing", {}),
        ("metadata of another", {well_known: {**metadata, "issuer": f"{HTTPS}/x"}}),
    ):
        for key_id in (None, "k", "l", method["id"], f"{HTTPS}/x#k"):
            yield f"{name}, {key_id}", found_key(key_id, HTTPS, documents)
    yield "did:key", found_key(None, ISSUER, {})


def public() -> str:
    raw = SIGNER.verification_key.to_jwk()["x"]
    return str(raw)


def found_key(key_id: str | None, issuer: str, documents: JsonObject) -> Any:
    try:
        found = issuer_key(key_id, issuer, world(documents, now=NOW))
    except KeyMaterialError as error:
        return [type(error).__name__, error.code, str(error)]
    return repr(found)


AREAS = {
    "derived credentials": derived_credentials,
    "evidence with digests": evidence,
    "names of suites": names_of_suites,
    "keys of issuers of tokens": issuer_keys,
}
