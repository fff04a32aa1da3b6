"""Reading JSON so strictly that two readers can never disagree about it.

RFC 8259 leaves open what happens with duplicate names, huge numbers or lone surrogates; I-JSON
(RFC 7493) closes those holes, and so does this module.  Limits are enforced before anything is
built, so that hostile input costs no more than reading it once.

What is plain is read and written by a quick library, under conditions under which it does provably
the same; everything else, and all that is wrong, by the reader and writer that define what is so.
"""

from __future__ import annotations

import json
import math
import re
from typing import NamedTuple, NoReturn

import orjson

from credentials.errors import LimitExceededError, MalformedValueError, ParsingError
from credentials.json_shape import Shape, shape_of
from credentials.json_types import JsonObject, JsonValue, pointer_to
from credentials.limits import DEFAULT_LIMITS, Limits

BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
"""Marks of UTF-8, UTF-16 and UTF-32 (RFC 8259 section 8.1: MUST NOT add one)."""

INTEGER_DIGITS = 4_300
"""Longest integer that is converted at all; the document rules allow far less."""

MEMBER_NAME_CHARACTERS = 512
"""Longest member name.  Pointers repeat names, so long names would multiply in reports."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_EMPTY = re.compile(rb"\[[ \t\n\r]*+\]|\{[ \t\n\r]*+\}")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SURROGATE = re.compile("[\ud800-\udfff]")


class PlainJson(NamedTuple):
    """A value that was read the quick way, and what that found out of it."""

    value: JsonValue
    shape: Shape
    written: bytes
    """The value, written anew."""


def parse_json(data: bytes, limits: Limits = DEFAULT_LIMITS) -> JsonValue:
    """Parse the bytes of one JSON text.

    Obligations (RFC 8259 sections 4, 6, 7, 8 and 9; RFC 7493 section 2):

    1. not larger than allowed, not empty, UTF-8 without a byte order mark;
    2. not more values and not deeper nesting than allowed, found out before anything is built;
    3. syntax, duplicate names, numbers;
    4. no lone surrogate, no overlong string.

    Raises `ParsingError` (EMPTY_INPUT, JSON_BOM, JSON_ENCODING, JSON_SYNTAX, JSON_NUMBER,
    JSON_DUPLICATE_KEY, JSON_SURROGATE) or `LimitExceededError` (TOO_LARGE, TOO_DEEP,
    TOO_MANY_VALUES, STRING_TOO_LONG).
    """
    return parse_plain_json(data, limits)[0]


def parse_plain_json(
    data: bytes, limits: Limits = DEFAULT_LIMITS
) -> tuple[JsonValue, PlainJson | None]:
    """Parse as `parse_json` does; tell what was found out on the way, if it was the quick one."""
    plain = _read_plain(data, limits)
    return (_read(data, limits), None) if plain is None else (plain.value, plain)


def _read(data: bytes, limits: Limits) -> JsonValue:
    """Fulfil the obligations of `parse_json` one by one."""
    # 1.
    text = _decode(data, limits)
    # 2.
    _require_structure(data, limits)
    # 3.
    value = _parse(text)
    # 4.
    if _may_break_text_rules(data, limits):
        _require_texts(value, limits)
    return value


def _read_plain(data: bytes, limits: Limits) -> PlainJson | None:
    """Read a text that is certain to fulfil every obligation of `parse_json`; None for others.

    The library refuses what is no JSON in UTF-8, marks at the beginning and lone surrogates; of
    repeated names it keeps the last.  What it leaves to be found out:

    1. size, and the number of values, of which there are no more than commas and brackets say;
    2. every member that is written is there: written anew, there are as many colons;
    3. nesting, and that no number is unusual: integers that are too large become floats;
    4. no text is overlong.
    """
    # 1.
    if len(data) > limits.document_bytes or _may_have_many_values(data, limits.values):
        return None
    try:
        value = orjson.loads(data)
        written = orjson.dumps(value)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    # 2.
    text = _without_escapes(data)
    if text.count(b":") != written.count(b":"):
        return None
    # 3.
    shape = shape_of(value)
    if shape.depth > limits.depth or not shape.is_written_alike:
        return None
    # 4.
    return PlainJson(value, shape, written) if _has_short_texts(text, value, limits) else None


def _without_escapes(data: bytes) -> bytes:
    """Write escaped colons as such, and no escaped quotation mark as one; nothing gets longer.

    Escaped backslashes go first, so that what follows one is not taken for an escape.
    """
    if b"\\" not in data:
        return data
    text = data.replace(b"\\\\", b"__").replace(b'\\"', b"__")
    return text.replace(b"\\u003a", b":").replace(b"\\u003A", b":")


def _has_short_texts(text: bytes, value: JsonValue, limits: Limits) -> bool:
    """Tell whether no text is overlong; where none could be, it is not looked at any closer."""
    if not _has_stretch(text, min(limits.string_characters, MEMBER_NAME_CHARACTERS)):
        return True
    if not _has_stretch(text, limits.string_characters):
        return _has_short_names(value)
    try:
        _require_texts(value, limits)
    except ParsingError:
        return False
    return True


def _has_short_names(value: JsonValue) -> bool:
    """Tell whether the name of each member is short enough."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            if any(len(name) > MEMBER_NAME_CHARACTERS for name in item):
                return False
            stack.extend(item.values())
    return True


