"""Where a verification finds the documents that it depends on: given files, or the network."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import click

from credentials.limits import DEFAULT_LIMITS
from keys.did import MappingResolver, NoNetworkResolver, Resolver
from keys.errors import UnresolvableError
from service.errors import FetchError
from tallystick import settings, verifying
from verifier.sources import GONE, NOT_FOUND, Lookups, Origin, Retrieved

if TYPE_CHECKING:
    from service.fetching import DocumentCache, Fetcher, Found

SECONDS = 10.0
"""How long one verification waits for the network in all."""

LINKED_TYPES = (
    *("application/json", "application/vc", "application/vp", "application/did", "+json"),
    *("application/vc+jwt", "application/vp+jwt", "application/jwt", "+sd-jwt"),
    *("image/png", "image/svg+xml", "text/plain", "application/octet-stream", "application/zip"),
)
"""Media types of what may stand behind a link: credentials in all forms that are read."""

URL_CHARACTERS = 200
"""How much of a URL a message repeats."""

CODES = {410: GONE, 404: NOT_FOUND}
"""Answers that say more than that there was none, by their status."""

offline_option = click.option(
    "--offline", is_flag=True, help="Fetch nothing: look only at what was given."
)
resolver_map_option = click.option(
    "--resolver-map", help="JSON object: URL to local file; the only source then."
)


def resolver_in_use(resolver_map: str | None, *, offline: bool) -> Resolver:
    """Choose the source of documents: the given files, or nothing, or the network."""
    if resolver_map is not None:
        from tallystick.trust_files import read_documents

        given = _GivenFiles(read_documents(resolver_map))
        return Lookups(lambda: given)
    if offline or settings.is_offline():
        return NoNetworkResolver()
    return Lookups(lambda: _Network(network, time.monotonic, time.monotonic() + SECONDS))


def fetch_in_use(*, offline: bool) -> Callable[[str], bytes] | None:
    """Choose how links that somebody gives are followed: guarded, or not at all."""
    if offline or settings.is_offline():
        return None
    from service.fetching import Fetcher, FetchPolicy

    policy = FetchPolicy(
        allowed_hosts=settings.allowed_hosts(), body_bytes=DEFAULT_LIMITS.image_bytes
    )
    return following(Fetcher(policy))


def following(fetcher: Fetcher) -> Callable[[str], bytes]:
    """Follow links to credentials; what is returned raises `LinkError` with words for people."""
    from verifier.pages import LinkError

    def fetch(link: str) -> bytes:
        try:
            return fetcher.fetch(link, accepted=LINKED_TYPES, redirects=2).data
        except FetchError as error:
            raise LinkError(error.message, code=error.code) from error

    return fetch


@cache
def network() -> DocumentCache:
    """Return the documents of the network, kept as long as this process runs."""
    from service.fetching import DocumentCache, Fetcher, FetchPolicy

    policy = FetchPolicy(allowed_hosts=settings.allowed_hosts())
    return DocumentCache(Fetcher(policy), now=verifying.now)


def network_resolver(
    documents: DocumentCache, *, clock: Callable[[], float] = time.monotonic
) -> Lookups:
    """Build the resolver that finds documents in the network.

    `clock` goes forward only, in seconds; all lookups of one verification share its time.
    """
    return Lookups(lambda: _Network(lambda: documents, clock, clock() + SECONDS))


class _GivenFiles(NamedTuple):
    """Files that the reader gave, as the only source."""

    documents: MappingResolver

    def retrieve(self, url: str) -> Retrieved:
        return Retrieved(self.documents(url), Origin.GIVEN)

    def keep(self) -> None:
        """Do nothing: what was given is there already."""


class _Network:
    """The network, for one verification."""

    def __init__(
        self, documents: Callable[[], DocumentCache], clock: Callable[[], float], deadline: float
    ) -> None:
        self.documents = documents
        self.clock = clock
        self.deadline = deadline
        self.found: list[Found] = []

    def retrieve(self, url: str) -> Retrieved:
        shown = url[:URL_CHARACTERS]
        left = self.deadline - self.clock()
        if left <= 0:
            text = f"{shown} was not fetched: other addresses took all the time. Try again."
            raise UnresolvableError(text, code="FETCH_TIMEOUT")
        try:
            found = self.documents().find(url, seconds=left)
        except FetchError as error:
            text = f"{shown} could not be fetched. {error.message}"
            code = CODES.get(error.http_status or 0, error.code)
            raise UnresolvableError(text, code=code) from error
        self.found.append(found)
        return Retrieved(found.document, Origin(found.origin), found.fetched_at)

    def keep(self) -> None:
        if self.found:
            self.documents().keep(self.found)
