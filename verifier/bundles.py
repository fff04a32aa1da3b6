"""Bundles: credentials with all that their verification looked up, for years without a network.

A bundle is a credential of whoever packed it: what was published at an address on a day is only
as certain as the one who says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, NoReturn

import schemas
from credentials.errors import (
    CredentialError,
    LimitExceededError,
    MalformedValueError,
    VerificationError,
)
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.limits import Limits
from credentials.strict_json import parse_json, serialize_json_for_people
from credentials.timestamps import format_timestamp, parse_timestamp
from keys.errors import MalformedKeyError, UnresolvableError
from keys.multibase import decode_base64url, encode_base64url
from verifier.checks.world import World
from verifier.sources import Lookups, Origin, Retrieved
from verifier.verifier import Verifier

BUNDLE_TYPE = "VerificationBundleCredential"
CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "urn:tallystick:context:bundle:1")
BUNDLE_SUITE = "eddsa-jcs-2022"
"""The suite of bundles: it signs what is packed as it is, whatever its size."""

BUNDLE_LIMITS = Limits(
    document_bytes=64 * 1024 * 1024,
    values=100_000,
    string_characters=32 * 1024 * 1024,
    canonicalized_values=100_000,
    quads=100_000,
)
"""A bundle is larger than a credential: each of its `CONTENTS` is six values and five quads."""

CONTENTS = 10_000
"""Most credentials, documents, registers and contexts of one bundle together."""


class PackedFile(NamedTuple):
    """A file as it was: a credential in any form, or an edition of a register."""

    name: str
    data: bytes


class PackedDocument(NamedTuple):
    """What was published at an address: JSON, a log of JSON lines, or a token."""

    url: str
    document: JsonValue
    retrieved: datetime | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was packed together, and when; `contexts` are digests ("sha256:HEX") by URL."""

    packed: datetime
    credentials: Sequence[PackedFile]
    documents: Sequence[PackedDocument] = ()
    registers: Sequence[PackedFile] = ()
    contexts: Mapping[str, str] | None = None


def bundle_document(bundle: Bundle, *, identifier: str, issuer: str | None) -> JsonObject:
    """Build the unsigned document of a bundle; without an issuer nobody stands behind it.

    Raises `MalformedValueError` (BUNDLE_MALFORMED) for too much or for no credential.
    """
    contents = [*map(_credential, bundle.credentials), *map(_document, bundle.documents)]
    contents += [{"type": ["BundledRegister"], **_file(one)} for one in bundle.registers]
    contents += [
        {"type": ["BundledContext"], "url": url, "digest": digest}
        for url, digest in sorted((bundle.contexts or {}).items())
    ]
    if not bundle.credentials or len(contents) > CONTENTS:
        _malformed(f"it has a credential, and {CONTENTS} parts at most")
    moment = format_timestamp(bundle.packed)
    return {
        "@context": list(CONTEXTS),
        "id": identifier,
        "type": ["VerifiableCredential", BUNDLE_TYPE],
        **({} if issuer is None else {"issuer": issuer}),
        "validFrom": moment,
        "credentialSubject": {
            "type": ["VerificationBundle"],
            "packed": moment,
            "contents": contents,
        },
    }


def serialize_bundle(document: JsonObject) -> bytes:
    """Write a bundle, signed or not, as JSON for people.

    Raises `LimitExceededError` (TOO_LARGE) for one that nobody could open again.
    """
    data = serialize_json_for_people(document)
    if len(data) > BUNDLE_LIMITS.document_bytes:
        most = BUNDLE_LIMITS.document_bytes // 1024**2
        text = f"A bundle has at most {most} MiB. Pack fewer credentials into each."
        raise LimitExceededError(text, code="TOO_LARGE")
    return data


def _credential(file: PackedFile) -> JsonObject:
    return {"type": ["BundledCredential"], **_file(file)}


def _file(file: PackedFile) -> JsonObject:
    return {"fileName": file.name, "bytes": encode_base64url(file.data)}


def _document(packed: PackedDocument) -> JsonObject:
    moment = None if packed.retrieved is None else packed.retrieved.replace(microsecond=0)
    return {
        "type": ["BundledDocument"],
        "url": packed.url,
        **({} if moment is None else {"retrieved": format_timestamp(moment)}),
        # As text, so that the terms of a stranger's document do not become ours.
        "content": json.dumps(packed.document, ensure_ascii=False),
    }


def open_bundle(data: bytes, world: World) -> tuple[Bundle, str | None]:
    """Open a bundle; the second result is who signed it, or None for one that nobody signed.

    Obligations:

    1. it is strict JSON of the type of a bundle;
    2. if it has a proof, it is a credential that verifies as a whole, with the suite of bundles;
    3. each part is one of the four kinds, whole and named once;
    4. the contexts have today the digests that they had when it was packed, or the credentials
       would mean something else.

    Raises `CredentialError` (the first; code BUNDLE_MALFORMED for the third, BUNDLE_CONTEXT_DIFFERS
    for the fourth) and `VerificationError` (the second).
    """
    # 1.
    document = parse_json(data, BUNDLE_LIMITS)
    if not isinstance(document, dict) or BUNDLE_TYPE not in as_list(document.get("type")):
        _malformed(f"it is not of the type {BUNDLE_TYPE}")
    # 2.
    packer = _packer(data, document, world) if "proof" in document else None
    # 3.
    bundle = _bundle(document)
    # 4.
    for url, digest in (bundle.contexts or {}).items():
        if digest not in schemas.accepted_resource_digests(url):
            raise CredentialError(
                f"The context {url} is not the one that this bundle was packed with.",
                code="BUNDLE_CONTEXT_DIFFERS",
            )
    return bundle, packer


