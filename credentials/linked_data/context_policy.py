"""Which contexts a credential may use, and where (VC Data Integrity 1.0 section 4.6; VCDM 2.0 4.3).

Whoever chooses the contexts chooses what a document means, so only pinned ones are accepted, in
the order of the specification and at the places where a credential begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list, pointer_token
from credentials.linked_data.embedded import (
    EMBEDDING_MEMBERS,
    is_embedded_credential,
    is_envelope,
)

VC_V2 = "https://www.w3.org/ns/credentials/v2"
VC_V1 = "https://www.w3.org/2018/credentials/v1"

FINDINGS_REPORTED = 20
"""How many broken rules are listed before the list is cut."""

LANGUAGE_VALUE = frozenset({"@value", "@language", "@direction"})
"""The only keywords in a credential: a text with its language (VCDM 2.0 section 11.1)."""


def context_findings(
    document: JsonObject, *, allowed_contexts: frozenset[str], allows_inline: bool = False
) -> tuple[Finding, ...]:
    """Judge all contexts and JSON-LD keywords of a document.

    With `allows_inline` a credential may define terms in contexts of its own, in the array of its
    contexts and nowhere else; `round_trip` sees to it that they hide nothing from readers.

    Codes: CONTEXT_MISSING, CONTEXT_NOT_ARRAY, CONTEXT_NOT_FIRST, CONTEXT_INLINE,
    CONTEXT_NULL, CONTEXT_UNKNOWN, CONTEXT_MIXED_VERSIONS, CONTEXT_DUPLICATE, CONTEXT_NESTED,
    JSON_LD_KEYWORD, ABSOLUTE_IRI_KEY.
    """
    found = _credential_findings(document, "", allowed_contexts)
    if allows_inline:
        found = (one for one in found if one.code != "CONTEXT_INLINE")
    return tuple(islice(found, FINDINGS_REPORTED))


def has_usual_order(contexts: tuple[str, ...], allowed: frozenset[str]) -> bool:
    """Tell whether nothing is to be said about the list of contexts of one credential."""
    return not any(_list_findings(list(contexts), "", allowed))


def _credential_findings(
    document: JsonObject, pointer: str, allowed: frozenset[str]
) -> Iterator[Finding]:
    """Judge one credential: its own contexts, and everything below them."""
    contexts = document.get("@context")
    # An envelope says nothing that a context could change; VCDM 2.0 lets it name one as a text.
    listed = [contexts] if is_envelope(document) and isinstance(contexts, str) else contexts
    yield from _list_findings(listed, f"{pointer}/@context", allowed)
    for name, value in document.items():
        if name == "@context":
            continue
        place = f"{pointer}/{pointer_token(name)}"
        yield from _name_findings(name, place)
        if name == "proof":
            yield from _proof_findings(value, place, contexts, allowed)
        else:
            yield from _value_findings(name, value, place, allowed)


def _list_findings(value: JsonValue, pointer: str, allowed: frozenset[str]) -> Iterator[Finding]:
    if value is None:
        yield _finding("CONTEXT_MISSING", pointer, "The credential has no @context.")
        return
    if not isinstance(value, list) or not value:
        yield _finding("CONTEXT_NOT_ARRAY", pointer, "@context must be an array of URLs.")
        return
    if value[0] not in (VC_V1, VC_V2):
        text = f"The first @context must be {VC_V2} (or {VC_V1} for older credentials)."
        yield _finding("CONTEXT_NOT_FIRST", f"{pointer}/0", text)
    if VC_V1 in value and VC_V2 in value:
        text = "Contexts of two versions of the data model are mixed."
        yield _finding("CONTEXT_MIXED_VERSIONS", pointer, text)
    if len({item for item in value if isinstance(item, str)}) < len(value):
        yield from _odd_items(value, pointer)
    for index, item in enumerate(value):
        if isinstance(item, str) and item not in allowed:
            text = f"The context {item} is not known here, and contexts are never fetched."
            yield _finding("CONTEXT_UNKNOWN", f"{pointer}/{index}", text)


def _odd_items(items: list[JsonValue], pointer: str) -> Iterator[Finding]:
    for index, item in enumerate(items):
        place = f"{pointer}/{index}"
        if item is None:
            yield _finding("CONTEXT_NULL", place, "A context is null.")
        elif not isinstance(item, str):
            text = "A context is defined in the credential itself instead of being named."
            yield _finding("CONTEXT_INLINE", place, text)
        elif item in items[:index]:
            yield _finding("CONTEXT_DUPLICATE", place, "A context is named twice.")


def _value_findings(
    name: str, value: JsonValue, pointer: str, allowed: frozenset[str]
) -> Iterator[Finding]:
    """Judge the value of one member, going down; embedded credentials start anew."""
    for index, item in enumerate(as_list(value)):
        place = f"{pointer}/{index}" if isinstance(value, list) else pointer
        if isinstance(item, list):
            yield from _value_findings(name, item, place, allowed)
        elif isinstance(item, dict):
            if name in EMBEDDING_MEMBERS and is_embedded_credential(item):
                yield from _credential_findings(item, place, allowed)
            elif not _is_language_value(item):
                yield from _object_findings(item, place, allowed)


def _object_findings(item: JsonObject, pointer: str, allowed: frozenset[str]) -> Iterator[Finding]:
    for name, value in item.items():
        place = f"{pointer}/{pointer_token(name)}"
        if name == "@context":
            text = "A part of the credential brings its own @context."
            yield _finding("CONTEXT_NESTED", place, text)
            continue
        yield from _name_findings(name, place)
        yield from _value_findings(name, value, place, allowed)


def _proof_findings(
    value: JsonValue, pointer: str, contexts: JsonValue, allowed: frozenset[str]
) -> Iterator[Finding]:
    """Judge proofs; one may repeat the document's contexts (vc-di-eddsa section 3.3.1 step 2)."""
    for index, proof in enumerate(as_list(value)):
        place = f"{pointer}/{index}" if isinstance(value, list) else pointer
        if not isinstance(proof, dict):
            continue
        if "@context" in proof and proof["@context"] != contexts:
            text = "The proof was made under other contexts than the document's."
            yield _finding("CONTEXT_NESTED", f"{place}/@context", text)
        members = {name: member for name, member in proof.items() if name != "@context"}
        yield from _object_findings(members, place, allowed)


def _name_findings(name: str, pointer: str) -> Iterator[Finding]:
    if name.startswith("@"):
        text = "JSON-LD keywords are not used as names of members in a credential."
        yield _finding("JSON_LD_KEYWORD", pointer, text)
    elif ":" in name:
        text = "A member is named by a URL instead of by the term that stands for it."
        yield _finding("ABSOLUTE_IRI_KEY", pointer, text)


def _is_language_value(item: JsonObject) -> bool:
    return (
        "@value" in item
        and item.keys() <= LANGUAGE_VALUE
        and all(isinstance(value, str) for value in item.values())
    )


def _finding(code: str, pointer: str, message: str) -> Finding:
    return Finding(code, pointer, message, "VC Data Integrity 1.0 §4.6")
