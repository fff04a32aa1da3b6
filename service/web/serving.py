"""Serving an application: waitress, with problem documents for what it refuses by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import MultiSocketServer, TcpWSGIServer, create_server
from waitress.task import ErrorTask

from credentials.errors import TallystickError
from credentials.strict_json import serialize_json
from service.web.headers import NOTHING
from service.web.problems import MEDIA_TYPE, TEXTS, problem_of, refusal
from service.web.reading import request_limits

Application = Callable[..., Any]

BACKLOG_CONNECTIONS = 200
"""Connections that are held at once; further ones wait in the system's own queue."""

IDLE_SECONDS = 30
"""After so long without a byte a connection is given up."""

HEADER_BYTES = 32_768
BUFFER_BYTES = 65_536
"""Bytes of a request that are kept in memory; a larger body goes to a temporary file."""

IDENTITY = "tallystick"
STOP_SECONDS = 30.0
"""How long requests under way may take once the service was asked to stop."""

DRAIN_SECONDS = 1.5
"""How long a service that was asked to stop goes on, saying that it is not ready."""

QUIET_SECONDS = 0.5
"""How long a connection that was just accepted may wait before it sends its request."""

TURN_SECONDS = 0.2
"""How often is looked whether the service was asked to stop."""

PAGES = {
    413: """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Too large</title>
<h1>Too large</h1>
<p>What you sent is larger than is taken here. Send a smaller file.</p>
<p lang="fr-CA">Ce que vous avez envoyé dépasse la taille acceptée ici.</p>
<p lang="es">Lo que ha enviado supera el tamaño que se acepta aquí.</p>
<p><a href="/">Tallystick</a></p>
</html>
""",
}
"""What readers are told where no page of an application is reached."""


class ServingError(TallystickError):
    """The service cannot be started: the address is taken, or not this machine's."""

    code = "CANNOT_SERVE"


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and with how many threads.

    `proxy` is the address of a proxy in front that says for whom it asks and whether over TLS
    (X-Forwarded-For, X-Forwarded-Proto); from any other, and without one, these are not believed.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 4
    proxy: str | None = None


class _ProblemTask(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """Answers what never reaches the application: bad HTTP, and bodies that are far too large."""

    def execute(self) -> None:
        """Write a problem document and close the connection."""
        status = self.request.error.code
        error = refusal(status if status in TEXTS else 400 if status < 500 else 500)
        body, media_type = serialize_json(problem_of(error, error.status)), MEDIA_TYPE
        if error.status in PAGES and "text/html" in self.request.headers.get("ACCEPT", ""):
            body, media_type = PAGES[error.status].encode(), "text/html; charset=utf-8"
        self.status = f"{error.status} {problem_of(error, error.status)['title']}"
        self.response_headers.extend(
            [
                ("Content-Type", media_type),
                ("Content-Security-Policy", NOTHING),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ]
        )
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _ProblemTask


def new_server(
    application: Application, address: Address, body_bytes: int | None = None
) -> TcpWSGIServer | MultiSocketServer:
    """Build a server that listens already; its `run` serves until the process is interrupted.

    `body_bytes` is the size of the largest request; by default one with a document is.
    Raises `ServingError` if the address cannot be used.
    """
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            application,
            map=sockets,
            host=address.host,
            port=address.port,
            threads=address.threads,
            ident=IDENTITY,
            connection_limit=BACKLOG_CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            max_request_header_size=HEADER_BYTES,
            max_request_body_size=(body_bytes or request_limits().document_bytes) + 1,
            inbuf_overflow=BUFFER_BYTES,
            expose_tracebacks=False,
            **_of_proxy(address),
        )
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        text = f"{address.host}:{address.port} cannot be listened on: {why}. Choose another port."
        raise ServingError(text) from error
    # A name such as localhost may stand for several addresses, each with a socket of its own.
    for listening in sockets.values():
        if isinstance(listening, TcpWSGIServer):
            listening.channel_class = _Channel
    return server


def _of_proxy(address: Address) -> dict[str, Any]:
    """Believe the proxy that was named, and one of them only; take the headers from all others."""
    cleared: dict[str, Any] = {"clear_untrusted_proxy_headers": True}
    if address.proxy is None:
        return cleared
    headers = {"x-forwarded-for", "x-forwarded-proto"}
    believed = {"trusted_proxy": address.proxy, "trusted_proxy_count": 1}
    return cleared | believed | {"trusted_proxy_headers": headers}


def run_until_stopped(
    server: TcpWSGIServer | MultiSocketServer, stopping: threading.Event, *, drain: float
) -> None:
    """Serve until somebody asks to stop, then answer everything that is under way.

    Obligations: 1. for `drain` seconds the service goes on and says that it is not ready, so that
    others send their requests elsewhere; 2. whoever has connected by then is still accepted, and
    nobody after that; 3. every request that has begun is answered whole, within `STOP_SECONDS`.
    """
    sockets = _sockets_of(server)
    # 1.
    _loop(server, sockets, stopping.is_set)
    _loop(server, sockets, _after(drain))
    # 2.
    for listening in [one for one in sockets.values() if isinstance(one, TcpWSGIServer)]:
        for _waiting in range(BACKLOG_CONNECTIONS):
            listening.handle_accept()
        listening.close()
    # 3.
    ends, quiet = _after(STOP_SECONDS), _after(QUIET_SECONDS)
    _loop(server, sockets, lambda: ends() or (quiet() and not _is_busy(sockets)))
    server.task_dispatcher.shutdown(timeout=1)
    for left in list(sockets.values()):
        left.close()


def _loop(server: Any, sockets: dict[int, Any], ends: Callable[[], bool]) -> None:
    while not ends():
        server.asyncore.loop(timeout=TURN_SECONDS, map=sockets, use_poll=True, count=1)


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def _is_busy(sockets: dict[int, Any]) -> bool:
    """Tell whether a request is being read, worked on or answered."""
    channels = [one for one in list(sockets.values()) if isinstance(one, HTTPChannel)]
    return any(one.requests or one.request is not None or one.total_outbufs_len for one in channels)


def _sockets_of(server: Any) -> dict[int, Any]:
    sockets: dict[int, Any] = server.map if isinstance(server, MultiSocketServer) else server._map  # noqa: SLF001 - the library has no other way to them
    return sockets


def addresses_of(server: TcpWSGIServer | MultiSocketServer) -> list[tuple[str, int]]:
    """List where a server listens: a name may stand for several addresses."""
    if isinstance(server, MultiSocketServer):
        return list(server.effective_listen)
    return [(server.effective_host, server.effective_port)]
