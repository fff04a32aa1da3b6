"""Questions and answers over a Unix socket: for whom, how long, and what is left behind."""

from __future__ import annotations

import socket
import stat
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service import unix_sockets
from service.errors import SocketError
from service.unix_sockets import Peer, ServerLimits, UnixServer, ask

LIMITS = ServerLimits(question_bytes=1_000, seconds=0.3, threads=2)


@contextmanager
def listening(path: Path) -> Iterator[UnixServer]:
    server = UnixServer(path, lambda question, _peer: question[::-1], LIMITS)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


def test_a_question_is_answered(path: Path) -> None:
    with listening(path):
        assert ask(path, b"abc", seconds=5) == b"cba"
        assert ask(path, b"", seconds=5) == b""
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_whoever_listens_learns_who_asks(path: Path) -> None:
    seen: list[Peer] = []

    def answer(_question: bytes, peer: Peer) -> bytes:
        seen.append(peer)
        return b""

    server = UnixServer(path, answer, LIMITS)
    thread = threading.Thread(target=server.run)
    thread.start()
    program = "import sys, pathlib; from service.unix_sockets import ask; import os; "
    program += "print(os.getpid(), os.getuid()); ask(pathlib.Path(sys.argv[1]), b'', seconds=5)"
    asked = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, check=True
    )
    server.stop()
    thread.join()
    assert seen == [Peer(*map(int, asked.stdout.split()))]


def test_another_user_hears_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unix_sockets, "_peer_of", lambda _connection: Peer(1, 65_534))
    with listening(path), pytest.raises(SocketError):
        ask(path, b"abc", seconds=5)


@pytest.mark.parametrize(
    "sent", [b"", b"\0\0", struct.pack(">I", 10) + b"short", struct.pack(">I", 1_001)]
)
def test_cut_off_slow_and_large_questions_are_given_up(path: Path, sent: bytes) -> None:
    with listening(path):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(path))
            connection.sendall(sent)
            assert connection.recv(100) == b""
        assert ask(path, b"abc", seconds=5) == b"cba"


def test_two_do_not_listen_in_one_place_but_a_dead_one_is_taken_over(path: Path) -> None:
    with listening(path), pytest.raises(SocketError, match="listens at"):
        UnixServer(path, lambda question, _peer: question, LIMITS)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with listening(path):
        assert ask(path, b"abc", seconds=5) == b"cba"


def test_a_file_is_never_taken_over_nor_a_folder_that_all_may_write(
    path: Path, tmp_path: Path
) -> None:
    path.write_text("mine")
    with pytest.raises(SocketError, match="no socket"):
        UnixServer(path, lambda question, _peer: question, LIMITS)
    assert path.read_text() == "mine"
    tmp_path.chmod(0o777)
    with pytest.raises(SocketError, match="Everybody may write"):
        UnixServer(tmp_path / "t", lambda question, _peer: question, LIMITS)
    with pytest.raises(SocketError, match="too long"):
        UnixServer(tmp_path / ("x" * 108), lambda question, _peer: question, LIMITS)


def test_that_nobody_listens_is_told(path: Path) -> None:
    with pytest.raises(SocketError, match="Nobody answers"):
        ask(path, b"abc", seconds=1)


def test_a_process_that_gave_up_its_abilities_cannot_take_them_back() -> None:
    program = """
import socket, subprocess, sys
from service.hardening import forbid_connections, forbid_reading_memory
forbid_reading_memory()
forbid_connections()
acts = [
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: socket.getaddrinfo("localhost", 9),
    lambda: socket.socket(socket.AF_UNIX).connect("/nowhere"),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("127.0.0.1", 9)),
    lambda: subprocess.run(["true"]),
]
for act in acts:
    try:
        act()
    except PermissionError:
        print("refused")
import resource
print(resource.getrlimit(resource.RLIMIT_CORE))
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout.decode().splitlines() == ["refused"] * 5 + ["(0, 0)"]


def test_a_wish_to_stop_that_wakes_nobody_is_noticed(path: Path) -> None:
    """A signal that came just before waiting had been forgotten until the next question."""
    server = UnixServer(path, lambda question, _peer: question, ServerLimits(100))
    thread = threading.Thread(target=server.run)
    thread.start()
    server._is_stopping.set()
    thread.join(30)
    is_over = not thread.is_alive()
    server._is_stopping.clear()
    server.stop()
    thread.join()
    assert is_over
