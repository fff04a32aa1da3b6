"""Whom the reader believes: which authority for which framework, and who accredits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority that the reader believes about some frameworks."""

    id: str
    name: str
    frameworks: frozenset[str]
    accreditors: frozenset[str] = frozenset()
    """Who else may accredit for these frameworks, besides the authority and whom it accredits."""


@dataclass(frozen=True, slots=True)
class Authorities:
    """All authorities that the reader believes, by id; ids are compared character by character."""

    by_id: Mapping[str, Authority] = field(default_factory=dict)

    @classmethod
    def from_json(cls, *documents: Mapping[str, Any]) -> Authorities:
        """Read the `authorities` of trust files that satisfy their schema."""
        by_id: dict[str, Authority] = {}
        for document in documents:
            for entry in document.get("authorities", ()):
                known = by_id.get(entry["id"], Authority(entry["id"], "", frozenset()))
                by_id[known.id] = Authority(
                    id=known.id,
                    name=known.name or entry.get("name", ""),
                    frameworks=known.frameworks | frozenset(entry["frameworks"]),
                    accreditors=known.accreditors | frozenset(entry.get("accreditors", ())),
                )
        return cls(by_id)
