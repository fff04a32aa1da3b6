"""What two readers could take differently, for the check on a device: it must never contradict."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import without_proof
from credentials.status.bitstring import encode_list
from credentials.strict_json import serialize_json
from keys.multibase import base64url
from tests.browser_cases import Case, list_with
from tests.factories import (
    ISSUER,
    LIST_URL,
    NOW,
    SIGNER,
    method_of,
    sign,
    status_entry,
    status_list,
    unsigned,
)
from tests.verifier.shapes import LISTS
from tests.verifier.test_old_status import (
    EXTENSIONS,
    STATUS_2021,
    encoded_2021,
    entry_2021,
    list_2021,
    old_badge,
)
from tests.verifier.tokens import credential_token, with_header
from verifier.checks.revocation_list import REVOCATION_LIST

POLY = "https://poly.example"


def tricks() -> Iterator[Case]:
    """Yield what two readers of JSON, dates, addresses and names could take differently."""
    literal = {"id": "https://x.example/s", "type": "JsonSchema"}
    for name, document in {
        "a date before all time": unsigned(validFrom="0001-01-01T00:00:00+14:00"),
        "a date after all time": unsigned(validUntil="9999-12-31T23:59:59-14:00"),
        "a text of many rare letters": unsigned(name="\U0001f9ea" * 140_000),
        "a long address": unsigned(id="urn:x:" + "a" * 8_200),
        "a name in a literal of JSON": unsigned(
            credentialSchema={**literal, "jsonSchema": {"__proto__": {"a": 1}}}
        ),
        "a status of the purpose constructor": unsigned(
            credentialStatus=status_entry(purpose="constructor")
        ),
        "a status of the purpose suspension": unsigned(
            credentialStatus=status_entry(purpose="suspension")
        ),
    }.items():
        purpose = document.get("credentialStatus", {}).get("statusPurpose", "revocation")
        yield Case(name, serialize_json(sign(document)), NOW, list_with(statusPurpose=purpose))
    yield from _tricks_of_lists()
    for name in ("__proto__", "constructor", "toString", "hasOwnProperty", "prototype"):
        for place in ([], ["credentialSubject"], ["issuer"], ["proof"]):
            yield Case(f"{name} in {place}", _with_member(name, place), NOW, {})
        yield Case(f"{name} as a context", _with_context(name), NOW, {})
        yield Case(f"{name} in a claim", credential_token(claims={name: {"a": 1}}), NOW, {})
        yield Case(f"{name} in a header", with_header(credential_token(), **{name: "x"}), NOW, {})
        key = {"jwk": {name: 1}}
        yield Case(f"{name} in a key", credential_token(claims={"cnf": key}), NOW, {})
    key = {"jwk": {"a" * 600: 1}}
    yield Case("a long name in a key", credential_token(claims={"cnf": key}), NOW, {})
    yield Case("a key that is named twice", serialize_json(_by_key_with_two_names()), NOW, {})


def _tricks_of_lists() -> Iterator[Case]:
    """Yield status entries and lists that two readers could take differently."""
    badge = unsigned(credentialStatus=status_entry())
    for name, changes in {
        "a control character": {"name": "\x07"},
        "a number without an exact form": {"name": 1e22},
        "null": {"name": None},
        "too many values": {"description": ["x"] * 5_000},
    }.items():
        plain = {**without_proof(status_list()), **changes}
        documents = {LIST_URL: sign(plain, suite="eddsa-jcs-2022")}
        yield Case(f"a list with {name}", serialize_json(sign(badge)), NOW, documents)
    noise = random.Random(1).randbytes(1_048_576)
    listed = list_with(encodedList=encode_list(noise))
    yield Case("a list that is too long a text", serialize_json(sign(badge)), NOW, listed)
    entry = {**status_entry(), "type": ["BitstringStatusListEntry", REVOCATION_LIST]}
    badge = unsigned(credentialStatus=entry)
    badge["@context"] = [*badge["@context"], EXTENSIONS]
    yield Case("a status of two kinds", serialize_json(sign(badge)), NOW, LISTS)


def entries_of_several_bits() -> Iterator[Case]:
    """Yield entries of each purpose and of several sizes, with messages that fit or not."""
    bits = bytearray(65_536)
    bits[10:14] = b"\x12\x34\x56\x78"
    for purpose in ("revocation", "suspension", "message", "refresh", "other"):
        for size, index, count in ((1, 84, 0), (1, 83, 2), (2, 40, 4), (4, 21, 16), (4, 7, 16)):
            yield _of_size(purpose, size, index, count, bytes(bits))
    for size, index, count in ((3, 27, 8), (2, 40, 3), (0, 5, 0), (1.0, 84, 0)):
        yield _of_size("revocation", size, index, count, bytes(bits))
    for ttl in (60_000, 60_000.0, 1e12, 1.5, "1"):
        for purpose in ("revocation", "suspension"):
            yield _of_size(purpose, 1, 83, 0, bytes(bits), ttl=ttl)


def _of_size(purpose: str, size: Any, index: int, count: int, bits: bytes, **changes: Any) -> Case:
    messages = [{"status": f"0x{value:x}", "message": "x"} for value in range(count)]
    entry = {**status_entry(str(index), purpose), "statusSize": size, "statusMessage": messages}
    if not messages:
        del entry["statusMessage"]
    listed = list_with(statusPurpose=purpose, encodedList=encode_list(bits), **changes)
    data = serialize_json(sign(unsigned(credentialStatus=entry)))
    return Case(f"{size} bits at {index} for {purpose} {count} {changes}", data, NOW, listed)


def old_lists() -> Iterator[Case]:
    """Yield badges on lists of older kinds: StatusList2021, and those of 1EdTech."""
    for entry in (entry_2021(), entry_2021("6"), entry_2021(purpose="suspension"), entry_2021(-1)):
        for encoded in (encoded_2021(5), encoded_2021(5).replace("-", "+") + "==", "x"):
            data = serialize_json(old_badge(entry, STATUS_2021))
            yield Case(f"2021 {entry} {encoded}", data, NOW, {LIST_URL: list_2021(encoded)})
    key = {"type": "Multikey", "publicKeyMultibase": SIGNER.verification_key.to_multikey()}
    for issuer in ("did:web:poly.example:badges", "https://poly.example/keys", ISSUER):
        method = f"{issuer}#key"
        controller = {
            "id": issuer,
            "verificationMethod": [{**key, "id": method, "controller": issuer}],
            "assertionMethod": [method],
        }
        address = issuer.replace("did:web:poly.example:badges", f"{POLY}/badges/did.json")
        for list_url, revocations in _revocations(issuer):
            status = {"id": list_url, "type": REVOCATION_LIST}
            profile = {"id": issuer, "type": ["Profile"]}
            badge = unsigned(credentialStatus=status, issuer=profile)
            badge["@context"] = [*badge["@context"], EXTENSIONS]
            named = method_of(SIGNER) if issuer == ISSUER else method
            data = serialize_json(sign(badge, verification_method=named))
            documents = {address: controller, list_url: revocations}
            yield Case(f"1EdTech {issuer} {list_url} {revocations}", data, NOW, documents)


def _revocations(issuer: str) -> Iterator[tuple[str, Any]]:
    """Yield lists of 1EdTech, and where they stand."""
    named = {"id": unsigned()["id"]}
    own = f"{POLY}/list"
    for rows in ([], [named], [{**named, "revoked": False}], [{**named, "revoked": None}], [1]):
        yield own, {"id": own, "revokedCredential": rows}
    encoded = named["id"].replace("u", "%75", 1)
    for row in ({"id": f" {named['id']}\n"}, {"id": encoded}, {"id": "%zz"}, {"id": "%ff"}):
        yield own, {"revokedCredential": [row]}
    for changes in ({"id": "urn:x"}, {"issuer": issuer}, {"issuer": "urn:x"}, {"issuer": [issuer]}):
        yield own, {"revokedCredential": [named], **changes}
    for place in (
        "https://poly.example:443/x",
        "https://poly.example:8443/x",
        "http://poly.example/x",
    ):
        yield place, {"revokedCredential": [named]}
    yield "https://other.example/list", {"revokedCredential": []}


def _with_member(name: str, steps: list[str]) -> bytes:
    document = sign(unsigned())
    place = document
    for step in steps:
        place = place[step]
    place[name] = {"type": ["Profile"]}
    return serialize_json(document)


def _with_context(name: str) -> bytes:
    document = sign(unsigned())
    return serialize_json({**document, "@context": [*document["@context"], name]})


def _by_key_with_two_names() -> JsonObject:
    """Sign with a did:jwk whose key has a member twice: the last one counts, for some."""
    jwk = '{"kty": "EC", ' + json.dumps(SIGNER.verification_key.to_jwk()).removeprefix("{")
    did = f"did:jwk:{base64url(jwk.encode())}"
    issuer = {"id": did, "type": ["Profile"], "name": "Issuer"}
    return sign(unsigned(issuer=issuer), verification_method=f"{did}#0")
