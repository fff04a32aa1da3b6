"""What a verifier asks of a learner: read strictly, and only for the place that it came from.

Source: VCALM (formerly VC-API), sections on interaction URLs, exchanges, and verifiable
presentation requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.strict_json import parse_json, serialize_json
from service.errors import FetchError
from service.fetching import Fetched
from wallet.errors import WalletError

JSON = "application/json"
REQUEST, PRESENTATION = "verifiablePresentationRequest", "verifiablePresentation"
PROTOCOL = "vcapi"
BY_EXAMPLE, AUTHENTICATION = "QueryByExample", "DIDAuthentication"
METHOD, SUITE = "key", "eddsa-rdfc-2022"
"""What a wallet here has: a did:key, and the suite of its presentations."""

BOUND_CHARACTERS = 500
"""Longest challenge or domain."""

URL_CHARACTERS = 2_048
REASON_CHARACTERS = 600
QUERIES = 10
"""So many kinds of credentials one request may ask for."""

HOST = re.compile(r"[0-9A-Za-z._:-]+")
"""What a host is written with (RFC 3986 section 3.2.2): browsers read other signs otherwise."""

TAKEN = frozenset({202, 204})
"""Statuses by which a presentation is accepted without another word (RFC 9110 section 15.3)."""


class Way(Protocol):
    """How others are asked: by somebody who holds no key.  Both raise `FetchError`."""

    def fetch(self, url: str, *, accepted: Sequence[str] = ..., redirects: int = ...) -> Fetched:
        """Fetch a document."""

    def exchange(
        self,
        url: str,
        data: bytes,
        *,
        media_type: str,
        headers: Sequence[tuple[str, str]] = ...,
        accepted: Sequence[str] = ...,
        statuses: Sequence[int] = ...,
    ) -> Fetched:
        """Hand bytes over, and return what is answered with one of the statuses."""


ENVELOPES = "acceptedEnvelopes"
SD_JWT = "application/dc+sd-jwt"
"""Media type of an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc), as envelopes name it."""


@dataclass(frozen=True, slots=True)
class Query:
    """One kind of credential that is asked for: why, and an example of it.

    `takes_sd_jwt` tells that it may be an SD-JWT VC in an envelope: only where that is said, as
    the example is one of the W3C data model.
    """

    reason: str
    example: JsonObject
    takes_sd_jwt: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: where it is answered, and what the answer is bound to."""

    address: str
    challenge: str
    domain: str
    queries: tuple[Query, ...]
    suites: tuple[str, ...] = ()
    """Suites of presentations that are taken, as far as the request says; () for any."""

    def require_suite(self, suite: str) -> None:
        """Raise `AskingError` (KEY_NOT_TAKEN) if a presentation by a suite is not taken."""
        if self.suites and suite not in self.suites:
            raise AskingError(f"Presentations by {suite} are not taken.", code="KEY_NOT_TAKEN")

    @property
    def place(self) -> str:
        """Name who asks: the host, as what else stands in a domain may be any text of theirs."""
        return host_of(self.domain)


class AskingError(WalletError):
    """A request cannot be read or answered; nothing was shown to anybody."""

    code = "REQUEST_REFUSED"


def open_request(way: Way, url: str) -> Asked:
    """Find out what is asked for at an address that somebody gave to a learner.

    Obligations:

    1. the address is one of the web; whoever goes there guards everything else about it;
    2. what is there names the exchange of the VC-API, on the same host;
    3. the exchange answers with a presentation request that is read strictly (`read_request`).

    Raises `AskingError`.
    """
    # 1.
    url = url.strip()
    if len(url) > URL_CHARACTERS or not place_of(url):
        raise AskingError("This is no address of the web.", code="REQUEST_NO_ADDRESS")
    try:
        address = _exchange_at(way, url)
        answer = way.exchange(address, b"{}", media_type=JSON, accepted=(JSON,))
    except FetchError as error:
        raise AskingError(error.message, code="REQUEST_NOT_READ") from error
    # 3.
    asked = read_request(address, _object(answer.data))
    if not asked.queries:
        text = "Nothing is asked for here; something may be offered."
        raise AskingError(text, code="REQUEST_IS_OFFER")
    return asked


def send(way: Way, asked: Asked, presentation: JsonObject) -> None:
    """Hand a presentation over.

    Raises `AskingError` (PRESENTATION_REFUSED) if it was not taken, and (PRESENTATION_UNSURE) if
    nobody knows.
    """
    data = serialize_json({PRESENTATION: presentation})
    try:
        way.exchange(asked.address, data, media_type=JSON, accepted=(JSON,))
    except FetchError as error:
        if error.http_status in TAKEN:
            return
        is_told = error.http_status is not None and not error.is_outage
        code = "PRESENTATION_REFUSED" if is_told else "PRESENTATION_UNSURE"
        raise AskingError(error.message, code=code) from error


