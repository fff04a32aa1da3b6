"""Reading what the user trusts: trust files and resolver maps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from credentials.errors import SchemaError
from credentials.json_types import JsonObject, JsonValue
from credentials.webvh.address import PREFIX, log_url
from frameworks.authorities import Authorities
from keys.did import MappingResolver, did_web_url
from keys.errors import KeyMaterialError
from tallystick.adopters import Adopters
from tallystick.files import (
    USAGE,
    CommandError,
    read_input,
    read_json,
    read_json_lines,
    read_json_object,
    read_text,
)
from verifier.formats import recognise
from verifier.grounds import TrustFile
from verifier.trust import TrustList, check_trust_file


def read_trust(paths: tuple[str, ...]) -> TrustList | None:
    """Read the issuers and registries that trust files name; without any there is no list."""
    documents = _trust_documents(paths)
    with_issuers = [one for one in documents if "issuers" in one or "registries" in one]
    return TrustList.from_json(*with_issuers) if with_issuers else None


def read_authorities(paths: tuple[str, ...]) -> Authorities:
    """Read the authorities that trust files name."""
    return Authorities.from_json(*_trust_documents(paths))


def read_adopters(paths: tuple[str, ...]) -> Adopters:
    """Read the adopters of recognition policies that trust files name."""
    return Adopters.from_json(*_trust_documents(paths))


def describe_trust(paths: tuple[str, ...], read_at: datetime) -> tuple[TrustFile, ...]:
    """Describe trust files by their names, their digests, and who stands in them."""
    documents = _trust_documents(paths)
    return tuple(
        TrustFile.of(read_input(path), document, read_at)
        for path, document in zip(paths, documents, strict=True)
    )


def _trust_documents(paths: tuple[str, ...]) -> list[JsonObject]:
    """Read trust files; one that is not of the described form is a wrong call."""
    documents = []
    for path in paths:
        document = read_json_object(path)
        try:
            check_trust_file(document)
        except SchemaError as error:
            place = f" (at {error.pointer})" if error.pointer else ""
            raise CommandError(f"{path}: {error.message}{place} [{error.code}]", USAGE) from error
        documents.append(document)
    return documents


def read_resolver_map(resolver_map: str | None) -> MappingResolver | None:
    """Read the documents that a resolver map names, if there is one (`read_documents`)."""
    return None if resolver_map is None else read_documents(resolver_map)


def read_documents(resolver_map: str) -> MappingResolver:
    """Read the documents that a resolver map names.

    A path is relative to the map, or else to the working directory; a did:web may stand for the
    address of its document.
    """
    documents = {}
    for name, path in read_json_object(resolver_map).items():
        if not isinstance(path, str):
            raise CommandError(f"{resolver_map}: the file of {name} must be a text.", USAGE)
        url = web_address(name) if name.startswith(("did:web:", PREFIX)) else name
        beside = Path(resolver_map).parent / path
        documents[url] = _read_document(str(beside if beside.exists() else path))
    return MappingResolver(documents)


def _read_document(path: str) -> JsonValue:
    """Read a document that somebody publishes: JSON, a log of JSON lines, a token as its text."""
    if path.endswith(".jsonl"):
        return read_json_lines(path)
    if path != "-" and recognise(read_input(path)) == "jwt":
        return read_text(path).strip()
    document = read_json(path)
    if not isinstance(document, dict | list):
        raise CommandError(f"{path} must contain one JSON object or array.", USAGE)
    return document


def web_address(did: str) -> str:
    """Name the address of a did:web, or of the log of a did:webvh, that the user wrote."""
    try:
        return log_url(did) if did.startswith(PREFIX) else did_web_url(did)
    except KeyMaterialError as error:
        raise CommandError(f"{did}: {error} [{error.code}]", USAGE) from error
