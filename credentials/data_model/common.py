"""Rules that several parts of the data model share."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.errors import MalformedValueError
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.timestamps import parse_timestamp
from credentials.urls import is_url

LANGUAGE_VALUE = frozenset({"@value", "@language", "@direction"})
DIRECTIONS = ("ltr", "rtl")
PRESENTATION = "VerifiablePresentation"
"""The type that tells a presentation from a credential (VCDM 2.0 section 4.13)."""


def type_findings(value: JsonValue, pointer: str, clause: str) -> Iterator[Finding]:
    """Require a type: a non-empty text, or a non-empty array of different ones (VCDM 2.0 §4.5)."""
    names = as_list(value)
    if not names or not all(isinstance(name, str) and name for name in names):
        text = "A type is missing, or is not a text or an array of texts."
        yield Finding("TYPE_MALFORMED", pointer, text, clause)
    elif len(set(names)) < len(names):
        yield Finding("TYPE_MALFORMED", pointer, "A type is named twice.", clause)


def url_findings(value: JsonValue, pointer: str, clause: str) -> Iterator[Finding]:
    """Require an absolute URL as one text (VCDM 2.0 §4.4)."""
    if not is_url(value):
        yield Finding("NOT_A_URL", pointer, "This must be an absolute URL.", clause)


def optional_id_findings(item: JsonObject, pointer: str, clause: str) -> Iterator[Finding]:
    """Require that an `id`, if there is one, is an absolute URL."""
    if "id" in item:
        yield from url_findings(item["id"], f"{pointer}/id", clause)


def timestamp_findings(item: JsonObject, member: str, clause: str) -> Iterator[Finding]:
    """Require that a date, if there is one, is one dateTimeStamp (VCDM 2.0 §4.9)."""
    if member not in item:
        return
    try:
        parse_timestamp(item[member])
    except MalformedValueError as error:
        yield Finding(error.code, f"/{member}", error.message, clause)


def order_findings(document: JsonObject, first: str, last: str, clause: str) -> Iterator[Finding]:
    """Require that a period does not end before it begins."""
    try:
        is_reversed = parse_timestamp(document[last]) < parse_timestamp(document[first])
    except (KeyError, MalformedValueError):
        return
    if is_reversed:
        text = "The credential ends before it begins."
        yield Finding("VALIDITY_PERIOD_REVERSED", f"/{last}", text, clause)


def typed_objects_findings(
    document: JsonObject, member: str, clause: str, *, needs_id: bool = False
) -> Iterator[Finding]:
    """Require objects with a type, as status, schema, evidence and the like are."""
    if member not in document:
        return
    value = document[member]
    if value is None or value == []:
        yield Finding("MALFORMED_OBJECT", f"/{member}", "This member must not be empty.", clause)
    for index, item in enumerate(as_list(value)):
        place = f"/{member}/{index}" if isinstance(value, list) else f"/{member}"
        if not isinstance(item, dict):
            yield Finding("MALFORMED_OBJECT", place, "This must be an object.", clause)
            continue
        yield from type_findings(item.get("type"), f"{place}/type", clause)
        if needs_id and "id" not in item:
            yield Finding("ID_MISSING", place, "This object needs an id.", clause)
        yield from optional_id_findings(item, place, clause)


def language_text_findings(item: JsonObject, pointer: str, clause: str) -> Iterator[Finding]:
    """Require that name and description are texts, with or without language (VCDM 2.0 §4.6)."""
    for member in ("name", "description"):
        if member not in item:
            continue
        values = as_list(item[member])
        if not values or not all(_is_language_text(value) for value in values):
            text = "This must be a text, or texts with their languages."
            yield Finding("TEXT_MALFORMED", f"{pointer}/{member}", text, clause)


def _is_language_text(value: JsonValue) -> bool:
    if isinstance(value, str):
        return True
    if not isinstance(value, dict) or not {"@value"} <= value.keys() <= LANGUAGE_VALUE:
        return False
    direction = value.get("@direction", DIRECTIONS[0])
    return direction in DIRECTIONS and all(isinstance(part, str) for part in value.values())
