"""What must be known about parsed JSON before quicker ways may be taken with it.

The quick library that reads and writes JSON does not do everything as we promise it.  One walk
tells whether a value is of the plain kind for which it provably does.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from credentials.json_types import JsonValue

LARGEST_EXACT_INTEGER = 2**53 - 1
"""Largest integer that every JSON reader represents exactly (RFC 7493 section 2.2)."""

PLAIN_FLOATS = (1e-3, 1e15)
"""Between these every float is written as a plain decimal, by every library with the same digits.

Python's `repr` turns to exponents below 1e-4 and from 1e16 on.
"""


class Shape(NamedTuple):
    """How large a value is, and the few things in it that are not texts, arrays or objects."""

    values: int
    """Number of values, itself included."""

    depth: int
    """Nesting of arrays and objects, the outermost counting as 1."""

    scalars: tuple[Any, ...]
    """Numbers, true, false and null; and whatever is no parsed JSON at all."""

    has_odd_array: bool
    """Whether an array is empty, or stands directly in an array."""

    @property
    def is_written_alike(self) -> bool:
        """Tell whether every library writes it with the same bytes: no number is unusual."""
        return all(map(_is_written_alike, self.scalars))

    @property
    def has_only_exact_integers(self) -> bool:
        """Tell whether all its numbers are integers up to 2^53-1."""
        return all(map(_is_no_unusual_integer, self.scalars))


def shape_of(value: JsonValue) -> Shape:
    """Walk through a value, level by level.

    A value that contains itself would never end; parsed JSON does not.
    """
    values = depth = 0
    scalars: list[Any] = []
    has_odd_array = False
    level = [value]
    while level:
        below: list[Any] = []
        is_deeper = False
        for item in level:
            kind = type(item)
            # Most values are texts.
            if kind is str:
                continue
            if kind is dict:
                below += item.values()
                is_deeper = True
            elif kind is list:
                below += item
                is_deeper = True
                has_odd_array = has_odd_array or not item or list in map(type, item)
            else:
                scalars.append(item)
        values += len(level)
        depth += is_deeper
        level = below
    return Shape(values, depth, tuple(scalars), has_odd_array)


def _is_written_alike(scalar: Any) -> bool:
    if type(scalar) is float:
        least, most = PLAIN_FLOATS
        return scalar == 0 or least <= abs(scalar) < most
    return scalar is None or type(scalar) in (bool, int)


def _is_no_unusual_integer(scalar: Any) -> bool:
    if type(scalar) is int:
        return -LARGEST_EXACT_INTEGER <= scalar <= LARGEST_EXACT_INTEGER
    return scalar is None or type(scalar) is bool
