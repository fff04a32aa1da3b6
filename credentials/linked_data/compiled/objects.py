"""The objects of statements as canonical text (JSON-LD 1.1 API section 8.2; RDFC-1.0 section 5)."""

from __future__ import annotations

from typing import TypeAlias

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue
from credentials.linked_data.compiled.dataset import Resource
from credentials.linked_data.compiled.expansion import expand_language_value
from credentials.linked_data.compiled.tables import Member
from credentials.linked_data.compiled.term_definitions import NotCompiledError
from credentials.linked_data.datatypes import LARGEST_INTEGER_FORM, XSD
from credentials.linked_data.literal_texts import escape

_INTEGER = f'"^^<{XSD}integer>'
_BOOLEAN = f'"^^<{XSD}boolean>'

Written: TypeAlias = str | Resource
"""What stands as an object: the text of an IRI or a literal, or a blank node."""


def are_alike(one: Written, other: Written) -> bool:
    """Tell whether compaction may write two objects alike; of blank nodes, one level is read."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return set(one.tails) == set(other.tails)


def is_literal(written: Written) -> bool:
    """Tell whether an object is a literal, and no node."""
    return isinstance(written, str) and written.startswith('"')


def escaped(text: str) -> str:
    """Escape a text for a literal; raise `NotCompiledError` for what is no Unicode text."""
    try:
        return escape(text)
    except CredentialError as error:
        raise NotCompiledError(text) from error


def number_literal(member: Member, value: JsonValue) -> str:
    """Write a number or a truth value by the type mapping of its member (8.2.2)."""
    if type(value) is bool:
        text = "true" if value else "false"
        return f'"{text}{member.datatype if member.has_datatype else _BOOLEAN}'
    if type(value) is int and -LARGEST_INTEGER_FORM < value < LARGEST_INTEGER_FORM:
        if not member.has_datatype:
            return f'"{value}{_INTEGER}'
        if member.kind != f"{XSD}double":
            return f'"{value}{member.datatype}'
    item = {"@value": value}
    if member.has_datatype:
        item["@type"] = member.kind
    return _written_literal(item)


def language_literal(item: JsonObject) -> str:
    """Write a text with its language and direction."""
    return _written_literal(expand_language_value(item))


def _written_literal(item: JsonObject) -> str:
    from credentials.linked_data.literals import literal
    from credentials.linked_data.n_quads import serialize_term

    try:
        return serialize_term(literal(item))
    except CredentialError as error:
        raise NotCompiledError("@value") from error
