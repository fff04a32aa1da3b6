"""Reading TOML that somebody else wrote: only what takes time in proportion to its length.

The standard library takes time in the square of the number of parts of a dotted key, so keys are
counted before it sees them.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from frameworks.errors import FrameworkError

LINE_CHARACTERS = 8_192
"""Longest line."""

KEY_PARTS = 8
"""Most parts of a dotted key, or of the name of a table."""

CONTROL_CHARACTERS = "\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
"""Characters, as a class of a regular expression, that no text needs; TOML can escape them."""

_PART = r"""(?>[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\[^\n])*+"?+|'[^'\n]*+'?+)"""
_DOT = r"[ \t]*+\.[ \t]*+"
_TOKEN = re.compile(
    rf"""
      (?P<deep> {_PART} (?:{_DOT}{_PART}){{{KEY_PARTS}}} )
    | \"\"\" (?: [^"\\] | \\. | "(?!"") )*+ (?:\"\"\")?+
    | ''' (?: [^'] | '(?!'') )*+ (?:''')?+
    | {_PART} (?:{_DOT}{_PART})*+
    | \#[^\n]*+
    | [^"'\#A-Za-z0-9_-]++
    """,
    re.VERBOSE | re.DOTALL,
)
"""Every text is a row of these; each character is read a fixed number of times."""


class TomlError(FrameworkError):
    """A text is no TOML, or more than is read; the message completes "it cannot be read:"."""

    code = "TOML_UNREADABLE"


def read_toml(text: str) -> dict[str, Any]:
    """Read TOML within the limits of this module; raise `TomlError` for anything else."""
    if any(len(line) > LINE_CHARACTERS for line in text.split("\n")):
        raise TomlError(f"a line has more than {LINE_CHARACTERS} characters; break it")
    if any(token["deep"] for token in _TOKEN.finditer(text)):
        raise TomlError(f"a key has more than {KEY_PARTS} parts with dots between them")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"it is not correct TOML: {error}") from error
    except ValueError as error:
        raise TomlError("a number in it has too many digits") from error
    except RecursionError as error:
        raise TomlError("it is nested too deep") from error
