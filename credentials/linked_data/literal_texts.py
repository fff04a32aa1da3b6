"""Texts in canonical N-Quads: which characters are escaped (RDFC-1.0 section 5)."""

from __future__ import annotations

import re

from credentials.errors import MalformedValueError

_SURROGATE = re.compile(r"[\ud800-\udfff]")

# ECHAR where one exists; UCHAR for the other C0 controls, for DEL, and for the characters outside
# the Char production of XML 1.1 (U+0000, U+FFFE, U+FFFF); everything else as it is.
_CANONICAL = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)} | {
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0C: "\\f",
    0x0D: "\\r",
    0x22: '\\"',
    0x5C: "\\\\",
}
_NEEDS_ESCAPE = re.compile(r'[\x00-\x1f"\\\x7f\ufffe\uffff]')


def escape(text: str) -> str:
    """Escape a text for a canonical literal; refuse lone surrogates."""
    require_characters(text)
    return text.translate(_CANONICAL) if _NEEDS_ESCAPE.search(text) else text


def require_characters(text: str) -> str:
    """Return a text; raise `MalformedValueError` (RDF_TERM) for one with a lone surrogate."""
    if not text.isascii() and _SURROGATE.search(text):
        raise no_text("a text contains half of a Unicode character (a lone surrogate)")
    return text


def no_text(why: str) -> MalformedValueError:
    """Build the error for what has no text in N-Quads."""
    return MalformedValueError(f"A statement cannot be written as N-Quads: {why}.", code="RDF_TERM")
