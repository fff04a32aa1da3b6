"""Rules that hold in every JSON document that is signed or verified here.

They refuse what would make two different documents share one signature, or one document mean
two things: invisible control characters, nulls and empty arrays (which JSON-LD drops), arrays
in arrays (which it merges), and numbers that canonicalization cannot tell apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import orjson

from credentials.findings import Finding
from credentials.json_shape import LARGEST_EXACT_INTEGER, shape_of
from credentials.json_types import JsonValue, Place, places, pointer_of
from credentials.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from credentials.strict_json import PlainJson

SIGNIFICANT_DIGITS = 15
"""Decimal digits that survive as an IEEE 754 double and in JSON-LD's text of it.

JSON-LD 1.1 API section 8.6 (Data Round Tripping) writes a double with "%1.15E", that is with 16
digits, so 0.3 and 0.30000000000000004 would share one signature.  Numbers of at most 15 digits
stay distinct.
"""

FINDINGS_REPORTED = 20
"""How many broken rules are listed before the list is cut."""

CODES = frozenset(
    {"NOT_AN_OBJECT", "TOO_MANY_VALUES", "CONTROL_CHARACTER", "NULL_VALUE", "EMPTY_ARRAY"}
    | {"NESTED_ARRAY", "NUMBER_NOT_EXACT"}
)
"""Codes of the rules; what is NOT_AN_OBJECT is refused whichever of them are asked for."""

MAY_BE_EMPTY = frozenset({"proof", "verifiableCredential"})
"""Members whose empty array is judged elsewhere: by the proof check and the presentation's."""

# C0 without tab, line feed and carriage return; DEL; the noncharacters U+FFFE and U+FFFF, which
# canonicalizers are known to write in different ways; and halves of surrogate pairs.
_UNWANTED_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PLAIN_DECIMAL = re.compile(r"-?([0-9]+)\.([0-9]+)")


class _Rule(NamedTuple):
    """What a finding says, its place apart."""

    code: str
    message: str
    clause: str


_CONTROL_CHARACTER = _Rule(
    "CONTROL_CHARACTER",
    "A text or the name of a member contains a control character. Remove it.",
    "RDFC-1.0 §5",
)
_NULL_VALUE = _Rule(
    "NULL_VALUE",
    "A member or an item is null, which would not be signed. Leave it out.",
    "Open Badges 3.0, serialization",
)
_EMPTY_ARRAY = _Rule(
    "EMPTY_ARRAY",
    "An array is empty, which would not be signed. Leave the member out.",
    "Open Badges 3.0, serialization",
)
_NESTED_ARRAY = _Rule(
    "NESTED_ARRAY",
    "An array stands directly inside an array; JSON-LD would merge the two. Use one array.",
    "JSON-LD 1.1 §4.3",
)
_NUMBER_NOT_EXACT = _Rule(
    "NUMBER_NOT_EXACT",
    "A number cannot be signed exactly. Use an integer below 2^53, or a decimal without exponent "
    "and with at most 15 significant digits.",
    "JSON-LD 1.1 API §8.6",
)


def document_findings(
    document: JsonValue,
    limits: Limits = DEFAULT_LIMITS,
    plain: PlainJson | None = None,
    *,
    codes: frozenset[str] = CODES,
) -> tuple[Finding, ...]:
    """Apply the rules of every document to parsed JSON of any shape, in document order.

    Codes: `CODES`, or those of them that are asked for.  At most `FINDINGS_REPORTED` findings are
    returned.  `plain` is what parsing found out of the document, if it found out anything.
    """
    if not isinstance(document, dict):
        message = "A credential is one JSON object in braces."
        return (Finding("NOT_AN_OBJECT", "", message, "VCDM 2.0 §4.1"),)
    if _keeps_all_rules(document, limits, plain):
        return ()
    found = (finding for finding in _findings(document, limits) if finding.code in codes)
    return tuple(islice(found, FINDINGS_REPORTED))


