"""The one way out: fetching a public document without being led anywhere else.

What could be led astray is not there at all: no cookies, no proxy from the environment, no cache,
no redirect that was not asked for, no second reader of the URL.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

import httpcore

from service.errors import FetchError
from service.fetching.answers import JSON_TYPES, Headers, header, media_type_of, read_body
from service.fetching.connecting import (
    Allowance,
    Connector,
    GuardedBackend,
    NameResolver,
    system_addresses,
    system_connection,
    took_too_long,
)
from service.fetching.targets import Target, read_target

USER_AGENT = "tallystick"
MOST_REDIRECTS = 2
"""How many redirects may be asked for."""

OVERHEAD_BYTES = 262_144
"""What may come in besides the body: headers, interim answers, framing."""

SUCCESS = 200
CREATED = 201
"""What is answered where something was handed over may be there since (RFC 9110, 15.3.2)."""

HANDED_OVER = (SUCCESS, CREATED)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses of a server that cannot answer for now (RFC 9110 section 15)."""


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How much a fetch may take, and which hosts the operator allows beyond the rule."""

    seconds: float = 5.0
    """Time for everything: name, connection, TLS, answer, redirects."""

    body_bytes: int = 1_048_576
    """Size of a body once it is unpacked."""

    allowed_hosts: frozenset[str] = frozenset()
    """Names, in lower case, that may be internal, on private addresses, on any port and without
    TLS: for tests and for an institution's own network."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document that was fetched: where from in the end, of what kind, its bytes, and the status.

    The status is another one than 200 only where the document of another one was asked for, too.
    """

    url: str
    media_type: str
    data: bytes
    status: int = SUCCESS


class Fetcher:
    """Fetches documents from public https servers."""

    def __init__(
        self,
        policy: FetchPolicy | None = None,
        *,
        resolve: NameResolver = system_addresses,
        connect: Connector = system_connection,
        clock: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take the policy; the ways to the network, and a clock that only goes forward, in seconds.

        `tls` decides whose certificates are believed; without one it is the system's and the
        usual public authorities.
        """
        self._policy = policy or FetchPolicy()
        self._resolve = resolve
        self._connect = connect
        self._clock = clock
        self._given_tls = tls

    @property
    def seconds(self) -> float:
        """How long one fetch may take."""
        return self._policy.seconds

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # Loading the authorities takes some time, and most uses of a verifier fetch nothing.
        return self._given_tls or httpcore.default_ssl_context()

    def fetch(
        self,
        url: str,
        *,
        accepted: Sequence[str] = JSON_TYPES,
        redirects: int = 0,
        seconds: float | None = None,
    ) -> Fetched:
        """Fetch the document at a URL, in one GET without any credentials.

        Obligations:

        1. the URL, and that of each redirect asked for, is one that may be fetched;
        2. its name leads to public addresses only, and the connection goes to one of these;
        3. the server proves its name by TLS;
        4. the answer is a success of an accepted media type;
        5. time and size stay within the policy (`seconds` can shorten the time).

        Raises `FetchError`, and nothing else.
        """
        most = self._policy.seconds if seconds is None else min(seconds, self._policy.seconds)
        allowance = Allowance(
            self._clock() + most, self._clock, self._policy.body_bytes + OVERHEAD_BYTES
        )
        for _hop in range(1 + min(redirects, MOST_REDIRECTS)):
            # 1.
            target = read_target(url, allowed_hosts=self._policy.allowed_hosts)
            # 2. to 5.
            answer = self._ask(target, url, allowance, accepted)
            if isinstance(answer, Fetched):
                return answer
            url = _joined(url, answer)
        raise FetchError(
            "The answer leads to another address, which was not followed.", code="REDIRECT_REFUSED"
        )

    def post(
        self, url: str, data: bytes, *, media_type: str, headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Hand bytes over in one POST to a URL; what is answered is not read.

        Obligations: those of `fetch` about URL, address, TLS, time and size; a redirect is not
        followed, and the answer is a success (2xx).  Raises `FetchError`, and nothing else.
        """
        end = self._clock() + self._policy.seconds
        allowance = Allowance(end, self._clock, OVERHEAD_BYTES)
        target = read_target(url, allowed_hosts=self._policy.allowed_hosts)
        sent = [*_headers(target, "*/*"), ("Content-Type", media_type), *headers]
        length = ("Content-Length", str(len(data)))
        with (
            _telling(target),
            self._pool(allowance) as pool,
            pool.stream("POST", _url_of(target), headers=[*sent, length], content=data) as response,
        ):
            if response.status // 100 != SUCCESS // 100:
                _require_success(response.status)

    def exchange(
        self,
        url: str,
        data: bytes,
        *,
        media_type: str,
        headers: Sequence[tuple[str, str]] = (),
        accepted: Sequence[str] = JSON_TYPES,
        statuses: Sequence[int] = HANDED_OVER,
    ) -> Fetched:
        """Hand bytes over in one POST to a URL, and return the document that is answered.

        `statuses` are those whose documents are wanted: protocols say by one what is to come, or
        why nothing is.  Obligations: those of `fetch`; a redirect is not followed.  Raises
        `FetchError`, and nothing else.
        """
        most = self._policy.body_bytes
        end = self._clock() + self._policy.seconds
        allowance = Allowance(end, self._clock, most + OVERHEAD_BYTES)
        target = read_target(url, allowed_hosts=self._policy.allowed_hosts)
        length = ("Content-Length", str(len(data)))
        sent = [*_headers(target, ", ".join(accepted)), ("Content-Type", media_type), length]
        with (
            _telling(target),
            self._pool(allowance) as pool,
            pool.stream(
                "POST", _url_of(target), headers=[*sent, *headers], content=data
            ) as response,
        ):
            _require_success(SUCCESS if response.status in statuses else response.status)
            kind = media_type_of(response.headers, accepted)
            body = read_body(response.headers, response.iter_stream(), most)
            return Fetched(url, kind, body, response.status)

    def _ask(
        self, target: Target, url: str, allowance: Allowance, accepted: Sequence[str]
    ) -> Fetched | str:
        """Ask once; return the document, or the address that the answer leads to."""
        with (
            _telling(target),
            self._pool(allowance) as pool,
            _stream(pool, target, accepted) as response,
        ):
            if response.status in REDIRECTS:
                return _location(response.headers)
            _require_success(response.status)
            media_type = media_type_of(response.headers, accepted)
            most = self._policy.body_bytes
            body = read_body(response.headers, response.iter_stream(), most)
            return Fetched(url, media_type, body)

    def _pool(self, allowance: Allowance) -> httpcore.ConnectionPool:
        backend = GuardedBackend(
            allowance,
            resolve=self._resolve,
            connect=self._connect,
            allowed_hosts=self._policy.allowed_hosts,
        )
        return httpcore.ConnectionPool(
            ssl_context=self._tls, max_connections=1, http2=False, network_backend=backend
        )


def _stream(
    pool: httpcore.ConnectionPool, target: Target, accepted: Sequence[str]
) -> AbstractContextManager[httpcore.Response]:
    """Send the request; its parts go to the library as they are, and are not read again."""
    accept = ", ".join((*(one for one in accepted if "/" in one), "*/*;q=0.1"))
    return pool.stream("GET", _url_of(target), headers=_headers(target, accept))


def _url_of(target: Target) -> httpcore.URL:
    return httpcore.URL(
        scheme=target.scheme, host=target.host, port=target.port, target=target.resource
    )


def _headers(target: Target, accept: str) -> list[tuple[str, str]]:
    return [
        ("Host", target.authority),
        ("User-Agent", USER_AGENT),
        ("Accept", accept),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ]


@contextmanager
def _telling(target: Target) -> Iterator[None]:
    """Turn what the library raises into our own error."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise took_too_long() from error
    except httpcore.NetworkError as error:
        raise FetchError(
            f"The connection to {target.host} broke.", code="HOST_UNREACHABLE", is_outage=True
        ) from error
    except (httpcore.ProtocolError, ValueError) as error:
        raise FetchError(
            f"What {target.host} answered is not HTTP.", code="ANSWER_MALFORMED"
        ) from error


def _location(headers: Headers) -> str:
    """Read where a redirect leads; the address is judged as any other."""
    location = header(headers, "location")
    if not location:
        raise FetchError("The answer leads nowhere.", code="ANSWER_MALFORMED")
    return location


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchError("The answer leads nowhere.", code="ANSWER_MALFORMED") from error


def _require_success(status: int) -> None:
    if status != SUCCESS:
        raise FetchError(
            f"The server answered with the status {status}.",
            code="ANSWER_STATUS",
            is_outage=status in LATER,
            http_status=status,
        )
