"""Whom the reader of a credential knows: lists of issuers, registries, and who told them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from credentials.errors import SchemaError
from credentials.json_types import JsonObject, pointer_to
from verifier.issuer_registries import IssuerRegistry, registry_from_json


class TrustedIssuer(NamedTuple):
    """One issuer that is known, with the list that says so."""

    id: str
    name: str
    list_name: str


@dataclass(frozen=True, slots=True)
class TrustList:
    """All issuers that are known, by their id; ids are compared character by character."""

    issuers: Mapping[str, TrustedIssuer] = field(default_factory=dict)
    registries: tuple[IssuerRegistry, ...] = ()
    """Asked in this order about issuers that no list names."""

    @classmethod
    def from_json(cls, *documents: JsonObject) -> TrustList:
        """Read trust files; raise `SchemaError` for one that is not of the described form."""
        issuers: dict[str, TrustedIssuer] = {}
        registries: list[IssuerRegistry] = []
        for document in documents:
            check_trust_file(document)
            registries += map(registry_from_json, document.get("registries", ()))
            list_name = document.get("list", {}).get("name", "your trust file")
            for entry in document.get("issuers", ()):
                known = {"id": entry} if isinstance(entry, str) else entry
                trusted = TrustedIssuer(known["id"], known.get("name", ""), list_name)
                issuers.setdefault(trusted.id, trusted)
        return cls(issuers, tuple(registries))


def check_trust_file(document: JsonObject) -> None:
    """Check the form of a trust file; raise `SchemaError` (TRUST_FILE_MALFORMED)."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    import schemas

    validator = Draft202012Validator(schemas.json_schema("trust"))
    error = best_match(validator.iter_errors(document))
    if error is not None:
        raise SchemaError(
            f"The trust file is not of the described form: {error.message}",
            code="TRUST_FILE_MALFORMED",
            pointer=pointer_to(error.absolute_path),
        )
