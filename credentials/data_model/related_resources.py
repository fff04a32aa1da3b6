"""Linked resources with digests (VC Data Model 2.0 section 5.3)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

from credentials.data_model.common import url_findings
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list
from keys.errors import MalformedKeyError
from keys.multibase import decode_base58btc, decode_base64url

CLAUSE = "VCDM 2.0 §5.3"
DIGEST_CHARACTERS = 256
"""Longest digest that is decoded."""

SRI_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
"""Hash functions of Subresource Integrity with the length of their digests."""

MULTIHASH = {b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"}
"""Multihash headers of the same functions."""


def related_resource_form_findings(document: JsonObject) -> Iterator[Finding]:
    """Judge the form of relatedResource: objects, each with a unique id and a digest."""
    if "relatedResource" not in document:
        return
    value = document["relatedResource"]
    resources = value if isinstance(value, list) else [value]
    seen: set[str] = set()
    for index, resource in enumerate(resources):
        place = f"/relatedResource/{index}" if isinstance(value, list) else "/relatedResource"
        if not isinstance(resource, dict):
            yield _malformed(place, "A linked resource must be an object.")
            continue
        yield from url_findings(resource.get("id"), f"{place}/id", CLAUSE)
        if isinstance(resource.get("id"), str):
            if resource["id"] in seen:
                yield _malformed(f"{place}/id", "A linked resource is listed twice.")
            seen.add(resource["id"])
        if not digests_of(resource):
            yield _malformed(place, "A linked resource has no digest that can be read.")


def related_resource_findings(
    document: JsonObject, accepted_digests: Callable[[str], frozenset[str]]
) -> tuple[Finding, ...]:
    """Compare the digests of linked resources with those of known editions.

    `accepted_digests` returns "sha256:HEX", "sha384:HEX", "sha512:HEX" for a URL, nothing for an
    unknown resource.  Codes: RELATED_RESOURCE_DIGEST_MISMATCH; as a warning
    RESOURCE_NOT_CHECKED, since nothing is fetched.
    """
    value = document.get("relatedResource")
    resources = value if isinstance(value, list) else [value]
    found = []
    for index, resource in enumerate(resources):
        if not isinstance(resource, dict) or not isinstance(resource.get("id"), str):
            continue
        place = f"/relatedResource/{index}" if isinstance(value, list) else "/relatedResource"
        accepted = accepted_digests(resource["id"])
        if not accepted:
            text = "A linked resource was not fetched, so its digest was not compared."
            found.append(Finding("RESOURCE_NOT_CHECKED", place, text, CLAUSE, "warning"))
        elif not set(digests_of(resource)) <= accepted:
            text = "A linked resource is not the one that the credential was made with."
            found.append(Finding("RELATED_RESOURCE_DIGEST_MISMATCH", place, text, CLAUSE))
    return tuple(found)


def digests_of(resource: JsonObject) -> tuple[str, ...]:
    """Read the digests of a resource as "sha256:HEX" and so on; () if one cannot be read.

    Brackets around a digest are not signed, so they must not hide it.
    """
    readers = {"digestSRI": _read_sri, "digestMultibase": _read_multibase}
    digests = [
        read(value) for name, read in readers.items() for value in as_list(resource.get(name))
    ]
    return tuple(digest for digest in digests if digest) if all(digests) else ()


def _read_sri(value: JsonValue) -> str | None:
    """Read Subresource Integrity: an algorithm and a digest in standard base64."""
    if not isinstance(value, str) or len(value) > DIGEST_CHARACTERS:
        return None
    algorithm, _dash, text = value.partition("-")
    try:
        digest = base64.b64decode(text)
    except ValueError:
        return None
    # Writing it again refuses every other spelling of the same bytes.
    if len(digest) != SRI_BYTES.get(algorithm) or base64.b64encode(digest).decode() != text:
        return None
    return f"{algorithm}:{digest.hex()}"


def _read_multibase(value: JsonValue) -> str | None:
    """Read a multihash, or a bare SHA-256 as published examples have it."""
    if not isinstance(value, str) or len(value) > DIGEST_CHARACTERS:
        return None
    try:
        data = decode_base58btc(value) if value.startswith("z") else decode_base64url(value)
    except MalformedKeyError:
        return None
    algorithm = MULTIHASH.get(data[:2])
    if algorithm is not None and len(data) == 2 + SRI_BYTES[algorithm]:
        return f"{algorithm}:{data[2:].hex()}"
    return f"sha256:{data.hex()}" if len(data) == SRI_BYTES["sha256"] else None


def _malformed(pointer: str, message: str) -> Finding:
    return Finding("RELATED_RESOURCE_MALFORMED", pointer, message, CLAUSE)
