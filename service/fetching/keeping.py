"""Documents that were fetched, kept for a while, and used a while longer when nobody answers.

A document enters only when whoever asked for it has found it good (`keep`): what was served wrongly
once is asked for again.  Sources: Bitstring Status List 1.0 section 2.1 (ttl); VC Data Model 2.0
section 4.9 (validity of a list).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cachetools import LRUCache, TTLCache

from credentials.errors import CredentialError
from credentials.json_types import JsonValue, as_list, count_values
from credentials.strict_json import parse_json
from credentials.timestamps import parse_timestamp
from service.errors import FetchError
from service.fetching.answers import JSON_TYPES
from service.fetching.connecting import too_large
from service.fetching.fetcher import Fetched, Fetcher

TOKEN_TYPES = (
    *("application/vc+jwt", "application/vp+jwt", "application/jwt"),
    *("application/statuslist+jwt", "application/vc+sd-jwt", "application/dc+sd-jwt"),
    "application/entity-statement+jwt",
)
"""Media types of tokens, which are handed on as text."""

JSON_LINES_TYPES = ("text/jsonl", "application/jsonl", "application/x-ndjson")
"""Media types of several JSON values, one a line: the log of a did:webvh."""

ISSUER_FRESH = timedelta(hours=1)
"""How long the document of an issuer is used without asking again."""

ISSUER_MEMBERS = frozenset(
    {"assertionMethod", "authentication", "verificationMethod", "jwks", "jwks_uri", "keys"}
)
"""Members by one of which the document or the keys of an issuer are known; so is a DID as its id.
"""

STATUS_FRESH = timedelta(minutes=5)
"""The same for everything else: status lists that state no `ttl`, lists and badges unsigned."""

STATUS_FRESH_MOST = timedelta(hours=1)
"""The longest `ttl` of a status list that is followed."""

STALE_MOST = timedelta(hours=24)
"""How long after its fetching a kept document may stand in for one that nobody serves now."""

LINES = 1_024
"""How many lines of JSON one document may have."""

LINE_VALUES = 50_000
"""How many JSON values all lines of one document may hold together."""

VALUE_BYTES = 128
"""What a JSON value takes at least once it is read, however few bytes it was written in."""

REFUSAL_SECONDS = 30
"""How long the answer that there is no document is remembered."""

REFUSALS = 1_024
"""How many such answers are remembered."""

KEPT_BYTES = 64 * 1024 * 1024
"""How large all kept documents may be together."""

ENTRY_BYTES = 4_096
"""What a kept document counts at least, so that many small ones are bounded too."""

ACCEPTED = (*JSON_TYPES, *JSON_LINES_TYPES, *TOKEN_TYPES)
"""Media types of documents that are looked up."""

Origin = Literal["live", "cached", "stale"]


@dataclass(frozen=True, slots=True)
class Found:
    """A document: parsed JSON (lines as a list), or a token as text; fetched now or earlier."""

    url: str
    document: JsonValue
    origin: Origin
    fetched_at: datetime
    size: int


class DocumentCache:
    """Finds documents by URL, with the network behind it; safe to use from several threads."""

    def __init__(
        self, fetcher: Fetcher, *, now: Callable[[], datetime], most: int = KEPT_BYTES
    ) -> None:
        """Take the way out, the clock (aware datetimes), and the size of all that is kept."""
        self._fetcher = fetcher
        self._now = now
        self._lock = threading.Lock()
        self._kept: LRUCache[str, Found] = LRUCache(most, getsizeof=_weight)
        self._refusals: TTLCache[str, FetchError] = TTLCache(
            REFUSALS, REFUSAL_SECONDS, timer=lambda: now().timestamp()
        )

    def find(self, url: str, *, seconds: float | None = None) -> Found:
        """Find a document: a fresh one that is kept, the one behind the URL, or a stale one.

        A stale one stands in only if the place is out of reach for now.  Raises `FetchError`.
        """
        with self._lock:
            kept, refusal = self._kept.get(url), self._refusals.get(url)
        if kept is not None and self._is_fresh(kept):
            return _again(kept, "cached")
        if refusal is None:
            try:
                return self._fetch(url, seconds)
            except FetchError as error:
                self._remember(url, error, seconds)
                refusal = error
        if refusal.is_outage and kept is not None and self._may_stand_in(kept):
            return _again(kept, "stale")
        raise _same(refusal) from refusal

    def keep(self, found: Iterable[Found]) -> None:
        """Keep documents that were found good."""
        with self._lock:
            for one in found:
                if one.origin == "live" and _weight(one) <= self._kept.maxsize:
                    self._kept[one.url] = one

    def _fetch(self, url: str, seconds: float | None) -> Found:
        fetched = self._fetcher.fetch(url, accepted=ACCEPTED, seconds=seconds)
        document = _read(fetched)
        size = max(len(fetched.data), VALUE_BYTES * count_values(document))
        return Found(url, document, "live", self._now(), size)

    def _remember(self, url: str, error: FetchError, seconds: float | None) -> None:
        # Whoever was left little time by others must not speak for those who have more.
        has_all_time = seconds is None or seconds >= self._fetcher.seconds
        if has_all_time or not error.is_outage:
            with self._lock:
                self._refusals[url] = error

    def _is_fresh(self, kept: Found) -> bool:
        age = self._now() - kept.fetched_at
        return timedelta(0) <= age < freshness(kept.document)

    def _may_stand_in(self, kept: Found) -> bool:
        now = self._now()
        if not timedelta(0) <= now - kept.fetched_at < STALE_MOST:
            return False
        if _is_credential(kept.document):
            return _is_valid_at(kept.document, now)
        return _is_of_issuer(kept.document)


def freshness(document: JsonValue) -> timedelta:
    """Tell how long a document is used without asking again."""
    if not _is_credential(document):
        return ISSUER_FRESH if _is_of_issuer(document) else STATUS_FRESH
    stated = [
        subject["ttl"]
        for subject in as_list(document["credentialSubject"])
        if isinstance(subject, dict) and isinstance(subject.get("ttl"), int | float)
    ]
    most = int(STATUS_FRESH_MOST / timedelta(milliseconds=1))
    times = [timedelta(milliseconds=min(max(ttl, 0), most)) for ttl in stated]
    return min(times, default=STATUS_FRESH)


def _is_credential(document: JsonValue) -> bool:
    return isinstance(document, dict) and "credentialSubject" in document


def _is_of_issuer(document: JsonValue) -> bool:
    """Tell the document of an issuer, or the log of one, from what can be taken back any minute."""
    if not isinstance(document, dict):
        return isinstance(document, list)
    return str(document.get("id")).startswith("did:") or bool(ISSUER_MEMBERS & document.keys())


def _is_valid_at(document: JsonValue, moment: datetime) -> bool:
    """Tell whether a list says itself that it still holds; one without an end does not."""
    try:
        return moment < parse_timestamp(document.get("validUntil"))
    except CredentialError:
        return False


def _read(fetched: Fetched) -> JsonValue:
    try:
        if fetched.media_type in TOKEN_TYPES:
            return fetched.data.decode("ascii").strip()
        if fetched.media_type in JSON_LINES_TYPES:
            return _read_lines(fetched.data)
        document = parse_json(fetched.data)
    except (CredentialError, UnicodeDecodeError) as error:
        raise _not_json() from error
    if not isinstance(document, dict | list):
        raise _not_json()
    return document


def _read_lines(data: bytes) -> JsonValue:
    lines = [line for line in data.split(b"\n") if line.strip()]
    if len(lines) > LINES:
        raise too_large()
    values: list[JsonValue] = []
    left = LINE_VALUES
    for line in lines:
        values.append(parse_json(line))
        left -= count_values(values[-1])
        if left < 0:
            raise too_large()
    return values


def _not_json() -> FetchError:
    return FetchError("The answer is neither object nor array in JSON.", code="ANSWER_NOT_JSON")


def _weight(found: Found) -> int:
    return max(found.size, ENTRY_BYTES)


def _again(kept: Found, origin: Origin) -> Found:
    return Found(kept.url, kept.document, origin, kept.fetched_at, kept.size)


def _same(error: FetchError) -> FetchError:
    """Say the same again: an error that is raised twice would carry both its ways along."""
    return FetchError(
        error.message,
        code=error.code,
        is_outage=error.is_outage,
        http_status=error.http_status,
    )