def read_request(address: str, document: JsonObject) -> Asked:
    """Read a verifiable presentation request that came from an address.

    Obligations:

    1. it has a challenge, and a domain that is the host it came from: what is signed for a request
       cannot be carried to somebody else whose challenge it repeats;
    2. it asks for credentials by example or, as an offer does, for none, and for nothing that is
       not understood here;
    3. where it says by what a holder may prove themselves, the wallet's own way is among it.

    Raises `AskingError`.
    """
    inner = document.get(REQUEST)
    if not isinstance(inner, dict):
        raise _unreadable("There is no request at this address.")
    # 1.
    challenge, domain = inner.get("challenge"), inner.get("domain")
    if not _is_bound(challenge) or not _is_bound(domain):
        raise _unreadable("The request has no challenge or no domain.")
    if host_of(str(domain)) != host_of(address):
        text = "The request is for another place than the one it came from. Nothing was shown."
        raise AskingError(text, code="REQUEST_FOR_ANOTHER_PLACE")
    # 2. and 3.
    query = as_list(inner.get("query"))
    queries = tuple(_queries(query))
    if not query or len(queries) > QUERIES:
        raise _unreadable("The request asks for nothing, or for too much.")
    suites = tuple(
        one for each in query for one in _named(each, "acceptedCryptosuites", "cryptosuite")
    )
    return Asked(address, str(challenge), str(domain), queries, suites)


def host_of(text: str) -> str:
    """Read the host and port of an address, or of a domain that is written without a scheme."""
    parts = place_of(text) or place_of(f"https://{text}")
    return "" if parts is None else parts


def place_of(text: str) -> str | None:
    """Read host and port of a web address; None for anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or "@" in parts.netloc:
        return None
    if not parts.hostname or not HOST.fullmatch(parts.hostname):
        return None
    usual = {"https": 443, "http": 80}[parts.scheme]
    return parts.hostname if port in (None, usual) else f"{parts.hostname}:{port}"


def _exchange_at(way: Way, url: str) -> str:
    # 2.
    document = _object(way.fetch(url, accepted=(JSON,)).data)
    if REQUEST in document:
        return url
    protocols = document.get("protocols")
    address = protocols.get(PROTOCOL) if isinstance(protocols, dict) else None
    if not isinstance(address, str) or len(address) > URL_CHARACTERS:
        raise _unreadable("There is no request at this address that a wallet here can answer.")
    if host_of(address) != host_of(url):
        raise _unreadable("The request leads to another place, which was not followed.")
    return address


def _queries(found: Sequence[JsonValue]) -> Iterator[Query]:
    for one in found:
        kind = one.get("type") if isinstance(one, dict) else None
        if kind == BY_EXAMPLE:
            yield from map(_query, as_list(one.get("credentialQuery")) or [None])
        elif kind == AUTHENTICATION:
            _require_own_way(one)
        else:
            raise _unreadable("The request asks in a way that is not understood here.")


def _query(one: JsonValue) -> Query:
    example = one.get("example") if isinstance(one, dict) else None
    if not isinstance(example, dict):
        raise _unreadable("The request gives no example of what it asks for.")
    reason = one.get("reason", "")
    takes_sd_jwt = SD_JWT in _named(one, ENVELOPES, "mediaType")
    text = reason[:REASON_CHARACTERS] if isinstance(reason, str) else ""
    return Query(text, example, takes_sd_jwt)


def _require_own_way(query: JsonObject) -> None:
    for name, member, own in (
        ("acceptedMethods", "method", METHOD),
        ("acceptedCryptosuites", "cryptosuite", SUITE),
    ):
        if query.get(name) and own not in _named(query, name, member):
            raise _unreadable("The request asks for a kind of signature that no wallet here makes.")


def _named(query: JsonValue, name: str, member: str) -> list[str]:
    """Read what is accepted, which is listed as texts or as objects."""
    accepted = as_list(query.get(name)) if isinstance(query, dict) else []
    named = [one.get(member) if isinstance(one, dict) else one for one in accepted]
    return [one for one in named if isinstance(one, str)]


def _is_bound(value: JsonValue) -> bool:
    return isinstance(value, str) and 0 < len(value) <= BOUND_CHARACTERS and value.isprintable()


def _object(data: bytes) -> JsonObject:
    try:
        value = parse_json(data)
    except CredentialError as error:
        raise _unreadable("What is at this address cannot be read.") from error
    if not isinstance(value, dict):
        raise _unreadable("What is at this address cannot be read.")
    return value


def _unreadable(text: str) -> AskingError:
    return AskingError(text, code="REQUEST_UNREADABLE")
