"""The classes of difference: what each is, and how a difference is shown to belong to one.

Where two sides both canonicalize a document and differ, a class says how to write the document
without the odd thing; the difference is explained if the sides agree on it then.  Where we refuse
what others accept, a class names our codes and what the document must have in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from credentials.json_types import JsonObject, JsonValue
from credentials.urls import is_url

LARGEST_EXACT = 2**53 - 1
"""The largest integer that a number of JavaScript holds with all below it."""

_NONCHARACTERS = re.compile("[\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_VALUE_KEYWORDS = frozenset({"@value", "@language", "@direction"})


@dataclass(frozen=True, slots=True)
class Difference:
    """Both sides give a text, not the same one; they agree on the document without this."""

    id: str
    explanation: str
    without: Callable[[JsonObject], JsonObject]


@dataclass(frozen=True, slots=True)
class Refusal:
    """We refuse with one of these codes what the other side accepts."""

    id: str
    explanation: str
    codes: frozenset[str]
    is_in: Callable[[JsonObject], bool]


def values_of(value: JsonValue) -> Iterator[JsonValue]:
    """Yield all values, names of members included."""
    yield value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from values_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from values_of(inner)


def texts_of(document: JsonValue) -> Iterator[str]:
    """Yield all texts, names of members included."""
    return (value for value in values_of(document) if isinstance(value, str))


def names_of(document: JsonValue) -> Iterator[str]:
    """Yield the names of all members."""
    return (name for value in values_of(document) if isinstance(value, dict) for name in value)


def rewritten(value: JsonValue, leaf: Callable[[JsonValue], JsonValue]) -> JsonValue:
    """Copy a value with each text, number and truth value written anew."""
    if isinstance(value, dict):
        return {str(leaf(name)): rewritten(inner, leaf) for name, inner in value.items()}
    if isinstance(value, list):
        return [rewritten(inner, leaf) for inner in value]
    return leaf(value)


def _leaves(leaf: Callable[[JsonValue], JsonValue]) -> Callable[[JsonObject], JsonObject]:
    def without(document: JsonObject) -> JsonObject:
        copy = rewritten(document, leaf)
        return copy if isinstance(copy, dict) else document

    return without


def _exact(value: JsonValue) -> JsonValue:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return 7 if is_integer and abs(value) > LARGEST_EXACT else value


def _with_point(value: JsonValue) -> JsonValue:
    is_odd = isinstance(value, float) and "." not in _as_javascript(value) and value % 1
    return 7.5 if is_odd else value


def _as_javascript(value: float) -> str:
    """Write a number as JavaScript does, as far as the point is concerned: 1e-7, 0.000001."""
    return f"{value:.10f}" if 1e-6 <= abs(value) < 1e21 else repr(value)


def _with(pattern: re.Pattern[str], letter: str) -> Callable[[JsonValue], JsonValue]:
    return lambda value: pattern.sub(letter, value) if isinstance(value, str) else value


def _without_default_direction(document: JsonValue) -> JsonObject:
    copy = _without_direction(document)
    return copy if isinstance(copy, dict) else {}


def _without_direction(value: JsonValue, *, in_context: bool = False) -> JsonValue:
    if isinstance(value, list):
        return [_without_direction(inner, in_context=in_context) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without_direction(inner, in_context=in_context or name == "@context")
        for name, inner in value.items()
        if not (in_context and name == "@direction")
    }


def _without_members(document: JsonObject, names: frozenset[str], *, alone: bool) -> JsonObject:
    """Copy a document without members of some names; unless `alone`, only beside other members."""

    def copied(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [copied(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        left_out = names if alone or len(value) > 1 else frozenset()
        return {name: copied(inner) for name, inner in value.items() if name not in left_out}

    copy = copied(document)
    return copy if isinstance(copy, dict) else document


def _without_json_type(document: JsonObject) -> JsonObject:
    def copied(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [copied(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        kept = {name: inner for name, inner in value.items() if inner != "@json"}
        return {name: copied(inner) for name, inner in kept.items()}

    copy = copied(document)
    return copy if isinstance(copy, dict) else document


def _without_repeated_empty_lists(document: JsonObject) -> JsonObject:
    def copied(value: JsonValue) -> JsonValue:
        if isinstance(value, dict):
            return {name: copied(inner) for name, inner in value.items()}
        if not isinstance(value, list):
            return value
        empty = [inner for inner in value if inner == {"@list": []}]
        return [copied(inner) for inner in value if inner not in empty] + empty[:1]

    copy = copied(document)
    return copy if isinstance(copy, dict) else document


FROM_JSONLD_JS = (
    Difference(
        "inexact-integer",
        "JavaScript has no integers beyond 2^53: jsonld.js signs the nearest number that it has. "
        "We sign the digits that are written, and issue no such number.",
        _leaves(_exact),
    ),
    Difference(
        "exponent-without-point",
        "jsonld.js takes a fraction that JavaScript prints without a point, as 1e-7, for an "
        'integer and signs "0". We write it as the canonical form of xsd:double (JSON-LD 1.1 API '
        "section 8.2.2), and issue no such number.",
        _leaves(_with_point),
    ),
    Difference(
        "noncharacter",
        "U+FFFE and U+FFFF are no characters of XML 1.1, and RDFC-1.0 section 5 has them escaped; "
        "rdf-canonize writes them as they are. We issue no such text.",
        _leaves(_with(_NONCHARACTERS, "x")),
    ),
    Difference(
        "default-direction",
        "jsonld.js forgets the base direction of a context where a context of a type or a property "
        "comes after it (JSON-LD 1.1 API section 4.1.2 has it kept).",
        _without_default_direction,
    ),
    Difference(
        "repeated-empty-list",
        "Two empty lists are one statement, whose object is rdf:nil; jsonld.js and PyLD write it "
        "twice. A dataset is a set (RDF 1.1 Concepts section 4), so we write it once.",
        _without_repeated_empty_lists,
    ),
    Difference(
        "prototype",
        "jsonld.js loses a member named __proto__ without a word; we sign it "
        "where a vocabulary defines it, and refuse it elsewhere, as any undefined term.",
        lambda document: _without_members(document, frozenset({"__proto__"}), alone=True),
    ),
)
"""Where jsonld.js and we both give a text."""

FROM_PYLD = (
    *FROM_JSONLD_JS[:2],
    Difference(
        "unescaped-character",
        "PyLD leaves control characters, DEL and noncharacters in texts as they are, which "
        "RDFC-1.0 section 5 has escaped.",
        _leaves(_with(re.compile(f"{_CONTROLS.pattern}|{_NONCHARACTERS.pattern}"), "x")),
    ),
    Difference(
        "unescaped-iri",
        "PyLD writes characters into an IRI that N-Quads exclude from IRIs; jsonld.js escapes "
        "them, we refuse them.",
        _leaves(_with(re.compile(r'[<>"{}|^`\\\x00-\x1f\x7f]'), "-")),
    ),
    *FROM_JSONLD_JS[3:],
    Difference(
        "json-literal",
        "PyLD loses an array under a term of type `@json` that jsonld.js and we keep.",
        _without_json_type,
    ),
    Difference(
        "white-space",
        "Python takes U+001C to U+001F and U+0085 for white space, and JavaScript does not: PyLD "
        "takes what has them for no IRI.",
        _leaves(_with(re.compile("[\x1c-\x1f\x85]"), "-")),
    ),
    Difference(
        "set-among-members",
        "`@set` or `@list` beside other members is an error (JSON-LD 1.1 API section 5.1.2 step "
        "16) that PyLD and jsonld.js overlook beside a type, each in its own way. We refuse it.",
        lambda document: _without_members(document, frozenset({"@set", "@list"}), alone=False),
    ),
)
"""Where PyLD and jsonld.js both give a text."""


def _objects(document: JsonValue) -> Iterator[JsonObject]:
    return (value for value in values_of(document) if isinstance(value, dict))


def _has_keyword(document: JsonObject) -> bool:
    """Tell whether a keyword stands anywhere but in `@context` or a text with its language."""
    return "@json" in texts_of(document) or any(
        any(name.startswith("@") and name != "@context" for name in one)
        and not ("@value" in one and one.keys() <= _VALUE_KEYWORDS)
        for one in _objects(document)
    )


def _has_array_of_types(document: JsonObject) -> bool:
    return any(
        "@value" in one and any(isinstance(one.get(name), list) for name in ("@type", "type"))
        for one in _objects(document)
    )


def _has_own_context(document: JsonObject) -> bool:
    return any(
        isinstance(context, dict)
        for one in _objects(document)
        for context in _as_list(one.get("@context"))
    )


def _takes_vocabulary_away(document: JsonObject) -> bool:
    return any("@vocab" in one and one["@vocab"] is None for one in _objects(document))


def _as_list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _has_text_that_is_no_url(document: JsonObject) -> bool:
    return any(not is_url(text) for text in texts_of(document))


def _names_blank_node(document: JsonObject) -> bool:
    return any(text.startswith("_:") for text in texts_of(document))


def _has_surrogate(document: JsonObject) -> bool:
    return any(_SURROGATES.search(text) for text in texts_of(document))


def _names_prototype(document: JsonObject) -> bool:
    return "__proto__" in names_of(document)


def _repeats_id(document: JsonObject) -> bool:
    ids = [
        value[name]
        for value in values_of(document)
        if isinstance(value, dict)
        for name in ("id", "@id")
        if isinstance(value.get(name), str)
    ]
    return len(set(map(str, ids))) < len(ids)


def _has_twins(document: JsonObject) -> bool:
    parts = [repr(value) for value in values_of(document) if isinstance(value, dict)]
    return len(set(parts)) < len(parts)


REFUSALS = (
    Refusal(
        "keyword",
        "Keywords of JSON-LD other than those of a text with its language have no place in a "
        "credential; what they do can be written without them.",
        frozenset({"KEYWORD"}),
        _has_keyword,
    ),
    Refusal(
        "types-of-value",
        "A value object has an array in `@type`, an invalid typed value (JSON-LD 1.1 API section "
        "5.1.2 step 14.6); jsonld.js lets one text in an array pass.",
        frozenset({"JSON_LD_ERROR"}),
        _has_array_of_types,
    ),
    Refusal(
        "vocabulary-taken-away",
        "PyLD, which reads what has contexts of its own, cannot take away a vocabulary where there "
        "is none.",
        frozenset({"JSON_LD_ERROR"}),
        _takes_vocabulary_away,
    ),
    Refusal(
        "own-context",
        "A document's own contexts would take too much work: they are processed wherever they "
        "are used.",
        frozenset({"CONTEXT_TOO_LARGE", "TOO_MANY_CONTEXTS"}),
        _has_own_context,
    ),
    Refusal(
        "iri-syntax",
        "jsonld.js takes everything with a scheme and without white space for an IRI. We hold "
        "names, types and datatypes against the syntax of RFC 3986 and RFC 3987, so that nothing "
        "in them can be read otherwise elsewhere.",
        frozenset({"RELATIVE_IRI", "UNDEFINED_TYPE", "CONTEXT_ERROR"}),
        _has_text_that_is_no_url,
    ),
    Refusal(
        "described-twice",
        "Members could be moved between two places with the same id under the same signature; we "
        "accept a second description only where it adds nothing that is decided upon.",
        frozenset({"NODE_SPLIT"}),
        _repeats_id,
    ),
    Refusal(
        "named-blank-node",
        "A document names a blank node itself; the name would be lost.",
        frozenset({"BLANK_NODE_IDENTIFIER"}),
        _names_blank_node,
    ),
    Refusal(
        "half-character",
        "Half of a Unicode character (a lone surrogate) cannot be written as UTF-8; rdf-canonize "
        "writes another character for it.",
        frozenset({"RDF_TERM"}),
        _has_surrogate,
    ),
    Refusal(
        "prototype",
        "jsonld.js loses a member named __proto__ without a word, in safe mode too.",
        frozenset({"UNDEFINED_TERM"}),
        _names_prototype,
    ),
    Refusal(
        "work-limit",
        "Nodes that nothing tells apart take more steps than our limit allows.",
        frozenset({"TOO_COMPLEX"}),
        _has_twins,
    ),
)
"""Where we refuse what jsonld.js in safe mode accepts."""
