"""Which lines of a policy's text say what: the source beside every sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from credentials.json_types import pointer_token
from frameworks.toml_text import read_toml

_PART = r"""(?>[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\[^\n])*+"|'[^'\n]*+')"""
_PATH = rf"{_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+"
_KEY = re.compile(rf"(?P<table>\[\[?)?[ \t]*+(?P<path>{_PATH})")
_PARTS = re.compile(_PART)
_TOKEN = re.compile(
    r"""
      \"\"\" (?: [^"\\] | \\. | "{1,2}(?!") )*+ "{3,5}
    | ''' (?: [^'] | '{1,2}(?!') )*+ '{3,5}
    | " (?: [^"\\\n] | \\. )*+ "
    | ' [^'\n]*+ '
    | \#[^\n]*+
    | (?P<open> [\[{] ) | (?P<close> [\]}] )
    | (?P<end> \n )
    | [^"'\#\[\]{}\n]++
    """,
    re.VERBOSE | re.DOTALL,
)
"""Correct TOML is a row of these; each character is read a fixed number of times."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a text, both included, counted from 1, with the text that stands in them."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class _Statement:
    """A header of a table or a key with its value, the remarks directly above it included."""

    pointer: str
    lines: Lines


class SourceLines:
    """The statements of a TOML text, found by JSON pointers to what they say."""

    def __init__(self, text: str) -> None:
        """Take a text that `read_toml` reads; raise what it raises for any other."""
        read_toml(text)
        self._statements = tuple(_statements(text))

    def of(self, *pointers: str) -> tuple[Lines, ...]:
        """Find the lines that say what stands at the pointers, or what contains it.

        The members of a table that stands in one line are all found in this line.  What the text
        does not say at all, so that the default holds, has no lines.
        """
        found: dict[int, Lines] = {}
        for pointer in pointers:
            for one in self._about(pointer):
                found.setdefault(one.lines.first, one.lines)
        return tuple(_joined(found[first] for first in sorted(found)))

    def _about(self, pointer: str) -> Iterator[_Statement]:
        inside = [one for one in self._statements if f"{one.pointer}/".startswith(f"{pointer}/")]
        if inside:
            yield from inside
        elif pointer.count("/") > 1:
            yield from self._about(pointer.rpartition("/")[0])


def _joined(lines: Iterable[Lines]) -> Iterator[Lines]:
    """Join what follows each other without a line between."""
    last: Lines | None = None
    for one in lines:
        if last is not None and one.first == last.last + 1:
            last = Lines(last.first, one.last, f"{last.text}\n{one.text}")
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _statements(text: str) -> Iterator[_Statement]:
    """Read statement by statement; a remark belongs to what follows it without an empty line."""
    table, counted = "", dict[str, int]()
    first, last, remarks = 1, 0, list[str]()
    for statement in _split(text.replace("\r\n", "\n")):
        found = _KEY.match(statement.strip())
        remarks.append(statement)
        last += statement.count("\n") + 1
        if found is None and statement.strip().startswith("#"):
            continue
        if found is not None:
            pointer = "".join(f"/{pointer_token(_name(one))}" for one in _PARTS.findall(found[2]))
            if found["table"]:
                table = pointer = _table(pointer, counted, is_array=found["table"] == "[[")
            else:
                pointer = table + pointer
            yield _Statement(pointer, Lines(first, last, "\n".join(remarks)))
        first, remarks = last + 1, []


def _table(pointer: str, counted: dict[str, int], *, is_array: bool) -> str:
    """Name a table by its place; one of an array by its number, from 0."""
    if is_array:
        counted[pointer] = counted.get(pointer, -1) + 1
        return f"{pointer}/{counted[pointer]}"
    above, _, name = pointer.rpartition("/")
    return f"{above}/{counted[above]}/{name}" if above in counted else pointer


def _name(part: str) -> str:
    """Read one part of a key."""
    if part[0] not in "\"'":
        return part
    (name,) = read_toml(f"{part} = 0")
    return name


def _split(text: str) -> Iterator[str]:
    """Cut at the ends of lines that are not inside a text or an array."""
    depth, begin = 0, 0
    for token in _TOKEN.finditer(text):
        depth += (token["open"] is not None) - (token["close"] is not None)
        if token["end"] is not None and depth == 0:
            yield text[begin : token.start()]
            begin = token.end()
    if begin < len(text):
        yield text[begin:]
