"""From JSON-LD value objects to RDF literals (JSON-LD 1.1 API section 8.2.2)."""

from __future__ import annotations

import re
from math import inf

from credentials.errors import DataLossError
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from credentials.linked_data.datatypes import I18N, LARGEST_INTEGER_FORM, RDF, XSD
from credentials.linked_data.rdf import RDF_LANG_STRING, XSD_STRING, Literal
from credentials.urls import is_url

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_TRAILING_ZEROS = re.compile(r"(\d)0*E[+]?(-?)0*(\d+)")


def literal(item: JsonObject) -> Literal:
    """Turn a value object into a literal.

    Raises `DataLossError` (UNDEFINED_TYPE, DROPPED_VALUE, LANGUAGE_TAG) where RDF has none for it.
    """
    value, datatype = item["@value"], item.get("@type")
    if datatype == "@json":
        return Literal(canonicalize(value).decode("utf-8"), f"{RDF}JSON")
    if datatype is not None and not is_url(datatype):
        raise _loss("A value has a datatype that is not defined.", "UNDEFINED_TYPE")
    if isinstance(value, bool):
        return Literal("true" if value else "false", datatype or f"{XSD}boolean")
    if isinstance(value, int | float):
        return _number(value, datatype)
    if not isinstance(value, str):
        raise _loss("A value is neither a text nor a number nor true or false.", "DROPPED_VALUE")
    return _text(item, value, datatype)


def _number(value: float, datatype: str | None) -> Literal:
    if value != value or value in (inf, -inf):
        raise _loss("A number is not finite; JSON has no such numbers.", "DROPPED_VALUE")
    is_whole = value == int(value) and abs(value) < LARGEST_INTEGER_FORM
    if is_whole and datatype != f"{XSD}double":
        return Literal(str(int(value)), datatype or f"{XSD}integer")
    try:
        digits = f"{value:.15E}"
    except OverflowError as error:
        raise _loss("A number is too large to be signed.", "DROPPED_VALUE") from error
    # Sixteen significant digits without trailing zeros: the canonical form of xsd:double.
    text = _TRAILING_ZEROS.sub(r"\1E\2\3", digits)
    return Literal(text, datatype or f"{XSD}double")


def _text(item: JsonObject, value: str, datatype: str | None) -> Literal:
    language, direction = item.get("@language"), item.get("@direction")
    if language is not None and not _LANGUAGE_TAG.fullmatch(language):
        raise _loss("A text has a language tag that is not well-formed.", "LANGUAGE_TAG")
    if direction is not None:
        # The i18n datatype keeps language and direction (JSON-LD 1.1 section 10.1).
        return Literal(value, f"{I18N}{(language or '').lower()}_{direction}")
    if language is not None:
        return Literal(value, RDF_LANG_STRING, language)
    return Literal(value, datatype or XSD_STRING)


def _loss(message: str, code: str) -> DataLossError:
    return DataLossError(message, code=code)
