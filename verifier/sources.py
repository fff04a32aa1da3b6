"""Where the documents that a verification looked up came from, and when they were there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from credentials.json_types import JsonObject
from credentials.timestamps import format_timestamp
from keys.errors import KeyMaterialError, UnresolvableError

LOOKUPS = 32
"""How many documents one verification looks up, those of everything inside included."""

GONE = "GONE"
"""Code of an `UnresolvableError` if the address says that what was there is gone (HTTP 410)."""

NOT_FOUND = "NOT_FOUND"
"""The code for an address whose server answers that there is no document (status 404)."""

URL_CHARACTERS = 300
"""How much of a URL a report repeats."""


class Origin(StrEnum):
    """How a document was had."""

    LIVE = "live"
    CACHED = "cached"
    STALE = "stale"
    """Kept from earlier, past the time for which it is used unasked: nobody serves it now."""

    GIVEN = "given"
    """From a file that the reader gave."""

    BUNDLED = "bundled"
    """From a bundle, whose packer had it then."""

    NONE = "none"
    """It was not had."""


class Retrieved(NamedTuple):
    """A document, how it was had, and when it was fetched."""

    document: Any
    origin: Origin
    at: datetime | None = None


class Session(Protocol):
    """The way to documents for one verification."""

    def retrieve(self, url: str) -> Retrieved:
        """Find a document; raises `UnresolvableError`."""

    def keep(self) -> None:
        """Learn that what was found was good."""


Note = Callable[[str, Retrieved], None]
"""Is told the URL of a document, and what was found."""


class _Noting(NamedTuple):
    """A session that tells what it finds."""

    session: Session
    note: Note

    def retrieve(self, url: str) -> Retrieved:
        found = self.session.retrieve(url)
        self.note(url, found)
        return found

    def keep(self) -> None:
        self.session.keep()


class Source(NamedTuple):
    """One document that was looked up, or one that could not be had (`code` says why)."""

    url: str
    origin: Origin
    at: datetime | None = None
    code: str = ""
    is_credential: bool = False

    def to_json(self) -> JsonObject:
        """Write the source as a report has it."""
        members: JsonObject = {"url": self.url[:URL_CHARACTERS], "origin": self.origin.value}
        if self.at is not None:
            members["retrieved_at"] = format_timestamp(self.at.replace(microsecond=0))
        return members | ({"code": self.code} if self.code else {})


class Lookups:
    """The resolver of one verification: it asks for each URL once, and remembers the answer.

    So one verification sees one state of the world, within a bounded number of questions.
    """

    def __init__(self, begin: Callable[[], Session], *, most: int = LOOKUPS) -> None:
        """Take how a session is begun, and how many documents it may look up."""
        self._begin = begin
        self._most = most
        self._session = begin()
        self._answers: dict[str, Retrieved | KeyMaterialError] = {}

    def for_one_verification(self) -> Lookups:
        """Begin anew, with nothing asked yet."""
        return Lookups(self._begin, most=self._most)

    def __call__(self, url: str) -> Any:
        """Return the document behind a URL; raise `UnresolvableError` if it cannot be had."""
        if url not in self._answers:
            if len(self._answers) >= self._most:
                raise UnresolvableError(
                    "This was not looked up: the document leads to too many others.",
                    code="TOO_MANY_LOOKUPS",
                )
            try:
                self._answers[url] = self._session.retrieve(url)
            except KeyMaterialError as error:
                self._answers[url] = error
        answer = self._answers[url]
        if isinstance(answer, KeyMaterialError):
            raise UnresolvableError(str(answer), code=answer.code) from answer
        return answer.document

    def keep(self) -> None:
        """Tell the session that what was found was good."""
        self._session.keep()

    def noting(self, note: Note) -> Lookups:
        """Begin anew, telling `note` of each document that is found."""
        return Lookups(lambda: _Noting(self._begin(), note), most=self._most)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything that was asked for, in order."""
        return tuple(_source(url, answer) for url, answer in self._answers.items())


def _source(url: str, answer: Retrieved | KeyMaterialError) -> Source:
    if isinstance(answer, KeyMaterialError):
        return Source(url, Origin.NONE, code=answer.code)
    # A token that is looked up is a list of statuses; documents of issuers are plain JSON.
    is_credential = isinstance(answer.document, str) or (
        isinstance(answer.document, dict) and "credentialSubject" in answer.document
    )
    return Source(url, answer.origin, answer.at, is_credential=is_credential)
