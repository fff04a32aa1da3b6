"""Whom the reader believes to adopt recognition policies."""

from __future__ import annotations

from dataclasses import dataclass, field

from credentials.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class Adopters:
    """Whose policies the reader believes; ids are compared character by character."""

    ids: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def from_json(cls, *documents: JsonObject) -> Adopters:
        """Read the `adopters` of trust files that satisfy their schema."""
        entries = (entry for document in documents for entry in document.get("adopters", ()))
        return cls(frozenset(entry["id"] for entry in entries))
