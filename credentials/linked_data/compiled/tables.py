"""What each member of each node means, worked out once: the tables of the one pass.

Where a node may stand is a `Place`: (active context, term).  What its members mean depends on its
classes, too: a `NodeTable` for each (place, set of types).  It has one `Member` for each name.

A member also knows for which forms of its value compaction finds the way back: to the same name,
with the same value (JSON-LD 1.1 API sections 6.1 to 6.3).  Compaction chooses a term by the IRI,
the container and the kind of the value (section 6.2.2), never by the value itself; so this is
worked out here, and a document that only uses such forms makes the round trip by construction.
"""

from __future__ import annotations

from functools import cached_property
from itertools import count
from typing import Any

from credentials.json_types import JsonValue
from credentials.linked_data.compiled.compaction import name_of, own_term, select_term
from credentials.linked_data.compiled.contexts import (
    ACTIVE_CONTEXTS,
    ActiveContext,
    ContextCompiler,
    in_property,
    process,
    typed_contexts,
)
from credentials.linked_data.compiled.term_definitions import (
    NotCompiledError,
    TermDefinition,
    is_absolute,
)
from credentials.linked_data.datatypes import RDF, XSD
from credentials.linked_data.descriptions import ACHIEVEMENT, COMPONENTS, NARRATIVE
from credentials.linked_data.embedded import EMBEDDING_MEMBERS
from credentials.linked_data.equal_names import PROPERTY_NAMES, same_classes
from credentials.urls import is_url

_PLAIN = ("@set", "@none")
_LIST = ("@list", "@none")
_GRAPH = ("@graph", "@graph@set", "@set", "@none")
_IDENTIFIED = ("@id", "@vocab", "@none")
_ANONYMOUS = ("@id", "@none")
_LANGUAGE_KEYWORDS = ["@value", "@language", "@direction"]

REPEATING_MEMBERS = frozenset({"achievement", "issuer"})
"""Members whose values come again in many credentials (`fragments`)."""

KEPT_TYPE_CHARACTERS = 1_000
"""Length of all names of classes of a table that is kept; any IRI can name a class."""

_numbers = count()


class Place:
    """Where nodes stand: as values of `term` in `active`, or at the top level (no term)."""

    __slots__ = (
        *("__weakref__", "_nested", "active", "around", "fragments", "names", "names_references"),
        *("number", "scope", "tables", "templates", "term"),
    )

    def __init__(self, active: ActiveContext, term: str | None) -> None:
        """Work out the contexts of what stands there (section 5.1.2 steps 7 and 8)."""
        definition = active.definition(term)
        self.active = active
        self.term = term
        self.around = in_property(active, definition)
        """In force for a mere reference, and for the names of classes when they are compacted."""
        self.scope = in_property(active.previous or active, definition)
        """In force for a node, before its own classes count."""
        self.names = active.inverse()
        """IRIs that have a term of their own; for them compaction chooses by another order."""
        self.names_references = _reads_and_writes_id(self.around)
        """Whether `{"id": X}` is a reference here, and comes back as one."""
        self.tables: dict[str | tuple[str, ...] | None, NodeTable] = {}
        self._nested: dict[tuple[str, ...], Place] = {}
        self.number = next(_numbers)
        """A number that no other place has or will have."""
        self.fragments: dict[bytes, Any] = {}
        """Parts that were read here (`fragments`), by their full content."""
        self.templates: dict[bytes, Any] = {}
        """Documents that others here are like (`templates`), by issuer and achievement."""

    def table(self, kinds: JsonValue) -> NodeTable:
        """Find the table of nodes of these classes (the value of `type`); None without any."""
        key = tuple(kinds) if isinstance(kinds, list) else kinds
        try:
            return self.tables[key]
        except KeyError:
            pass
        except TypeError as error:
            raise NotCompiledError("@type") from error
        _count_one(self.active)
        table = NodeTable(self, kinds)
        if sum(map(len, key or ())) <= KEPT_TYPE_CHARACTERS:
            self.tables[key] = table
        return table

    def with_contexts(self, contexts: JsonValue) -> Place:
        """Find the place of a node that brings contexts of its own, all URLs (step 9).

        It is this place itself where they define nothing that is not in force already.
        """
        urls = tuple(contexts if isinstance(contexts, list) else [contexts])
        if not all(isinstance(url, str) for url in urls):
            raise NotCompiledError("@context")
        known = self._nested.get(urls)
        if known is None:
            _count_one(self.active)
            known = self._nested[urls] = self._with_contexts(urls)
        return known

    def _with_contexts(self, urls: tuple[str, ...]) -> Place:
        scope = self.scope
        for url in urls:
            scope = process(scope, url)
        if _mean_the_same(scope, self.scope):
            return self
        place = Place(self.active, self.term)
        place.scope = scope
        return place


