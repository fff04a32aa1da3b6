"""One question, one answer over a Unix socket, between processes of one machine.

Both are bytes with their length before them (four bytes, big-endian), and each connection carries
one of each.  Whoever listens learns from the system which process asks (SO_PEERCRED, Linux), and
answers the users it was told about only.  Nothing here knows what is asked.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from service.errors import SocketError

LENGTH = struct.Struct(">I")
_CREDENTIALS = struct.Struct("3i")

ANSWER_BYTES = 65_536 + 4_096
"""Largest answer that is read."""

PATH_BYTES = 107
"""Longest path of a socket that Linux takes."""

BACKLOG_CONNECTIONS = 128
"""Connections that wait; further ones wait in their own process, or are refused."""


TURN_SECONDS = 0.2
"""How often is looked whether to stop: a signal that comes just before waiting wakes nobody."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The process at the other end, as the system says who it was when it connected."""

    process: int
    user: int


Answer = Callable[[bytes, Peer], bytes]


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What one who asks may take of the time and memory of the one who answers."""

    question_bytes: int
    seconds: float = 5.0
    """For a whole question to arrive, and for its answer to be taken."""

    threads: int = 8


class UnixServer:
    """Answers at a socket until it is stopped."""

    def __init__(
        self,
        path: Path,
        answer: Answer,
        limits: ServerLimits,
        *,
        users: Collection[int] = (),
        group: int | None = None,
    ) -> None:
        """Listen at `path` for this process's own user and `users`; `group` may reach the socket.

        Without a group the socket has the mode 0600.  A socket that a process left behind when it
        was killed is taken over.  Raises `SocketError` if somebody listens there already, if the
        path is too long, or if others may write the folder and put their own socket there.
        """
        self._path, self._answer, self._limits = path, answer, limits
        self._users = {os.getuid(), *users}
        self._socket = _listening(path, group)
        self._socket.settimeout(TURN_SECONDS)
        self._identity = path.stat().st_ino
        self._is_stopping = threading.Event()
        self._pool = ThreadPoolExecutor(limits.threads, thread_name_prefix="answering")
        self._room = threading.Semaphore(2 * limits.threads)

    def run(self) -> None:
        """Answer until `stop` is called; then finish what was begun."""
        while not self._is_stopping.is_set():
            self._room.acquire()
            try:
                connection, _address = self._socket.accept()
            except OSError:
                self._room.release()
                continue
            self._pool.submit(self._serve, connection)
        self._pool.shutdown(wait=True)

    def stop(self) -> None:
        """Take no more questions, and take the socket away; may be called by a signal handler."""
        if self._is_stopping.is_set():
            return
        self._is_stopping.set()
        if self._path.exists() and self._path.stat().st_ino == self._identity:
            self._path.unlink()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self, connection: socket.socket) -> None:
        """Answer one connection; whoever is not expected, too slow or too long hears nothing."""
        try:
            with connection:
                until = time.monotonic() + self._limits.seconds
                peer = _peer_of(connection)
                if peer.user in self._users:
                    question = _receive(connection, self._limits.question_bytes, until)
                    connection.settimeout(self._limits.seconds)
                    _send(connection, self._answer(question, peer))
        except (OSError, SocketError):
            return
        finally:
            self._room.release()


def ask(path: Path, question: bytes, *, seconds: float) -> bytes:
    """Ask whoever listens at a socket, and return the answer.

    Raises `SocketError` if nobody listens, nothing comes within `seconds`, or the answer is cut
    off: after that it is not known whether the question was acted upon.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            until = time.monotonic() + seconds
            connection.settimeout(seconds)
            connection.connect(str(path))
            _send(connection, question)
            return _receive(connection, ANSWER_BYTES, until)
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        raise SocketError(f"Nobody answers at {path} ({why}).") from error


def _listening(path: Path, group: int | None) -> socket.socket:
    """Make the socket, reachable by nobody before its mode is right."""
    if len(os.fsencode(path)) > PATH_BYTES:
        text = f"The path of a socket has at most {PATH_BYTES} bytes; {path} is too long."
        raise SocketError(text, code="SOCKET_PATH")
    folder_mode = path.parent.stat().st_mode
    if folder_mode & stat.S_IWOTH and not folder_mode & stat.S_ISVTX:
        text = f"Everybody may write the folder {path.parent}, and so replace the socket."
        raise SocketError(f"{text} Take one of your own.", code="SOCKET_FOLDER")
    _clear_away(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777)
    try:
        listening.bind(str(path))
    except OSError as error:
        listening.close()
        raise SocketError(f"{path} cannot be listened at: {error.strerror}.") from error
    finally:
        os.umask(before)
    if group is not None:
        os.chown(path, -1, group)
    path.chmod(0o600 if group is None else 0o660)
    listening.listen(BACKLOG_CONNECTIONS)
    return listening


def _clear_away(path: Path) -> None:
    """Remove the socket of a process that is gone; nothing else is ever removed."""
    try:
        is_socket = stat.S_ISSOCK(path.lstat().st_mode)
    except FileNotFoundError:
        return
    if not is_socket:
        raise SocketError(f"{path} is there already, and is no socket.", code="SOCKET_PATH")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError as error:
            raise SocketError(f"{path} cannot be taken over: {error.strerror}.") from error
    raise SocketError(f"Another process listens at {path} already.", code="SOCKET_IN_USE")


def _peer_of(connection: socket.socket) -> Peer:
    stated = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    process, user, _group = _CREDENTIALS.unpack(stated)
    return Peer(process, user)


def _send(connection: socket.socket, content: bytes) -> None:
    connection.sendall(LENGTH.pack(len(content)) + content)


def _receive(connection: socket.socket, most: int, until: float) -> bytes:
    (length,) = LENGTH.unpack(_exactly(connection, LENGTH.size, until))
    if length > most:
        raise SocketError(f"A message of {length} bytes is too large; at most {most} are read.")
    return _exactly(connection, length, until)


def _exactly(connection: socket.socket, length: int, until: float) -> bytes:
    """Read so many bytes; memory is taken for what has come, not for what was announced."""
    content = bytearray()
    while len(content) < length:
        left = until - time.monotonic()
        if left <= 0:
            raise SocketError("The message did not come whole in time.")
        connection.settimeout(left)
        piece = connection.recv(min(65_536, length - len(content)))
        if not piece:
            raise SocketError("The other side closed the connection before it was done.")
        content += piece
    return bytes(content)
