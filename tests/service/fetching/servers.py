"""Servers on loopback that talk as a test wants them to."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Talk = Callable[[socket.socket], None]


class Server:
    """A server on loopback that talks to each connection in its own way, and counts them."""

    def __init__(self, tls: ssl.SSLContext | None, talk: Talk) -> None:
        self._tls = tls
        self._talk = talk
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        try:
            if self._tls is None:
                self._talk(connection)
                return
            with self._tls.wrap_socket(connection, server_side=True) as secured:
                self._talk(secured)
        except OSError:
            pass  # the other side has given up, as many tests want it to

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@contextmanager
def serving(tls: ssl.SSLContext | None, talk: Talk) -> Iterator[Server]:
    server = Server(tls, talk)
    try:
        yield server
    finally:
        server.close()


def _hear_out(connection: socket.socket) -> None:
    """Read a whole request: whoever is answered while still speaking may see a broken line."""
    heard = connection.recv(65_536)
    if not heard[:1].isalpha():
        return  # This is no HTTP, and nothing says when it ends.
    while b"\r\n\r\n" not in heard and (more := connection.recv(65_536)):
        heard += more
    head, _, body = heard.partition(b"\r\n\r\n")
    stated = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
    left = int(stated[1]) - len(body) if stated else 0
    while left > 0 and (more := connection.recv(65_536)):
        left -= len(more)


def saying(*pieces: bytes, pause: float = 0.0) -> Talk:
    def talk(connection: socket.socket) -> None:
        _hear_out(connection)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)

    return talk
