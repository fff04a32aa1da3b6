"""What bundles are written as, what is read out of them, and why others are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import schemas
from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from keys.errors import UnresolvableError
from tests.factories import ISSUER, NOW, STRANGER, sign, unsigned, world
from verifier.bundles import (
    CONTENTS,
    Bundle,
    PackedDocument,
    PackedFile,
    bundle_document,
    contexts_named,
    open_bundle,
    resolver_of,
    serialize_bundle,
)
from verifier.sources import Lookups

Case = tuple[str, Any]

PACKED = datetime(2026, 1, 15, 9, 30, 15, 123_456, tzinfo=UTC)
EAST = timezone(timedelta(hours=13))
V2 = "https://www.w3.org/ns/credentials/v2"
DID = "https://college.example/.well-known/did.json"


def bundle(**changes: Any) -> Bundle:
    parts: dict[str, Any] = {
        "credentials": [PackedFile("badge.json", b"{}"), PackedFile("badge.png", b"\x89\xff")],
        "documents": [
            PackedDocument(DID, {"a": "\u0101", "b": [1, None]}, PACKED),
            PackedDocument("https://college.example/status", "a.b.c", None),
            PackedDocument("https://college.example/east", [], NOW.astimezone(EAST)),
        ],
        "registers": [PackedFile("register.json", b"[]")],
        "contexts": {V2: schemas.context_digest(V2)},
    }
    return Bundle(PACKED.replace(microsecond=0), **{**parts, **changes})


def written(one: Bundle | None = None, issuer: str | None = None) -> JsonObject:
    return bundle_document(one or bundle(), identifier="urn:x:bundle", issuer=issuer)


def outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (TallystickError, UnresolvableError) as error:
        pointer = getattr(error, "pointer", "")
        return f"{type(error).__name__} {error.code} {pointer}: {error}"


def opened(document: Any) -> Any:
    data = document if isinstance(document, bytes) else serialize_json(document)
    found, packer = open_bundle(data, world())
    return [packer, str(found.packed), *map(str, parts_of(found))]


def parts_of(one: Bundle) -> Iterator[Any]:
    yield from one.credentials
    for document in one.documents:
        yield [document.url, document.document, str(document.retrieved)]
    yield from one.registers
    yield one.contexts


def contents_of(document: JsonObject) -> list[JsonObject]:
    found: list[JsonObject] = document["credentialSubject"]["contents"]
    return found


def changed(index: int, **members: Any) -> JsonObject:
    """Write a bundle with a part that has other members; None takes one away."""
    document = deepcopy(written())
    part = {**contents_of(document)[index], **members}
    kept = {name: value for name, value in part.items() if value is not None}
    contents_of(document)[index] = kept
    return document


def with_contents(contents: Any, **members: Any) -> JsonObject:
    document = deepcopy(written())
    document["credentialSubject"] |= {"contents": contents, **members}
    return document


def bundles() -> Iterator[Case]:
    """Record bundles as they are written and opened."""
    yield "written", written()
    yield "of an issuer", written(issuer=ISSUER)
    yield "of one file", written(Bundle(PACKED, [PackedFile("x", b"")]))
    yield "as text", serialize_bundle(written()).decode().splitlines()[:12]
    yield "of nothing", outcome(lambda: written(bundle(credentials=[])))
    few = Bundle(PACKED, [PackedFile("x", b"")])
    for number in (CONTENTS - 1, CONTENTS):
        documents = [PackedDocument(str(place), {}, None) for place in range(number)]
        full = Bundle(PACKED, few.credentials, documents)
        yield f"of {number} documents", outcome(lambda one=full: len(contents_of(written(one))))
    yield "opened", opened(written())
    signed = sign(written(issuer=ISSUER), suite="eddsa-jcs-2022")
    yield "signed", opened(signed)
    for name, document in refused(signed):
        yield f"refused: {name}", outcome(lambda one=document: opened(one))


def refused(signed: JsonObject) -> Iterator[tuple[str, Any]]:
    yield "no JSON", b"{"
    yield "no object", []
    yield "another type", {**written(), "type": ["VerifiableCredential"]}
    yield "no type", {name: value for name, value in written().items() if name != "type"}
    yield "changed", {**signed, "id": "urn:x:other"}
    yield "of a stranger", sign(written(issuer=ISSUER), suite="eddsa-jcs-2022", signer=STRANGER)
    yield "of another suite", sign(written(issuer=ISSUER))
    yield "under two suites", sign(signed)
    yield "of no subject", {**written(), "credentialSubject": []}
    contents = contents_of(written())
    yield "of no contents", with_contents([])
    yield "of one part", with_contents(contents[0])
    yield "of no credential", with_contents(contents[2:])
    yield "of too many parts", with_contents([contents[0], *[contents[2]] * CONTENTS])
    yield "of a part twice", with_contents([*contents, contents[0]])
    yield (
        "of two kinds of one name",
        with_contents([contents[0], {**contents[0], "type": ["BundledRegister"]}]),
    )
    yield "of a text", with_contents([*contents, "x"])
    for packed in (None, 5, "2026", "2026-01-15T09:30:15+13:00"):
        yield f"packed {packed}", with_contents(contents, packed=packed)
    for kinds in (None, 5, [], ["Other"], ["BundledCredential", "BundledRegister"], [5], "x"):
        yield f"part of the type {kinds}", changed(0, type=kinds)
    yield "part of one type", changed(0, type="BundledCredential")
    for name in ("fileName", "bytes"):
        yield f"no {name}", changed(0, **{name: None})
        yield f"number as {name}", changed(0, **{name: 5})
    for data in ("", "*", "e30", "e30=", "ue30", "u*", "\u00e9"):
        yield f"bytes {data}", changed(0, bytes=data)
    for member in ("url", "retrieved", "content"):
        yield f"no {member}", changed(2, **{member: None})
        yield f"number as {member}", changed(2, **{member: 5})
    for text in ("", "{", "\ufeff{}", '{"a":1,"a":2}', "[" * 30):
        yield f"content {text}", changed(2, content=text)
    for digest in (None, 5, "", "sha256:00"):
        yield f"digest {digest}", changed(-1, digest=digest)
    yield "of an unknown context", changed(-1, url="urn:x:y")


def found_in_bundles() -> Iterator[Case]:
    """Record what is found where documents are looked up in a bundle."""
    for is_believed in (True, False):
        for url in (DID, "https://college.example/status", "https://x.example/" + "x" * 300):
            session = resolver_of(bundle(), is_believed=is_believed)

            def look(url: str = url, lookups: Lookups = session) -> Any:
                found = lookups.for_one_verification()
                return [str(found(url)), *(source.to_json() for source in found.sources)]

            yield f"{is_believed} {url[:40]}", outcome(look)
    ob = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
    for name, documents in (
        ("none", ()),
        ("badge", (unsigned(),)),
        ("inside", ({"a": [{"b": {"@context": V2}}, [{"@context": [ob, 5, "urn:x"]}]]}, "x", 5)),
    ):
        yield f"contexts of {name}", sorted(contexts_named(*documents).items())


AREAS: dict[str, Callable[[], Iterator[Case]]] = {
    "bundles": bundles,
    "found in bundles": found_in_bundles,
}