def _may_have_many_values(data: bytes, most: int) -> bool:
    """Tell whether there may be too many values.

    Each but one follows a comma or an opening bracket, and takes a byte itself.
    """
    if len(data) < 2 * most:
        return False
    return 1 + data.count(b",") + data.count(b"[") + data.count(b"{") > most


def _has_stretch(data: bytes, length: int) -> bool:
    """Tell whether more than `length` bytes stand together without a quotation mark."""
    place, last = -1, len(data) - length
    while place < last:
        place = data.rfind(b'"', place + 1, place + length + 2)
        if place < 0:
            return True
    return False


def serialize_json(value: JsonValue) -> bytes:
    """Write JSON in UTF-8 without insignificant space, members in their present order.

    Raises `MalformedValueError` (NOT_SERIALIZABLE) for NaN, infinities and lone surrogates.
    """
    plain = write_plain(value)
    return _dump(value, indent=None).encode() if plain is None else plain


def serialize_json_for_people(value: JsonValue) -> bytes:
    """Write JSON as `serialize_json` does, indented by two spaces, with a newline at the end."""
    plain = write_plain(value, orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return f"{_dump(value, indent=2)}\n".encode() if plain is None else plain


def write_plain(value: JsonValue, options: int = 0) -> bytes | None:
    """Write JSON that every library writes with the same bytes; None for anything else."""
    if not shape_of(value).is_written_alike:
        return None
    try:
        return orjson.dumps(value, option=options)
    except orjson.JSONEncodeError:
        return None


def _dump(value: JsonValue, *, indent: int | None) -> str:
    separators = (",", ":") if indent is None else (",", ": ")
    try:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators
        )
    except ValueError as error:
        raise _not_serializable("a number is not finite") from error
    if _SURROGATE.search(text):
        raise _not_serializable("a text contains half of a Unicode character (a lone surrogate)")
    return text


def _decode(data: bytes, limits: Limits) -> str:
    if len(data) > limits.document_bytes:
        raise LimitExceededError(
            f"The document has more than {limits.document_bytes} bytes.", code="TOO_LARGE"
        )
    if not data.strip():
        raise ParsingError(
            "There is nothing to read: the file is empty. Choose the file of the credential.",
            code="EMPTY_INPUT",
        )
    if data.startswith(BYTE_ORDER_MARKS):
        raise ParsingError(
            "The document begins with a byte order mark. Save it as UTF-8 without one.",
            code="JSON_BOM",
        )
    # The first two characters of a JSON text are ASCII unless it is a lone string (RFC 4627
    # section 3), so a NUL among the first bytes means UTF-16 or UTF-32.
    if b"\x00" in data[:2]:
        raise ParsingError("The document is not UTF-8 text, but UTF-16.", code="JSON_ENCODING")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParsingError(
            f"The document is not UTF-8 text: byte {error.start} cannot be read.",
            code="JSON_ENCODING",
        ) from error


def _require_structure(data: bytes, limits: Limits) -> None:
    """Measure nesting and count values outside strings; linear in the size of the input."""
    structure = _STRING.sub(b'"', data)
    brackets = structure.translate(None, _NOT_BRACKETS)
    # Every array and object is a value, so this many brackets suffice to judge the nesting.
    _require_depth(brackets[: 2 * limits.values], limits)
    # A value that is not the first of its array or object follows a comma, a first one follows
    # a bracket, and one value is the outermost.  Empty arrays and objects hold no first value.
    empty = len(_EMPTY.findall(structure))
    values = 1 + structure.count(b",") + brackets.count(b"[") + brackets.count(b"{") - empty
    if len(brackets) > 2 * limits.values or values > limits.values:
        raise LimitExceededError(
            f"The document has more than {limits.values} values.", code="TOO_MANY_VALUES"
        )