def top_level(compiler: ContextCompiler, contexts: JsonValue) -> Place:
    """Find the place of a whole document; raise `NotCompiledError` unless its contexts are URLs."""
    active = compiler.compile(contexts)
    if active.top_level is None:
        active.top_level = Place(active, None)
    place: Place = active.top_level
    return place


class NodeTable:
    """The members of nodes of certain classes at a place."""

    __slots__ = ("active", "listed_types", "members", "place", "returns", "type_tails")

    def __init__(self, place: Place, kinds: JsonValue) -> None:
        """Work out the active context of such nodes (section 5.1.2 step 11), and their types."""
        self.place = place
        texts = [] if kinds is None else kinds if isinstance(kinds, list) else [kinds]
        if kinds is not None and not (texts and all(isinstance(text, str) for text in texts)):
            raise NotCompiledError("@type")
        scope = place.scope
        self.active = typed_contexts(sorted(set(texts)), scope, scope)
        self._require_usual_aliases(scope)
        classes = [_class(scope, text) for text in texts]
        self.listed_types = len(texts) if isinstance(kinds, list) else 0
        self.type_tails = tuple(f" <{RDF}type> <{iri}> .\n" for iri in dict.fromkeys(classes))
        self.returns = _classes_return(place, texts, classes, self.active)
        """Whether compaction gives the classes back, and finds the same context by them."""
        keywords = ("id", "@context") if kinds is None else ("id", "type", "@context")
        self.members = {name: Member.of_keyword(name) for name in keywords}

    def member(self, name: str) -> Member:
        """Find what a member means; raise `NotCompiledError` for what is not compiled."""
        known = self.members.get(name)
        if known is None:
            known = self.members[name] = Member(self.active, name)
            if known.iri == NARRATIVE and f" <{RDF}type> <{ACHIEVEMENT}> .\n" in self.type_tails:
                # Whether it may stand there depends on who refers to the node.
                del self.members[name]
                raise NotCompiledError(name)
        return known

    def _require_usual_aliases(self, scope: ActiveContext) -> None:
        """Require that `id` and `type`, and no other names, stand for the keywords."""
        for active in (scope, self.active):
            aliases = {
                term: one.iri for term, one in active.terms.items() if one.iri in ("@id", "@type")
            }
            if aliases != {"id": "@id", "type": "@type"}:
                raise NotCompiledError("@type")


