"""What a document of Open Badges 2.0 must be like, class by class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from credentials import document_rules
from credentials.errors import MalformedValueError
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list, pointed, pointer_token
from credentials.legacy.classes import (
    CLASSES,
    CONTEXTS,
    DOCUMENTS,
    OTHER_TYPES,
    PROFILES,
    UNTYPED,
    VOCABULARY,
    Kind,
    Property,
    types_in,
)
from credentials.legacy.dates import parse_date
from credentials.legacy.extensions import extension_findings
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.urls import is_url

CLAUSE = "Open Badges 2.0, Data Model"
CONTEXT_CLAUSE = "Open Badges 2.0, JSON-LD"
APPLICABLE = frozenset({"NOT_AN_OBJECT", "TOO_MANY_VALUES", "CONTROL_CHARACTER"})
BLANK_NODE = re.compile(r"_:[A-Za-z0-9._-]+")
IDENTITY_HASH = re.compile(r"(?:sha256\$[0-9A-Fa-f]{64}|md5\$[0-9A-Fa-f]{32})")
NESTING = 4
"""How deep objects of the data model stand inside one another at the most."""


def document_findings(document: JsonValue, limits: Limits = DEFAULT_LIMITS) -> tuple[Finding, ...]:
    """Apply those rules of every document that matter for what is read as plain JSON.

    Codes: NOT_AN_OBJECT, TOO_MANY_VALUES, CONTROL_CHARACTER.  Null and empty arrays, which many
    issuers write, stand for nothing: here no signature covers an RDF dataset.
    """
    return document_rules.document_findings(document, limits, codes=APPLICABLE)


def context_findings(document: JsonObject) -> tuple[Finding, ...]:
    """Judge the `@context` of a document: that of Open Badges 2, as an address or written out.

    Code: LEGACY_CONTEXT.
    """
    contexts = as_list(document.get("@context"))
    if any(context in CONTEXTS for context in contexts if isinstance(context, str)) or any(
        _is_written_out(context, types_in(document)) for context in contexts
    ):
        return ()
    text = f"The context must be {CONTEXTS[0]}; what the document says has no meaning otherwise."
    return (Finding("LEGACY_CONTEXT", "/@context", text, CONTEXT_CLAUSE),)


def _is_written_out(context: JsonValue, types: tuple[str, ...]) -> bool:
    """Tell whether a context defines the vocabulary and the classes as Open Badges 2 does."""
    if not isinstance(context, dict) or context.get("obi") != VOCABULARY:
        return False
    return all(context.get(name, f"obi:{name}") == f"obi:{name}" for name in types)


def class_findings(
    document: JsonObject, classes: frozenset[str], pointer: str = ""
) -> tuple[Finding, ...]:
    """Judge a document that must be of one of the classes.

    Codes: LEGACY_TYPE, LEGACY_TYPE_UNKNOWN, LEGACY_REQUIRED, LEGACY_VALUE, LEGACY_CRITERIA_EMPTY,
    LEGACY_EXTENSION_MALFORMED; as a warning LEGACY_EXTENSION_NOT_CHECKED.
    """
    types = types_in(document)
    found = sorted(classes & set(types))
    unknown = [name for name in types if _is_unknown(name)]
    if not found:
        text = f"This must be of the type {' or '.join(sorted(classes))}."
        return (Finding("LEGACY_TYPE", f"{pointer}/type", text, CLAUSE),)
    if unknown or len(as_list(document.get("type"))) != len(types):
        text = "One of the types is not of Open Badges 2, and is no IRI either."
        return (Finding("LEGACY_TYPE_UNKNOWN", f"{pointer}/type", text, CLAUSE),)
    return tuple(_object_findings(document, found[0], pointer, 0))


def _is_unknown(name: str) -> bool:
    return name not in CLASSES and name not in OTHER_TYPES and ":" not in name


def _object_findings(item: JsonObject, name: str, pointer: str, depth: int) -> Iterator[Finding]:
    for member, stated in CLASSES[name].items():
        place = f"{pointer}/{pointer_token(member)}"
        if item.get(member) is None:
            if stated.is_required:
                text = f"A required member is missing: {member}."
                yield Finding("LEGACY_REQUIRED", pointer, text, CLAUSE)
        else:
            yield from _property_findings(item, member, stated, place, depth)
    if name == "Criteria" and not {"id", "narrative"} & item.keys():
        text = "The criteria say nothing: they need a narrative or the id of a page."
        yield Finding("LEGACY_CRITERIA_EMPTY", pointer, text, CLAUSE)
    yield from extension_findings(item, pointer)


def _property_findings(
    item: JsonObject, member: str, stated: Property, pointer: str, depth: int
) -> Iterator[Finding]:
    value = item[member]
    values = pointed(value, pointer) if isinstance(value, list) else [(pointer, value)]
    if (stated.is_required and not values) or (len(values) > 1 and not stated.is_many):
        text = f"There must be exactly one {member} here."
        yield Finding("LEGACY_VALUE", pointer, text, CLAUSE)
        return
    for place, one in values:
        if isinstance(stated.holds, Kind):
            if not _is_of_kind(one, stated.holds, item):
                text = f"The member {member} must be {stated.holds.value}."
                yield Finding("LEGACY_VALUE", place, text, CLAUSE)
        else:
            yield from _reference_findings(one, stated, place, depth)


def _reference_findings(
    value: JsonValue, stated: Property, pointer: str, depth: int
) -> Iterator[Finding]:
    """Judge something that stands as an object of a class, or as the id of one."""
    name = str(stated.holds)
    if isinstance(value, dict) and depth < NESTING:
        classes = PROFILES if name in PROFILES else frozenset({name})
        if name not in UNTYPED and "type" in value and not classes & set(types_in(value)):
            text = f"This must be of the type {' or '.join(sorted(classes))}."
            yield Finding("LEGACY_TYPE", f"{pointer}/type", text, CLAUSE)
        # What is published under an address is judged when it is fetched: here its id counts.
        if name not in DOCUMENTS or not is_web_address(value.get("id")):
            yield from _object_findings(value, name, pointer, depth + 1)
    elif stated.is_inside or not _is_iri(value):
        text = f"This must be {'an object' if stated.is_inside else 'an IRI or an object'}."
        yield Finding("LEGACY_VALUE", pointer, text, CLAUSE)


def _is_of_kind(value: JsonValue, kind: Kind, item: JsonObject) -> bool:
    if kind is Kind.IDENTITY:
        is_hashed = item.get("hashed") is True
        return isinstance(value, str) and (
            not is_hashed or IDENTITY_HASH.fullmatch(value) is not None
        )
    return _TESTS[kind](value)


def _is_iri(value: JsonValue) -> bool:
    return is_url(value) or (isinstance(value, str) and BLANK_NODE.fullmatch(value) is not None)


def is_web_address(value: JsonValue) -> bool:
    """Tell whether a value is an http or https URL: something that can be looked up."""
    is_web = isinstance(value, str) and value.lower().startswith(("https://", "http://"))
    return is_web and is_url(value)


def _is_date(value: JsonValue) -> bool:
    try:
        parse_date(value)
    except MalformedValueError:
        return False
    return True


def _is_revoked_entry(value: JsonValue) -> bool:
    names = (value.get("id"), value.get("uid")) if isinstance(value, dict) else (value,)
    return any(isinstance(name, str) and name for name in names)


_TESTS: dict[Kind, Callable[[JsonValue], bool]] = {
    Kind.IRI: _is_iri,
    Kind.WEB: is_web_address,
    Kind.TEXT: lambda value: isinstance(value, str),
    Kind.BOOLEAN: lambda value: isinstance(value, bool),
    Kind.DATE: _is_date,
    Kind.REVOKED: _is_revoked_entry,
}