def _require_depth(brackets: bytes, limits: Limits) -> None:
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > limits.depth:
            raise LimitExceededError(
                f"The document is nested more than {limits.depth} levels deep.", code="TOO_DEEP"
            )


def _parse(text: str) -> JsonValue:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except _DuplicateNameError as error:
        raise _repeated_name(text) from error
    except json.JSONDecodeError as error:
        raise _syntax(text, error) from error


def _repeated_name(text: str) -> ParsingError:
    """Describe a repeated name, or what else is wrong if the text is no JSON further on."""
    try:
        pointer = _duplicate_pointer(text)
    except json.JSONDecodeError as error:
        return _syntax(text, error)
    return ParsingError(
        "An object has two members of the same name, so readers would disagree about it. "
        "Remove one of them.",
        code="JSON_DUPLICATE_KEY",
        pointer=pointer,
    )


def _syntax(text: str, error: json.JSONDecodeError) -> ParsingError:
    if text.lstrip().startswith("<"):
        message = "This is a web page or another XML document (HTML), not JSON."
    else:
        message = f"This is not JSON: {error.msg}."
    where = f"Line {error.lineno}, column {error.colno}."
    return ParsingError(f"{message} {where}", code="JSON_SYNTAX")


class _DuplicateNameError(Exception):
    """Tell `_parse` that a member name occurred twice; never leaves this module."""


class _Members(list[tuple[str, JsonValue]]):
    """The members of an object as they were written, repeated names included."""


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateNameError
    return members


def _duplicate_pointer(text: str) -> str:
    """Read the text again, keeping repeated names, and point to the first that is repeated."""
    document = json.loads(text, object_pairs_hook=_Members, parse_int=str)
    stack: list[tuple[tuple[str | int, ...], JsonValue]] = [((), document)]
    while stack:
        steps, value = stack.pop()
        names: set[str] = set()
        for name, child in value if isinstance(value, _Members) else ():
            if name in names:
                pointer = pointer_to((*steps, name))
                # A pointer is shown and logged, so it must be a text that can be encoded.
                return "" if _SURROGATE.search(pointer) else pointer
            names.add(name)
            stack.append(((*steps, name), child))
        if isinstance(value, list) and not isinstance(value, _Members):
            stack.extend(((*steps, index), child) for index, child in enumerate(value))
    return ""


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > INTEGER_DIGITS:
        raise ParsingError("A number has too many digits.", code="JSON_NUMBER")
    try:
        return int(text)
    except ValueError as error:
        # The interpreter's own limit on digits can be set lower than ours.
        raise ParsingError("A number has too many digits.", code="JSON_NUMBER") from error


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ParsingError("A number is too large to be represented.", code="JSON_NUMBER")
    return number


def _constant(name: str) -> NoReturn:
    raise ParsingError(f"{name} is not a JSON number.", code="JSON_NUMBER")


def _may_break_text_rules(data: bytes, limits: Limits) -> bool:
    """Tell cheaply whether some text may be overlong or, by an escape, hold a surrogate.

    Without a backslash a text is what stands between two quotation marks.
    """
    shortest_limit = min(limits.string_characters, MEMBER_NAME_CHARACTERS)
    return b"\\" in data or max(map(len, data.split(b'"'))) > shortest_limit


def _require_texts(value: JsonValue, limits: Limits) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            _require_text(item, limits.string_characters)
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            for name in item:
                _require_text(name, min(limits.string_characters, MEMBER_NAME_CHARACTERS))
            stack.extend(item.values())


def _require_text(text: str, characters: int) -> None:
    if len(text) > characters:
        raise LimitExceededError(
            f"A text or the name of a member has more than {characters} characters.",
            code="STRING_TOO_LONG",
        )
    if not text.isascii() and _SURROGATE.search(text):
        raise ParsingError(
            "A text contains half of a Unicode character (a lone surrogate).",
            code="JSON_SURROGATE",
        )


def _not_serializable(why: str) -> MalformedValueError:
    return MalformedValueError(f"The document cannot be written: {why}.", code="NOT_SERIALIZABLE")
