"""Controller documents: which keys a party has, and for what (Controlled Identifiers 1.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from keys.errors import ControllerDocumentError, KeyMaterialError
from keys.instants import parse_instant
from keys.verification_key import VerificationKey

MULTIBASE_METHOD_TYPES = frozenset({"Multikey", "Ed25519VerificationKey2020"})
"""Types whose key stands in `publicKeyMultibase`."""

JWK_METHOD_TYPES = frozenset({"JsonWebKey", "JsonWebKey2020"})
"""Types whose key stands in `publicKeyJwk`."""

RELATIONSHIPS = frozenset({"assertionMethod", "authentication"})
"""Verification relationships that proofs are made for here."""

METHODS_EXAMINED = 64
"""How many verification methods are looked at in one place of a document."""


class ResolvedKey(NamedTuple):
    """A key, found in the document of its controller for the wanted purpose."""

    key: VerificationKey
    verification_method: str
    controller: str
    revoked: datetime | None = None
    expires: datetime | None = None


class ControllerDocument(NamedTuple):
    """A document whose id is known to be the controller's."""

    id: str
    members: Mapping[str, Any]

    @classmethod
    def from_json(cls, document: object, *, expected_id: str) -> ControllerDocument:
        """Accept a document only if it is an object and names the expected id as its own.

        Raises `ControllerDocumentError` (INVALID_CONTROLLED_IDENTIFIER_DOCUMENT or …_ID).
        """
        if not isinstance(document, Mapping):
            raise ControllerDocumentError("The issuer's document is not a JSON object.")
        if document.get("id") != expected_id:
            raise ControllerDocumentError(
                "The issuer's document names another id than the one it was asked for.",
                code="INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID",
            )
        return cls(expected_id, document)

    def verification_method(self, method_id: str) -> Mapping[str, Any]:
        """Find the one verification method with this id, wherever it stands in the document."""
        return _only_method(self._methods().get(method_id, []))

    def has_relationship(self, method_id: str, relationship: str) -> bool:
        """Tell whether the method, by reference or embedded, stands under the relationship."""
        return method_id in self._named_under(relationship)

    def methods_for(self, relationship: str) -> dict[str, Mapping[str, Any]]:
        """Find the methods that stand under a relationship, by their absolute ids."""
        named = self._named_under(relationship)
        return {
            name: _only_method(found)
            for name, found in sorted(self._methods().items())
            if name in named
        }

    def _named_under(self, relationship: str) -> set[str | None]:
        entries = _entries(self.members.get(relationship))
        names = (entry.get("id") if isinstance(entry, Mapping) else entry for entry in entries)
        return {self._absolute(name) for name in names}

    def _methods(self) -> dict[str, list[Mapping[str, Any]]]:
        """Read all methods by their absolute ids; several under one id only if they differ."""
        methods: dict[str, list[Mapping[str, Any]]] = {}
        for member in ("verificationMethod", *sorted(RELATIONSHIPS)):
            for entry in _entries(self.members.get(member)):
                name = self._absolute(entry.get("id")) if isinstance(entry, Mapping) else None
                if name is not None and entry not in methods.setdefault(name, []):
                    methods[name].append(entry)
        return methods

    def _absolute(self, name: object) -> str | None:
        """Read a method id; one that begins with "#" is relative to the document."""
        if not isinstance(name, str):
            return None
        return self.id + name if name.startswith("#") else name