class Member:
    """A member of a node: its property, and what its values become."""

    is_keyword = False

    def __init__(self, active: ActiveContext, name: str) -> None:
        """Work out the term `name` in the active context of its node (section 5.1.2 step 13)."""
        definition = active.terms.get(name)
        if definition is None or definition.iri is None or not is_url(definition.iri):
            raise NotCompiledError(name)
        self.name = name
        self.iri = definition.iri
        self._active = active
        self._definition = definition
        self._named: dict[str, tuple[str, bool]] = {}
        self.kind = self._kind_of_texts()
        """The type mapping: "@id", "@vocab", a datatype, or None."""
        self.has_datatype = self.kind not in (None, *_REFERENCES)
        self.head = f" <{self.iri}> "
        self.text_head = f'{self.head}"'
        self.datatype = '"' if self.kind in _NO_DATATYPE else f'"^^<{self.kind}>'
        self.text_tail = f"{self.datatype} .\n"
        self.is_list = "@list" in definition.container
        self.is_graph = "@graph" in definition.container
        self.is_embedding = name in EMBEDDING_MEMBERS
        self.is_repeating = name in REPEATING_MEMBERS
        self.begins_world = self.iri == COMPONENTS
        self.shares_iri = sum(one.iri == self.iri for one in active.terms.values()) > 1
        """Whether another term has the same IRI."""
        is_simple = not (self.is_list or self.is_graph or self.shares_iri)
        self.is_text = is_simple and self.kind not in _REFERENCES and self.returns_value
        """Whether a text simply becomes a literal, and comes back."""

    @classmethod
    def of_keyword(cls, name: str) -> Member:
        """Stand for a name that is no property, and is read before the members are."""
        member = cls.__new__(cls)
        member.name = name
        member.is_keyword = True
        member.is_text = member.shares_iri = False
        return member

    @cached_property
    def place(self) -> Place:
        """Where nodes stand that are values of this member."""
        return Place(self._active, self.name)

    def _kind_of_texts(self) -> str | None:
        """Find the type mapping that texts have here (section 5.1.2 step 4)."""
        definition: TermDefinition | None = self._definition
        if self._definition.has_local_context:
            # A property's own context may say otherwise what its name means, or nothing.
            definition = in_property(self._active, self._definition).terms.get(self.name)
        kind = None if definition is None else definition.type_mapping
        if "@json" in (kind, self._definition.type_mapping):
            raise NotCompiledError(self.name)
        if kind not in (None, *_REFERENCES) and not is_url(kind):
            raise NotCompiledError(self.name)
        return kind

    # For which forms of values compaction gives back what stood there.

    @cached_property
    def returns_value(self) -> bool:
        """Texts, numbers and truth values, of the member's datatype if it has one."""
        if self.kind in _REFERENCES or self.kind != self._definition.type_mapping:
            return False
        chosen = self._chosen(*((self.kind, "@none") if self.kind else ()))
        return self._is_own(chosen) and not self._is_renamed

    @cached_property
    def returns_language_value(self) -> bool:
        """Texts with their language and direction, whose keywords have no aliases."""
        scope = in_property(self._active, self._definition)
        names = [_returned_name(scope, keyword) for keyword in _LANGUAGE_KEYWORDS]
        is_own = self._is_own(self._chosen()) and not self._is_renamed
        return is_own and names == _LANGUAGE_KEYWORDS

    @cached_property
    def returns_reference(self) -> bool:
        """Objects with an id, references among them, and texts that are references."""
        return self.kind != "@vocab" and self._returns_nodes(*self._with_id)

    @cached_property
    def returns_anonymous(self) -> bool:
        """Objects without an id."""
        return self._returns_nodes(*_ANONYMOUS)

    @cached_property
    def returns_nothing(self) -> bool:
        """An empty array."""
        if self.is_list:
            return self._is_own(self._select(_LIST, "@any", ("@none",)))
        return self._is_own(self._select(_PLAIN, "@type", _ANONYMOUS))

    def named(self, text: str) -> tuple[str, bool]:
        """Write a text that stands for a class or an IRI (type mapping @vocab, section 5.3.2).

        Return its IRI as a term of RDF, and whether it comes back.
        """
        known = self._named.get(text)
        if known is None:
            scope = in_property(self._active, self._definition)
            known = self._name(text, scope)
            if text in scope.terms:
                # Of texts that anybody may think of, none is kept.
                self._named[text] = known
        return known

    def _name(self, text: str, scope: ActiveContext) -> tuple[str, bool]:
        iri = scope.expand_iri(text, vocab=True)
        if iri is None or not is_url(iri):
            raise NotCompiledError(text)
        is_term = own_term(self._active, iri) is not None
        chosen = self._chosen(*(("@vocab", "@id", "@none") if is_term else _IDENTIFIED))
        returns = self._is_own(chosen) and _returned_name(scope, iri) == text
        return f"<{iri}>", returns and self._definition.type_mapping == "@vocab"

    @property
    def _with_id(self) -> tuple[str, ...]:
        return _ANONYMOUS if self.is_list or self.is_graph else _IDENTIFIED

    def _returns_nodes(self, *preferred: str) -> bool:
        return self._is_own(self._chosen(*preferred)) or self._is_renamed

    def _is_own(self, chosen: str | None) -> bool:
        """Tell whether a term that compaction chooses is this one, and is read as this one."""
        return chosen == self.name and self.name not in PROPERTY_NAMES

    @cached_property
    def _is_renamed(self) -> bool:
        """Tell whether nodes come back under a name that is read as this one (`equal_names`).

        Then they must do so with and without an id, and neither name may bring a context.
        """
        other = self._chosen(*_ANONYMOUS)
        if other is None or other != self._chosen(*self._with_id):
            return False
        found = self._active.definition(other) or _UNDEFINED
        return (
            PROPERTY_NAMES.get(other) == self.name
            and not (self.is_list or self.is_graph)
            and not (found.has_local_context or self._definition.has_local_context)
            and found.type_mapping != "@vocab"
        )

    def _chosen(self, *preferred: str) -> str | None:
        """Choose the term for values of these types; without any, for values without a type."""
        containers = _LIST if self.is_list else _GRAPH if self.is_graph else _PLAIN
        if preferred:
            return self._select(containers, "@type", preferred)
        return self._select(containers, "@language", ("@none",))

    def _select(
        self, containers: tuple[str, ...], kind: str, preferred: tuple[str, ...]
    ) -> str | None:
        try:
            return select_term(self._active, self.iri, (containers, kind, preferred))
        except NotCompiledError:
            return None


