"""Extensions of Open Badges 2.0 whose rules are known here.

An extension brings the address of a JSON Schema along; none is ever fetched, so only the ones in
this table can be judged, and the others are said to be unjudged.
"""

from __future__ import annotations

from collections.abc import Iterator

from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list, pointer_token
from credentials.legacy.classes import types_in
from credentials.urls import is_url

EXTENSION = "Extension"
PREFIXES = ("extensions:", "obi:extensions/#", "https://w3id.org/openbadges/extensions#")
"""Spellings of the namespace in which the published extensions are."""

CLAUSE = "Open Badges 2.0, Extensions"

_APPLY_LINK = ("url", "applyLink", "extensions:applyLink", f"{PREFIXES[-1]}applyLink")
KNOWN = {
    "ExampleExtension": ("exampleProperty", "http://schema.org/text"),
    "ApplyLink": _APPLY_LINK,
    "ApplyLinkExtension": _APPLY_LINK,
}
"""Published extensions: their one property, as its context calls it and as an IRI."""

WEB_ADDRESSES = frozenset({"url"})


def extension_findings(document: JsonObject, pointer: str) -> Iterator[Finding]:
    """Judge the extensions of an object.

    Codes: LEGACY_EXTENSION_MALFORMED, and as a warning LEGACY_EXTENSION_NOT_CHECKED.
    """
    for name, value in document.items():
        for extension in as_list(value) if ":" in name else ():
            if isinstance(extension, dict) and EXTENSION in types_in(extension):
                yield from _judge(extension, f"{pointer}/{pointer_token(name)}")


def _judge(extension: JsonObject, pointer: str) -> Iterator[Finding]:
    names = [_local(name) for name in types_in(extension) if name != EXTENSION]
    known = [KNOWN[name] for name in names if name in KNOWN]
    for spellings in known:
        value = next((extension[name] for name in spellings if name in extension), None)
        if not _is_of_kind(value, spellings[0]):
            kind = "an address" if spellings[0] in WEB_ADDRESSES else "a text"
            text = f"The extension must have {kind} as its {spellings[0]}."
            yield Finding("LEGACY_EXTENSION_MALFORMED", pointer, text, CLAUSE)
    if not names:
        text = "The extension does not say which one it is."
        yield Finding("LEGACY_EXTENSION_MALFORMED", pointer, text, CLAUSE)
    elif len(known) < len(names):
        text = "The rules of this extension are not known here; it was not judged."
        yield Finding("LEGACY_EXTENSION_NOT_CHECKED", pointer, text, CLAUSE, "warning")


def _local(name: str) -> str:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _is_of_kind(value: JsonValue, name: str) -> bool:
    return is_url(value) if name in WEB_ADDRESSES else isinstance(value, str)