def _keeps_all_rules(document: JsonValue, limits: Limits, plain: PlainJson | None = None) -> bool:
    """Tell quickly that no rule is broken; what is not certain to keep them is looked at closely.

    Written as JSON, a text shows unwanted characters as escapes, or as bytes that are rare.
    """
    shape = shape_of(document) if plain is None else plain.shape
    if shape.values > limits.values or shape.has_odd_array:
        return False
    if not all(isinstance(one, bool) or is_exact_number(one) for one in shape.scalars):
        return False
    try:
        written = orjson.dumps(document) if plain is None else plain.written
    except orjson.JSONEncodeError:
        return False
    return not (b"\x7f" in written or _may_have_escape(written) or _may_have_noncharacter(written))


def _may_have_escape(written: bytes) -> bool:
    """Tell whether there may be escapes beside those of white space and of punctuation."""
    return b"\\" in written and any(escape in written for escape in (b"\\b", b"\\f", b"\\u"))


def _may_have_noncharacter(written: bytes) -> bool:
    """Tell whether U+FFFE, U+FFFF or one of their neighbours stands in a text."""
    return not written.isascii() and b"\xef\xbf" in written


def is_exact_number(value: JsonValue) -> bool:
    """Tell whether a number has one canonical form that no other number has.

    Integers up to 2^53-1; floats whose shortest text is a plain decimal of at most 15
    significant digits.  Anything that is not a number, true and false included, is not exact.
    """
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) <= LARGEST_EXACT_INTEGER
    return isinstance(value, float) and _is_plain_decimal(repr(value))


def _is_plain_decimal(text: str) -> bool:
    # NaN, infinities and exponents do not match.  JSON-LD implementations differ for small
    # exponents: one signs 1e-7 as "0", another as "1.0E-7".  Canonical JSON writes -0 as 0.
    match = _PLAIN_DECIMAL.fullmatch(text)
    if match is None or text == "-0.0":
        return False
    fraction = match[2].rstrip("0")
    digits = (match[1] + fraction).lstrip("0")
    return len(digits if fraction else digits.rstrip("0")) <= SIGNIFICANT_DIGITS


def _findings(document: JsonValue, limits: Limits) -> Iterator[Finding]:
    for number, (place, value) in enumerate(places(document)):
        if number >= limits.values:
            message = f"The document has more than {limits.values} values."
            yield Finding("TOO_MANY_VALUES", "", message, "Tallystick, Limits.values")
            return
        for rule in _broken_rules(place, value):
            yield Finding(rule.code, _pointer(place), rule.message, rule.clause)


def _broken_rules(place: Place, value: JsonValue) -> tuple[_Rule, ...]:
    """List the rules that one value breaks by itself, its children apart."""
    if isinstance(value, str):
        return (_CONTROL_CHARACTER,) if _UNWANTED_CHARACTER.search(value) else ()
    if isinstance(value, dict):
        return tuple(_CONTROL_CHARACTER for name in value if _UNWANTED_CHARACTER.search(name))
    if isinstance(value, list):
        return _broken_array_rules(place, value)
    if value is None:
        return () if _is_in_own_context(place) else (_NULL_VALUE,)
    return () if isinstance(value, bool) or is_exact_number(value) else (_NUMBER_NOT_EXACT,)


def _broken_array_rules(place: Place, items: list[JsonValue]) -> tuple[_Rule, ...]:
    if not items:
        may_be_empty = place is not None and place[1] in MAY_BE_EMPTY
        return () if may_be_empty else (_EMPTY_ARRAY,)
    return (_NESTED_ARRAY,) if any(isinstance(item, list) for item in items) else ()


def _is_in_own_context(place: Place) -> bool:
    """Tell whether a value belongs to a context of the document's own: null has a meaning there.

    JSON-LD 1.1 section 4.1.2: `{"@vocab": null}`.  A context that is null itself is not meant.
    """
    if place is None or not isinstance(place[1], str):
        return False
    above = place[0]
    while above is not None:
        if above[1] == "@context":
            return True
        above = above[0]
    return False


def _pointer(place: Place) -> str:
    """Write a place as a JSON pointer; an unwanted character in a name becomes U+FFFD."""
    return _UNWANTED_CHARACTER.sub("\ufffd", pointer_of(place))
