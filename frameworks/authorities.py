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
                other = by_id.get(entry["id"])
                by_id[entry["id"]] = Authority(
                    id=entry["id"],
                    name=entry.get("name", "") or (other.name if other else ""),
                    frameworks=_joined(entry["frameworks"], other and other.frameworks),
                    accreditors=_joined(entry.get("accreditors", ()), other and other.accreditors),
                )
        return cls(by_id)


def _joined(names: Any, others: frozenset[str] | None) -> frozenset[str]:
    return frozenset(names) | (others or frozenset())
