"""The syntax of absolute URLs and IRIs (RFC 3986, RFC 3987), and nothing about reaching them."""

from __future__ import annotations

import re
from functools import cache

from credentials.errors import MalformedValueError
from credentials.json_types import JsonValue

# RFC 3987 section 2.2.  White space of all scripts is left out of ucschar, and so are the
# bidirectional formatting characters, which section 4.1 forbids: both are there to deceive.
_UCSCHAR = (
    r"\u00a1-\u167f\u1681-\u1fff\u200c-\u200d\u2010-\u2027\u2030-\u205e\u2060-\u2065\u206a-\u2fff"
    r"\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\uffef"
    r"\U00010000-\U0001fffd\U00020000-\U0002fffd\U00030000-\U0003fffd\U00040000-\U0004fffd"
    r"\U00050000-\U0005fffd\U00060000-\U0006fffd\U00070000-\U0007fffd\U00080000-\U0008fffd"
    r"\U00090000-\U0009fffd\U000a0000-\U000afffd\U000b0000-\U000bfffd\U000c0000-\U000cfffd"
    r"\U000d0000-\U000dfffd\U000e1000-\U000efffd"
)
_IPRIVATE = r"\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_IP_LITERAL = r"\[(?:[0-9A-Fa-f:.]++|[vV][0-9A-Fa-f]++\.[A-Za-z0-9\-._~!$&'()*+,;=:]++)\]"


def _syntax(ucschar: str, iprivate: str) -> re.Pattern[str]:
    """Compile the syntax with the characters beyond ASCII that may stand in an IRI.

    Percent signs are let through and checked by `_BAD_PERCENT`, which keeps this linear.
    """
    name = rf"A-Za-z0-9\-._~!$&'()*+,;=%{ucschar}"
    path = f"{name}:@/"
    return re.compile(
        r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*+):"
        r"(?://"
        rf"(?:[{name}:]*+@)?+"
        rf"(?P<host>{_IP_LITERAL}|[{name}]*+)(?::[0-9]*+)?+"
        rf"(?P<path>/[{path}]*+)?+"
        rf"|(?!//)[{path}]++)"
        rf"(?:\?[{path}?{iprivate}]*+)?+"
        rf"(?:\#[{path}?]*+)?+"
    )


_URL = _syntax("", "")


@cache
def _iri() -> re.Pattern[str]:
    """Give the whole syntax; compiling its ranges of characters takes a while."""
    return _syntax(_UCSCHAR, _IPRIVATE)


_USUAL = re.compile(
    r"https?://[A-Za-z0-9.\-]++(?::[0-9]++)?+(?:/[A-Za-z0-9._~\-/]*+)?+(?:\#[A-Za-z0-9._~\-/]*+)?+"
    r"|(?:did|urn):[A-Za-z0-9][A-Za-z0-9._~:\-]*+(?:\#[A-Za-z0-9._~\-]*+)?+"
)
"""Most of the URLs in credentials, and nothing that is none: found three times as fast."""


_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")

_NEEDS_HOST = frozenset({"http", "https", "ftp", "ws", "wss"})
"""Schemes that mean nothing without a host (RFC 9110 section 4.2.1: MUST NOT be empty)."""


def is_url(text: JsonValue) -> bool:
    r"""Tell whether a value is an absolute URL or IRI of correct syntax, taken as a whole.

    Accepts every scheme (https:, did:, urn:, data: and so on) and characters of every script;
    refuses relative references, white space, control and bidirectional formatting characters,
    `<>"{}|\^` and backtick, half percent-encodings, and a scheme with nothing behind it.
    Linear in the length of the value.
    """
    if not isinstance(text, str):
        return False
    if _USUAL.fullmatch(text):
        return True
    match = (_URL if text.isascii() else _iri()).fullmatch(text)
    if match is None or _BAD_PERCENT.search(match[0]):
        return False
    if match["scheme"].lower() in _NEEDS_HOST:
        return bool(match["host"])
    # "file:///path" has an empty host and a path; "x://" has nothing at all.
    return match["host"] != "" or bool(match["path"])


def require_url(value: JsonValue, pointer: str = "") -> str:
    """Return `value` if it is an absolute URL; raise `MalformedValueError` (NOT_A_URL) if not."""
    if not is_url(value):
        raise MalformedValueError(
            "This must be an absolute URL such as https://example.org/badges/1, without spaces.",
            code="NOT_A_URL",
            pointer=pointer,
        )
    return str(value)