def _packer(data: bytes, document: JsonObject, world: World) -> str:
    own_world = replace(
        world, limits=BUNDLE_LIMITS, trust=None, expected_recipient=None, tells_digest=False
    )
    issuer = Verifier(own_world).verify(data).issuer
    if BUNDLE_SUITE not in [one.get("cryptosuite") for one in as_list(document.get("proof"))]:
        text = f"A bundle is signed with {BUNDLE_SUITE}."
        raise VerificationError(text, code="BUNDLE_SUITE", pointer="/proof")
    return issuer


def _bundle(document: JsonObject) -> Bundle:
    subject = document.get("credentialSubject")
    members = subject if isinstance(subject, dict) else {}
    contents = as_list(members.get("contents"))
    if not 0 < len(contents) <= CONTENTS:
        _malformed(f"it has between 1 and {CONTENTS} parts")
    parts: dict[str, dict[str, JsonObject]] = {kind: {} for kind in NAMES}
    for part in contents:
        kind, name = _kind_and_name(part)
        if name in parts[kind]:
            _malformed(f"it has two parts {name}")
        parts[kind][name] = part
    if not parts["BundledCredential"]:
        _malformed("there is no credential in it")
    return Bundle(
        _moment(members.get("packed")),
        tuple(map(_packed_file, parts["BundledCredential"].values())),
        tuple(map(_packed_document, parts["BundledDocument"].values())),
        tuple(map(_packed_file, parts["BundledRegister"].values())),
        {url: _text(part, "digest") for url, part in parts["BundledContext"].items()},
    )


NAMES = {
    "BundledCredential": "fileName",
    "BundledDocument": "url",
    "BundledRegister": "fileName",
    "BundledContext": "url",
}
"""The kinds of parts, and the member that names one among its kind."""


def _kind_and_name(part: JsonValue) -> tuple[str, str]:
    kinds = as_list(part.get("type")) if isinstance(part, dict) else []
    kind = kinds[0] if len(kinds) == 1 else None
    if not isinstance(part, dict) or not isinstance(kind, str) or kind not in NAMES:
        _malformed("each of its parts is of one of its kinds")
    return kind, _text(part, NAMES[kind])


def _packed_file(part: JsonObject) -> PackedFile:
    name = _text(part, "fileName")
    try:
        return PackedFile(name, decode_base64url(_text(part, "bytes")))
    except MalformedKeyError:
        _malformed(f"the bytes of {name} are damaged")


def _packed_document(part: JsonObject) -> PackedDocument:
    url, moment = _text(part, "url"), part.get("retrieved")
    document = parse_json(_text(part, "content").encode("utf-8"), BUNDLE_LIMITS)
    return PackedDocument(url, document, None if moment is None else _moment(moment))


def _moment(value: JsonValue) -> datetime:
    try:
        return parse_timestamp(value)
    except MalformedValueError:
        _malformed("its times are timestamps")


def _text(part: JsonObject, name: str) -> str:
    text = part.get(name)
    if not isinstance(text, str):
        _malformed(f"each part has a text {name} where it belongs")
    return text


def _malformed(why: str) -> NoReturn:
    raise MalformedValueError(f"This is no bundle: {why}.", code="BUNDLE_MALFORMED")


@dataclass(frozen=True, slots=True)
class _Packed:
    """The documents of a bundle, as the only source."""

    documents: Mapping[str, PackedDocument]

    def retrieve(self, url: str) -> Retrieved:
        if url not in self.documents:
            text = f"{url[:200]} is not in the bundle, and nothing else is asked."
            raise UnresolvableError(text, code="NOT_IN_BUNDLE")
        packed = self.documents[url]
        return Retrieved(packed.document, Origin.BUNDLED, packed.retrieved)

    def keep(self) -> None:
        """Do nothing: what is packed stays packed."""


@dataclass(frozen=True, slots=True)
class _Unbelieved:
    """No documents: nobody whom the reader believes says what was published."""

    def retrieve(self, url: str) -> Retrieved:
        text = (
            f"The bundle says what was published at {url[:200]}, but you know nobody who says so. "
            "Name who packed it in your trust file."
        )
        raise UnresolvableError(text, code="BUNDLE_NOT_BELIEVED")

    def keep(self) -> None:
        """Do nothing."""


def resolver_of(bundle: Bundle, *, is_believed: bool) -> Lookups:
    """Build the resolver that finds what was packed, if the reader believes who packed it."""
    if not is_believed:
        return Lookups(_Unbelieved)
    packed = _Packed({one.url: one for one in bundle.documents})
    return Lookups(lambda: packed)


def contexts_named(*documents: JsonValue) -> dict[str, str]:
    """Name the pinned contexts that documents use anywhere, with their digests."""
    pinned = schemas.context_urls() | schemas.vector_context_urls()
    found: dict[str, str] = {}
    waiting = list(documents)
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for url in as_list(value.get("@context")):
                if isinstance(url, str) and url in pinned:
                    found[url] = schemas.context_digest(url)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found