def _only_method(found: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    if len(found) != 1:
        raise ControllerDocumentError(
            "The issuer's document does not list the key that signed."
            if not found
            else "The issuer's document lists two keys under one id.",
            code="INVALID_VERIFICATION_METHOD",
        )
    return found[0]


def _entries(value: object) -> list[Any]:
    entries = value if isinstance(value, list) else [] if value is None else [value]
    if len(entries) > METHODS_EXAMINED:
        raise ControllerDocumentError("The issuer's document lists too many keys.")
    return entries


def find_key(document: ControllerDocument, method_id: str, relationship: str) -> ResolvedKey:
    """Retrieve a verification method from its controller's document.

    Obligations (Controlled Identifiers 1.0 section 3.3, Retrieve Verification Method):

    1. the document has exactly one method with this id;
    2. the method's controller is the document's subject;
    3. the method stands under the wanted relationship;
    4. its key and its dates can be read.

    Raises `ControllerDocumentError`, or another `KeyMaterialError` for the key itself.
    """
    # 1.
    method = document.verification_method(method_id)
    # 2.
    if method.get("controller") != document.id:
        raise ControllerDocumentError(
            "The key that signed is controlled by somebody else.",
            code="INVALID_VERIFICATION_METHOD",
        )
    # 3.
    if relationship not in RELATIONSHIPS or not document.has_relationship(method_id, relationship):
        raise ControllerDocumentError(
            "The issuer's document does not allow this key for this purpose.",
            code="INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
        )
    # 4.
    return ResolvedKey(
        key=_key_of(method),
        verification_method=method_id,
        controller=document.id,
        revoked=_instant(method, "revoked"),
        expires=_instant(method, "expires"),
    )


def _key_of(method: Mapping[str, Any]) -> VerificationKey:
    kind = str(method.get("type"))
    multibase, jwk = method.get("publicKeyMultibase"), method.get("publicKeyJwk")
    if kind in MULTIBASE_METHOD_TYPES and isinstance(multibase, str) and jwk is None:
        return VerificationKey.from_multikey(multibase)
    if kind in JWK_METHOD_TYPES and isinstance(jwk, Mapping) and multibase is None:
        return VerificationKey.from_jwk(jwk)
    raise ControllerDocumentError(
        "The key in the issuer's document is of a form that is not supported.",
        code="INVALID_VERIFICATION_METHOD",
    )


def _instant(method: Mapping[str, Any], member: str) -> datetime | None:
    return parse_instant(method[member]) if member in method else None


def retrieve_verification_method(
    method_url: object,
    relationship: object,
    controller_document: Callable[[str], ControllerDocument],
) -> ResolvedKey:
    """Find the key that a proof names; `controller_document` finds a document by its id.

    Raises `ControllerDocumentError` (INVALID_VERIFICATION_METHOD_URL) if the URL has no fragment,
    and everything that `find_key` and `controller_document` raise.
    """
    if not isinstance(method_url, str) or not isinstance(relationship, str):
        raise ControllerDocumentError(
            "The proof does not name its key and purpose as texts.",
            code="INVALID_VERIFICATION_METHOD_URL",
        )
    controller, hash_sign, fragment = method_url.partition("#")
    if not controller or not hash_sign or not fragment or "#" in fragment:
        raise ControllerDocumentError(
            "The verification method is not a URL with a fragment.",
            code="INVALID_VERIFICATION_METHOD_URL",
        )
    return find_key(controller_document(controller), method_url, relationship)


def require_usable_at(
    resolved: ResolvedKey, now: datetime, *, known_since: datetime | None = None
) -> None:
    """Refuse a key that is revoked, or that has expired at or before `now`.

    A proof's own date says nothing here, since whoever has a stolen key chooses it; a retired key
    stays in its document without `expires` as long as what it signed shall be believed.  What was
    signed with a key that is revoked by now still holds if it was there before the revocation:
    `known_since` is a time at which it was, by evidence that the signer had no hand in.

    Raises `KeyMaterialError` (KEY_REVOKED, KEY_EXPIRED).
    """
    if is_revoked(resolved, known_since=known_since):
        raise KeyMaterialError("The key that signed was revoked.", code="KEY_REVOKED")
    if resolved.expires is not None and resolved.expires <= now:
        raise KeyMaterialError("The key that signed has expired.", code="KEY_EXPIRED")


def is_revoked(resolved: ResolvedKey, *, known_since: datetime | None = None) -> bool:
    """Tell whether a revocation, also an announced one, speaks against what the key signed."""
    if resolved.revoked is None:
        return False
    return known_since is None or known_since >= resolved.revoked