_REFERENCES = ("@id", "@vocab")
_NO_DATATYPE = (None, *_REFERENCES, f"{XSD}string")
_UNDEFINED = TermDefinition(None)


def _reads_and_writes_id(active: ActiveContext) -> bool:
    definition = active.terms.get("id")
    is_alias = definition is not None and definition.iri == "@id"
    return is_alias and _returned_name(active, "@id") == "id"


def _class(scope: ActiveContext, text: str) -> str:
    """Expand the name of a class (step 13.4.4); only an absolute IRI can be signed."""
    iri = scope.expand_iri(text, vocab=True)
    if iri is None or not is_absolute(iri) or not is_url(iri):
        raise NotCompiledError("@type")
    return iri


def _classes_return(
    place: Place, texts: list[str], classes: list[str], active: ActiveContext
) -> bool:
    """Tell whether compaction gives the names of classes back, in the same active context.

    It does as `compaction` does: names of classes belong to the context around the node (section
    6.1.2 steps 1 and 11).
    """
    if _returned_name(place.scope, "@id") != "id" or _returned_name(place.scope, "@type") != "type":
        return False
    names = [_returned_name(place.around, iri) for iri in classes]
    back = [_returned_name(place.scope, iri) for iri in sorted(set(classes))]
    if None in names or None in back or not same_classes(texts, names):
        return False
    found = typed_contexts([name or "" for name in back], place.around, place.scope)
    return _mean_the_same(found, active)


def _returned_name(active: ActiveContext, iri: str) -> str | None:
    try:
        return name_of(active, iri)
    except NotCompiledError:
        return None


def _mean_the_same(one: ActiveContext | None, other: ActiveContext | None) -> bool:
    """Tell whether two active contexts are one, or define the same."""
    if one is other:
        return True
    if one is None or other is None:
        return False
    return (
        one.vocabulary == other.vocabulary
        and one.terms == other.terms
        and _mean_the_same(one.previous, other.previous)
    )


def _count_one(active: ActiveContext) -> None:
    """Count what is kept with a root context, as `contexts.process` does."""
    if active.root.made >= ACTIVE_CONTEXTS:
        raise NotCompiledError("@context")
    active.root.made += 1
