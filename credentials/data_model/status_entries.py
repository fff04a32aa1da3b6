"""The form of credentialStatus entries (Bitstring Status List 1.0 section 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from credentials.data_model.common import url_findings
from credentials.errors import MalformedValueError
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list, pointed, whole_number

BITSTRING_ENTRY = "BitstringStatusListEntry"
ENTRY_2021 = "StatusList2021Entry"
"""Its forerunner, with the same members but those for entries of several bits."""

INDEX_DIGITS = 16
"""Longest index that is read; lists have far fewer entries."""

LARGEST_SIZE = 16
"""Most bits of one entry: it names two messages for each bit more, and lists grow with it."""

CLAUSE = "Bitstring Status List 1.0 §2.1"
_INDEX = re.compile(rf"(?:0|[1-9][0-9]{{0,{INDEX_DIGITS - 1}}})")
_STATUS = re.compile(rf"0x[0-9A-Fa-f]{{1,{LARGEST_SIZE // 4}}}")


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """An entry as read: `size` bits of a list that is found at a URL, at an index.

    `messages` has what each value means, by the value; it is empty if the entry does not say.
    """

    purpose: str
    list_url: str
    index: int
    size: int = 1
    messages: tuple[str, ...] = ()


def read_status_entry(entry: JsonObject) -> StatusEntry:
    """Read an entry; raise `MalformedValueError` with the place in it.

    An index that is a JSON number is read here, so that a revocation counts in spite of it; that
    it is malformed is told by `status_entry_findings`.
    """
    purpose, url = entry.get("statusPurpose"), entry.get("statusListCredential")
    index = status_index(entry.get("statusListIndex"))
    if not isinstance(purpose, str):
        text = "The status entry does not say what it is for."
        raise MalformedValueError(text, pointer="/statusPurpose")
    if not isinstance(url, str):
        text = "The status entry does not name its status list by a URL."
        raise MalformedValueError(text, pointer="/statusListCredential")
    if index is None:
        text = "The status entry's index is not a decimal number."
        raise MalformedValueError(text, pointer="/statusListIndex")
    size = status_size(entry)
    return StatusEntry(purpose, url, index, size, status_messages(entry, size))


def status_index(value: JsonValue) -> int | None:
    """Read a statusListIndex: a decimal text without sign or leading zeros, or a JSON integer."""
    if isinstance(value, str) and _INDEX.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None


def status_size(entry: JsonObject) -> int:
    """Read how many bits an entry has, 1 if it does not say; raise `MalformedValueError`."""
    size = whole_number(entry.get("statusSize", 1))
    if size is None or not 0 < size <= LARGEST_SIZE:
        raise MalformedValueError(
            f"The size of a status entry is a whole number of bits from 1 to {LARGEST_SIZE}.",
            pointer="/statusSize",
        )
    return size


def status_messages(entry: JsonObject, size: int) -> tuple[str, ...]:
    """Read what each value of an entry means: one message for each value of `size` bits.

    Raises `MalformedValueError` if a message is missing, or stands twice, or is malformed.
    """
    stated = entry.get("statusMessage")
    if stated is None and size == 1:
        return ()
    if not isinstance(stated, list) or len(stated) != 1 << size:
        raise MalformedValueError(
            f"A status entry of {size} bit has one message for each of its {1 << size} values.",
            pointer="/statusMessage",
        )
    messages = dict(_message(item, f"/statusMessage/{place}") for place, item in enumerate(stated))
    if messages.keys() != set(range(1 << size)):
        raise MalformedValueError(
            "Each value of a status entry has exactly one message.", pointer="/statusMessage"
        )
    return tuple(messages[value] for value in range(1 << size))


def _message(item: JsonValue, pointer: str) -> tuple[int, str]:
    status = item.get("status") if isinstance(item, dict) else None
    message = item.get("message") if isinstance(item, dict) else None
    if not isinstance(status, str) or not _STATUS.fullmatch(status) or not isinstance(message, str):
        raise MalformedValueError(
            "A status message has a status, such as 0x2, and a message, both texts.",
            pointer=pointer,
        )
    return int(status, 16), message


def status_entry_findings(document: JsonObject) -> Iterator[Finding]:
    """Judge the entries of the types BitstringStatusListEntry and StatusList2021Entry."""
    for place, entry in pointed(document.get("credentialStatus"), "/credentialStatus"):
        if isinstance(entry, dict) and {BITSTRING_ENTRY, ENTRY_2021} & set(_types(entry)):
            yield from _entry_findings(entry, place)


def _types(entry: JsonObject) -> Iterator[str]:
    return (name for name in as_list(entry.get("type")) if isinstance(name, str))


def _entry_findings(entry: JsonObject, pointer: str) -> Iterator[Finding]:
    if not isinstance(entry.get("statusPurpose"), str):
        text = "The status entry does not say what it is for (statusPurpose)."
        yield Finding("STATUS_MALFORMED", f"{pointer}/statusPurpose", text, CLAUSE)
    yield from url_findings(
        entry.get("statusListCredential"), f"{pointer}/statusListCredential", CLAUSE
    )
    index = entry.get("statusListIndex")
    if not isinstance(index, str) or status_index(index) is None:
        text = "The status entry's index is not a decimal number, written as a text."
        yield Finding("STATUS_MALFORMED", f"{pointer}/statusListIndex", text, CLAUSE)
    if entry.get("id") is not None and entry.get("id") == entry.get("statusListCredential"):
        text = "The status entry has the id of its list; it needs one of its own, or none."
        yield Finding("STATUS_ID_OF_LIST", f"{pointer}/id", text, CLAUSE, "warning")
    try:
        status_messages(entry, status_size(entry))
    except MalformedValueError as error:
        yield Finding("STATUS_MALFORMED", pointer + error.pointer, error.message, CLAUSE)
