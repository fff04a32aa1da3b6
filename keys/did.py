"""Finding a controller document by its identifier.

did:key (Controlled Identifiers based, W3C CCG) and did:jwk carry their key and need nobody;
did:web and https documents come through an injected resolver.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol

from keys.controller_document import (
    ControllerDocument,
    ResolvedKey,
    retrieve_verification_method,
)
from keys.errors import (
    ControllerDocumentError,
    MalformedKeyError,
    UnresolvableError,
    UnsupportedKeyTypeError,
)
from keys.multibase import bytes_of_base64url
from keys.verification_key import VerificationKey

IDENTIFIER_CHARACTERS = 2_048
"""Longest controller identifier that is looked at."""

JWK_CHARACTERS = 1_024
"""Longest encoded key of a did:jwk."""

SELF_CONTAINED = ("did:key:", "did:jwk:")
"""How identifiers begin whose document lies in themselves: the same for everybody, for ever."""

KEYS_KEPT = 1_024
"""How many keys of such identifiers are kept, so that the same issuer's is read once."""

_HOST_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DID_WEB = re.compile(
    rf"(?P<host>{_HOST_LABEL}(?:\.{_HOST_LABEL})+)(?:%3A(?P<port>[1-9][0-9]{{0,4}}))?"
    r"(?P<path>(?::[A-Za-z0-9._~-]+)*)",
    re.IGNORECASE,
)
_INTERNAL_SUFFIXES = (".local", ".localhost", ".internal", ".intranet", ".home.arpa", ".onion")


class Resolver(Protocol):
    """The outside world: a URL in, the document behind it out: parsed JSON, or a token as text."""

    def __call__(self, url: str) -> Any:
        """Return the document; raise `UnresolvableError` if it cannot be had."""


class NoNetworkResolver:
    """Resolve nothing: what is not in the credential itself stays undecided."""

    def __call__(self, url: str) -> Any:
        """Raise `UnresolvableError`."""
        raise UnresolvableError(f"{url} was not looked up, because no source was given for it.")


class MappingResolver:
    """Resolve from documents given beforehand, and from nowhere else."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        """Take documents by their URL."""
        self._documents = dict(documents)

    def __call__(self, url: str) -> Any:
        """Return the document given for `url`; raise `UnresolvableError` without one."""
        if url not in self._documents:
            raise UnresolvableError(f"{url} is not among the documents that were given.")
        return self._documents[url]


def controller_document(controller: str, resolver: Resolver) -> ControllerDocument:
    """Find the document of a controller: did:key, did:jwk, did:web or an https URL.

    Raises `UnresolvableError` if it cannot be had, `ControllerDocumentError` if it is wrong.
    """
    if len(controller) > IDENTIFIER_CHARACTERS:
        raise ControllerDocumentError("The identifier of the key's owner is too long.")
    for prefix, find in _METHODS.items():
        if controller.startswith(prefix):
            document = find(controller, resolver)
            return ControllerDocument.from_json(document, expected_id=controller)
    raise UnresolvableError(
        "The key's owner is named by a kind of identifier that is not supported here "
        "(did:key, did:jwk, did:web, did:webvh and https are).",
        code="UNSUPPORTED_DID_METHOD",
    )


@lru_cache(KEYS_KEPT)
def key_in_identifier(method_url: str, relationship: str) -> ResolvedKey:
    """Find the key that a method of a did:key or did:jwk names (`SELF_CONTAINED`).

    Raises what `retrieve_verification_method` raises.
    """
    return retrieve_verification_method(
        method_url, relationship, lambda one: controller_document(one, NoNetworkResolver())
    )


@lru_cache(KEYS_KEPT)
def did_key(key: VerificationKey) -> str:
    """Name a key by itself: "did:key:" and its Multikey."""
    return f"did:key:{key.to_multikey()}"


def did_key_document(controller: str) -> dict[str, Any]:
    """Build the document of a did:key from the identifier alone."""
    multikey = controller.removeprefix("did:key:")
    # Reading it refuses every spelling but the one that is written.
    VerificationKey.from_multikey(multikey)
    method = {
        "id": f"{controller}#{multikey}",
        "type": "Multikey",
        "controller": controller,
        "publicKeyMultibase": multikey,
    }
    return _document(controller, method)


def did_jwk_document(controller: str) -> dict[str, Any]:
    """Build the document of a did:jwk from the identifier alone."""
    encoded = controller.removeprefix("did:jwk:")
    if len(encoded) > JWK_CHARACTERS:
        raise MalformedKeyError("The key in the did:jwk is too long.")
    try:
        jwk = json.loads(bytes_of_base64url(encoded))
    except (ValueError, RecursionError) as error:
        raise MalformedKeyError("The did:jwk does not contain a JSON Web Key.") from error
    if not isinstance(jwk, dict):
        raise UnsupportedKeyTypeError("The did:jwk does not contain a JSON Web Key.")
    method = {
        "id": f"{controller}#0",
        "type": "JsonWebKey",
        "controller": controller,
        "publicKeyJwk": jwk,
    }
    return _document(controller, method)


def did_web_url(did: str) -> str:
    """Translate a did:web into the https URL of its document (did:web method, Read).

    Refused are addresses instead of names, names without a dot, user parts, ports out of range
    and everything percent-encoded but the colon of a port; raises `ControllerDocumentError`.
    """
    match = _DID_WEB.fullmatch(did.removeprefix("did:web:")) if did.startswith("did:web:") else None
    if match is None or not did.isascii() or _is_unwanted_host(match["host"]):
        raise _not_a_did_web()
    port = match["port"]
    if port is not None and int(port) > 65_535:
        raise _not_a_did_web()
    segments = match["path"].split(":")[1:]
    if any(segment in (".", "..") for segment in segments):
        raise _not_a_did_web()
    authority = match["host"] + (f":{port}" if port else "")
    path = "/".join(segments) + "/did.json" if segments else ".well-known/did.json"
    return f"https://{authority}/{path}"


def did_web_owner(did: str) -> str:
    """Name the owner of a did:web for people: host and path, never the bare host of a path."""
    url = did_web_url(did).removeprefix("https://")
    return url.removesuffix("/.well-known/did.json").removesuffix("/did.json")


def _is_unwanted_host(host: str) -> bool:
    """Tell addresses and internal names apart from public names."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        name = host.lower()
        return name.endswith(_INTERNAL_SUFFIXES) or name.rpartition(".")[2].isdigit()
    return True


def _not_a_did_web() -> ControllerDocumentError:
    return ControllerDocumentError(
        "The did:web does not name a public web host in its plain spelling.",
        code="INVALID_DID_WEB",
    )


def _document(controller: str, method: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": controller,
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
        "authentication": [method["id"]],
    }


_METHODS: dict[str, Callable[[str, Resolver], Any]] = {
    "did:key:": lambda controller, _resolver: did_key_document(controller),
    "did:jwk:": lambda controller, _resolver: did_jwk_document(controller),
    "did:web:": lambda controller, resolver: resolver(did_web_url(controller)),
    "https://": lambda controller, resolver: resolver(controller),
}
