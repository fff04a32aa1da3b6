"""Term definitions, and how a local context makes them (JSON-LD 1.1 API section 4.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from credentials.json_types import JsonObject, JsonValue

KEYWORDS = frozenset(
    {
        *("@base", "@container", "@context", "@default", "@direction", "@embed", "@explicit"),
        *("@graph", "@id", "@import", "@included", "@index", "@json", "@language", "@list"),
        *("@nest", "@none", "@null", "@omitDefault", "@prefix", "@preserve", "@propagate"),
        *("@protected", "@requireAll", "@reverse", "@set", "@type", "@value", "@version", "@vocab"),
    }
)
"""Keywords of JSON-LD 1.1, those of framing included (JSON-LD 1.1 section 1.7)."""

_DEFINITION_MEMBERS = frozenset({"@id", "@type", "@container", "@context", "@protected"})
_CONTAINERS = frozenset({(), ("@set",), ("@list",), ("@graph",), ("@graph", "@set")})
_TYPE_KEYWORDS = frozenset({"@id", "@vocab", "@json"})
_PREFIX_ENDS = frozenset(":/?#[]@")
"""Letters at the end of an IRI that make a simple term a prefix (section 4.2.2 step 14.2.5)."""


class NotCompiledError(Exception):
    """The document, or a context, uses a part of JSON-LD that is not compiled, or is wrong."""


class TermDefinition(NamedTuple):
    """What a term means (section 4.2)."""

    iri: str | None
    """The IRI mapping: an absolute IRI, a keyword for an alias, or None for a term taken away."""

    type_mapping: str | None = None
    container: tuple[str, ...] = ()
    local_context: JsonValue = None
    has_local_context: bool = False
    is_prefix: bool = False
    is_protected: bool = False

    def means_the_same(self, other: TermDefinition) -> bool:
        """Compare two definitions but for protection (section 4.2.2 step 27)."""
        return (
            self.iri == other.iri
            and self.type_mapping == other.type_mapping
            and self.container == other.container
            and self.has_local_context == other.has_local_context
            and self.local_context == other.local_context
            and self.is_prefix == other.is_prefix
        )


class Definitions:
    """Create Term Definition (section 4.2.2), for the terms of one local context."""

    def __init__(
        self,
        terms: dict[str, TermDefinition],
        vocabulary: str | None,
        expand_iri: Callable[[str], str | None],
        *,
        override_protected: bool,
    ) -> None:
        """Put definitions into `terms`; `expand_iri` expands by them and by the vocabulary."""
        self._terms = terms
        self._vocabulary = vocabulary
        self._expand_iri = expand_iri
        self._override_protected = override_protected
        self._local: JsonObject = {}
        self._is_protected = False
        self._defined: dict[str, bool] = {}
        """Terms of this context: False while one is being defined, then True."""

    def add(self, local: JsonObject) -> None:
        """Define all terms of a local context."""
        self._local = {name: value for name, value in local.items() if name[:1] != "@"}
        if any(":" in name or "/" in name or not name for name in self._local):
            raise NotCompiledError("@context")
        self._is_protected = local.get("@protected", False) is True
        for name in self._local:
            self._create(name)

    def _create(self, term: str) -> None:
        """Define a term, and before it those that it needs."""
        if term in self._defined:
            if not self._defined[term]:
                raise NotCompiledError(term)
            return
        self._defined[term] = False
        # Step 6: the earlier definition must not be found while the new one is made.
        earlier = self._terms.pop(term, None)
        definition = self._definition(term, self._local[term])
        if earlier is not None and earlier.is_protected and not self._override_protected:
            # Step 27: a protected term may be defined again, but not otherwise.
            if not definition.means_the_same(earlier):
                raise NotCompiledError(term)
            definition = earlier
        self._terms[term] = definition
        self._defined[term] = True

    def _definition(self, term: str, value: JsonValue) -> TermDefinition:
        is_simple = isinstance(value, str)
        members = value if isinstance(value, dict) else {"@id": value}
        if not members.keys() <= _DEFINITION_MEMBERS:
            raise NotCompiledError(term)
        iri = self._iri(term, members)
        return TermDefinition(
            iri=iri,
            type_mapping=self._type_mapping(members),
            container=_container(members.get("@container", [])),
            local_context=members.get("@context"),
            has_local_context="@context" in members,
            is_prefix=is_simple and iri is not None and iri[-1] in _PREFIX_ENDS,
            is_protected=members.get("@protected", self._is_protected) is True,
        )

    def _iri(self, term: str, members: JsonObject) -> str | None:
        """Find the IRI mapping (steps 14 to 17)."""
        identifier = members.get("@id", term)
        if identifier is None:
            return None
        if not isinstance(identifier, str):
            raise NotCompiledError(term)
        iri = self._vocabulary
        if identifier != term:
            iri = self._expanded(identifier)
        elif iri is not None:
            iri += term
        if iri is None or iri == "@context" or not (is_absolute(iri) or iri in KEYWORDS):
            raise NotCompiledError(term)
        return iri

    def _type_mapping(self, members: JsonObject) -> str | None:
        """Find the type mapping (step 12)."""
        if "@type" not in members:
            return None
        kind = members["@type"]
        expanded = self._expanded(kind) if isinstance(kind, str) else None
        if expanded is None or not (
            expanded in {"@id", "@vocab", "@json"} or is_absolute(expanded)
        ):
            raise NotCompiledError("@type")
        return expanded

    def _expanded(self, value: str) -> str | None:
        """Expand an IRI of a definition, defining the terms in it first (section 5.2.2 step 3)."""
        for needed in (value, value.partition(":")[0]):
            if needed in self._local:
                self._create(needed)
        return self._expand_iri(value)


def _container(value: JsonValue) -> tuple[str, ...]:
    """Find the container mapping (step 19)."""
    container = tuple(sorted(value if isinstance(value, list) else [value]))
    if container not in _CONTAINERS:
        raise NotCompiledError("@container")
    return container


def is_absolute(iri: str) -> bool:
    """Tell whether a name has the form of an absolute IRI, and is no blank node."""
    return ":" in iri[1:] and not iri.startswith("_:")
