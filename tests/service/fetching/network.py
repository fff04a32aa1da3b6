"""A network that is made up: names, servers and a clock, and an account of what was done in it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore

from service.fetching import Fetcher, FetchPolicy

PUBLIC = "93.184.216.34"
OTHER_PUBLIC = "8.8.8.8"


def answer(
    body: bytes = b"{}",
    *,
    status: int = 200,
    content_type: str | None = "application/json",
    **headers: str,
) -> bytes:
    """Build the bytes of an answer; an underscore in a header's name stands for a hyphen."""
    lines = [f"HTTP/1.1 {status} Word"]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    stated = {"content_length": str(len(body)), **headers}
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in stated.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Network:
    """Names with their addresses, and what each address answers.

    `names` has for each name the answers to the first, second and further look-ups; `servers` the
    pieces that a server at an address sends, for each connection anew.
    """

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    servers: dict[str, Callable[[], Iterable[bytes]]] = field(default_factory=dict)
    seconds_each: float = 0.0
    """What the clock goes on by with each piece, connection and look-up."""

    time: float = 0.0
    asked: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)
    secured: list[str | None] = field(default_factory=list)
    sent: bytes = b""

    def serve(self, *pieces: bytes, host: str = "uni.example", address: str = PUBLIC) -> Network:
        """Let a host with one address answer with these pieces."""
        self.names[host] = [[address]]
        self.servers[address] = lambda: pieces
        return self

    def pass_time(self) -> None:
        self.time += self.seconds_each

    def resolve(self, host: str, port: int, seconds: float) -> list[str]:
        self.asked.append(host)
        self.pass_time()
        if host not in self.names:
            raise OSError("no such name")
        answers = self.names[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        self.connected.append((address, port))
        self.pass_time()
        if address not in self.servers:
            raise httpcore.ConnectError("nobody there")
        return _Stream(self, iter(self.servers[address]()))

    def fetcher(self, policy: FetchPolicy | None = None) -> Fetcher:
        return Fetcher(
            policy,
            resolve=self.resolve,
            connect=self.connect,
            clock=lambda: self.time,
            tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )


class _Stream(httpcore.NetworkStream):
    def __init__(self, network: Network, pieces: Any) -> None:
        self._network = network
        self._pieces = pieces

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        assert timeout is not None
        self._network.pass_time()
        piece = next(self._pieces, b"")
        assert len(piece) <= max_bytes
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        assert timeout is not None
        self._network.sent += buffer

    def close(self) -> None:
        self._pieces = iter(())

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        assert timeout is not None
        assert ssl_context.check_hostname
        self._network.secured.append(server_hostname)
        return self

    def get_extra_info(self, info: str) -> Any:
        return None
