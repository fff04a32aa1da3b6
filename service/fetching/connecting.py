"""Connections that go where they were checked to go, and end when their time is up.

A name is resolved once; all its addresses must be public; the connection is opened to one of these
very addresses.  No second look-up can lead elsewhere (DNS rebinding), and TLS still checks the
name.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore

from service.errors import FetchError
from service.fetching.addresses import is_public

ADDRESSES_TRIED = 4
"""How many addresses of one name are tried."""

NameResolver = Callable[[str, int, float], Sequence[str]]
"""Finds the addresses of a host: name, port and seconds in, addresses as text out.

Raises `OSError` if there are none, `TimeoutError` after so many seconds.
"""

Connector = Callable[[str, int, float], httpcore.NetworkStream]
"""Opens a TCP connection: address, port and seconds in.  Raises what httpcore raises."""


def system_addresses(host: str, port: int, seconds: float) -> tuple[str, ...]:
    """Ask the system for the addresses of a host; it is not waited for longer than `seconds`."""
    answers: queue.Queue[tuple[str, ...] | OSError] = queue.Queue(1)

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(tuple(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except OSError as error:
            answers.put(error)
        except UnicodeError:
            answers.put(OSError("The name cannot be asked for."))

    # The system's own call cannot be ended; a daemon does not hold up the end of the program.
    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0.0))
    except queue.Empty as error:
        raise TimeoutError from error
    if isinstance(answer, OSError):
        raise answer
    return answer


def system_connection(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    """Open a TCP connection to an address."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=seconds)


@dataclass(slots=True)
class Allowance:
    """How long a fetch may go on, and how many bytes may still come in."""

    deadline: float
    clock: Callable[[], float]
    bytes_left: int

    def seconds_left(self) -> float:
        """Tell the time that is left; raises `FetchError` (FETCH_TIMEOUT) if there is none."""
        left = self.deadline - self.clock()
        if left <= 0:
            raise took_too_long()
        return left

    def take(self, data: bytes) -> bytes:
        """Account for bytes that came in; raises `FetchError` (ANSWER_TOO_LARGE)."""
        self.bytes_left -= len(data)
        if self.bytes_left < 0:
            raise too_large()
        self.seconds_left()
        return data


def took_too_long() -> FetchError:
    """Say that the answer did not come in time."""
    return FetchError("The answer did not come in time.", code="FETCH_TIMEOUT", is_outage=True)


def too_large() -> FetchError:
    """Say that the answer is larger than what is read."""
    return FetchError("The answer is too large.", code="ANSWER_TOO_LARGE")


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections to public addresses only, all within one allowance."""

    def __init__(
        self,
        allowance: Allowance,
        *,
        resolve: NameResolver,
        connect: Connector,
        allowed_hosts: frozenset[str],
    ) -> None:
        """Take the allowance, the two ways to the network, and hosts that need not be public."""
        self._allowance = allowance
        self._resolve = resolve
        self._connect = connect
        self._allowed_hosts = allowed_hosts

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve the name once, check every address, and connect to one of them.

        Raises `FetchError` (NAME_NOT_FOUND, ADDRESS_DENIED, HOST_UNREACHABLE, FETCH_TIMEOUT).
        """
        addresses = self._addresses(host, port)
        for address in addresses[:ADDRESSES_TRIED]:
            try:
                stream = self._connect(address, port, self._share(len(addresses)))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return _BoundedStream(stream, self._allowance)
        self._allowance.seconds_left()
        raise FetchError(f"{host} does not answer.", code="HOST_UNREACHABLE", is_outage=True)

    def _share(self, addresses: int) -> float:
        """Leave time for the further addresses of a name."""
        return self._allowance.seconds_left() / min(addresses, 2)

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = self._resolve(host, port, self._allowance.seconds_left())
        except TimeoutError as error:
            raise took_too_long() from error
        except OSError as error:
            raise _not_found(host) from error
        if not addresses:
            raise _not_found(host)
        if host not in self._allowed_hosts and not all(map(is_public, addresses)):
            raise FetchError(
                f"{host} leads to an address that is not public, so nothing was fetched.",
                code="ADDRESS_DENIED",
            )
        return addresses


def _not_found(host: str) -> FetchError:
    return FetchError(f"There is no host {host}.", code="NAME_NOT_FOUND", is_outage=True)


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose every step counts against the allowance of the fetch."""

    def __init__(self, stream: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, timeout=self._allowance.seconds_left())
        return self._allowance.take(data)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=self._allowance.seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._allowance.seconds_left()
        try:
            secured = self._stream.start_tls(ssl_context, server_hostname, seconds)
        except httpcore.ConnectError as error:
            raise FetchError(
                f"{server_hostname} could not show a certificate for its name that is believed.",
                code="TLS_REFUSED",
            ) from error
        return _BoundedStream(secured, self._allowance)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
