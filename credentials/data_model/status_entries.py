"""The form of credentialStatus entries (Bitstring Status List 1.0 section 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credentials.data_model.common import url_findings
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list

INDEX_DIGITS = 16
"""Longest index that is read; lists have far fewer entries."""

CLAUSE = "Bitstring Status List 1.0 §3.1"
_INDEX = re.compile(rf"(?:0|[1-9][0-9]{{0,{INDEX_DIGITS - 1}}})")


def status_index(value: JsonValue) -> int | None:
    """Read a statusListIndex: a decimal text without sign or leading zeros, or a JSON integer."""
    if isinstance(value, str) and _INDEX.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None


def status_entry_findings(document: JsonObject) -> Iterator[Finding]:
    """Judge the entries of the type BitstringStatusListEntry."""
    value = document.get("credentialStatus")
    for index, entry in enumerate(as_list(value)):
        place = f"/credentialStatus/{index}" if isinstance(value, list) else "/credentialStatus"
        if isinstance(entry, dict) and "BitstringStatusListEntry" in as_list(entry.get("type")):
            yield from _entry_findings(entry, place)


def _entry_findings(entry: JsonObject, pointer: str) -> Iterator[Finding]:
    if not isinstance(entry.get("statusPurpose"), str):
        text = "The status entry does not say what it is for (statusPurpose)."
        yield Finding("STATUS_MALFORMED", f"{pointer}/statusPurpose", text, CLAUSE)
    yield from url_findings(
        entry.get("statusListCredential"), f"{pointer}/statusListCredential", CLAUSE
    )
    index = entry.get("statusListIndex")
    if status_index(index) is None:
        text = "The status entry's index is not a decimal number."
        yield Finding("STATUS_MALFORMED", f"{pointer}/statusListIndex", text, CLAUSE)
    elif not isinstance(index, str):
        text = "The status entry's index is a number; the specification wants a text."
        yield Finding(
            "STATUS_INDEX_NOT_TEXT", f"{pointer}/statusListIndex", text, CLAUSE, "warning"
        )
