"""Whom the reader believes: which authority for which framework, and who accredits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Authority(NamedTuple):
    """One authority that the reader believes about some frameworks."""

    id: str
    name: str
    frameworks: frozenset[str]
    accreditors: frozenset[tuple[str, str]] = frozenset()
    """Who else may accredit, as pairs of a framework and an accreditor."""

    def ends_of_chains(self, framework: str) -> frozenset[str]:
        """Name the accreditors of a framework that the reader believes without any other."""
        return frozenset({self.id}) | {who for what, who in self.accreditors if what == framework}


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
                frameworks = frozenset(entry["frameworks"])
                also = {(one, who) for one in frameworks for who in entry.get("accreditors", ())}
                by_id[known.id] = Authority(
                    id=known.id,
                    name=known.name or entry.get("name", ""),
                    frameworks=known.frameworks | frameworks,
                    accreditors=known.accreditors | also,
                )
        return cls(by_id)
