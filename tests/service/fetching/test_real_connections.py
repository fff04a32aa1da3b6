"""Fetching from servers that are there, on loopback, with TLS."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest

from service.errors import FetchError
from service.fetching import Fetched, Fetcher, FetchPolicy
from service.fetching.connecting import system_addresses
from service.fetching.messenger import Messenger
from tests.service.fetching.certificates import Authority
from tests.service.fetching.network import answer
from tests.service.fetching.servers import Server, saying, serving

HOST = "uni.example"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def fetcher(authority: Authority, *allowed: str, seconds: float = 5.0) -> Fetcher:
    return Fetcher(
        FetchPolicy(allowed_hosts=frozenset(allowed), seconds=seconds),
        resolve=lambda _host, _port, _seconds: ["127.0.0.1"],
        tls=authority.believing(),
    )


def refused(one: Fetcher, server: Server, host: str = HOST) -> str:
    with pytest.raises(FetchError) as caught:
        one.fetch(f"https://{host}:{server.port}/")
    return caught.value.code


def test_a_document_comes_over_tls_from_a_server_that_shows_its_name(authority: Authority) -> None:
    with serving(authority.server(HOST), saying(answer(b'{"a": 1}'))) as server:
        fetched = fetcher(authority, HOST).fetch(f"https://{HOST}:{server.port}/")
    assert fetched.data == b'{"a": 1}'


def test_no_packet_reaches_a_server_at_a_denied_address(authority: Authority) -> None:
    """The server is there and would answer; it is never asked."""
    with serving(authority.server(HOST), saying(answer())) as server:
        assert refused(fetcher(authority), server) == "ADDRESS_DENIED"
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1"):
            assert refused(fetcher(authority), server, host) == "HOST_REFUSED"
        time.sleep(0.05)
        assert server.connections == 0


def test_a_certificate_for_another_name_is_refused(authority: Authority) -> None:
    with serving(authority.server("other.example"), saying(answer())) as server:
        assert refused(fetcher(authority, HOST), server) == "TLS_REFUSED"


def test_a_certificate_that_has_expired_is_refused(authority: Authority) -> None:
    with serving(authority.server(HOST, expired=True), saying(answer())) as server:
        assert refused(fetcher(authority, HOST), server) == "TLS_REFUSED"


def test_a_certificate_of_an_unknown_authority_is_refused(
    authority: Authority, tmp_path: Path
) -> None:
    with serving(Authority(tmp_path).server(HOST), saying(answer())) as server:
        assert refused(fetcher(authority, HOST), server) == "TLS_REFUSED"


def test_a_server_without_tls_is_refused(authority: Authority) -> None:
    with serving(None, saying(answer())) as server:
        assert refused(fetcher(authority, HOST), server) == "TLS_REFUSED"


def test_what_a_silent_a_slow_and_a_broken_server_say_is_given_up(authority: Authority) -> None:
    """The time for everything is 0.3 s; a piece comes every 0.1 s, for ever."""
    tls = authority.server(HOST)
    drops = [answer(content_length="99")[:-2], *[b"x"] * 50]
    cases = [
        (saying(*drops, pause=0.1), "FETCH_TIMEOUT"),
        (saying(b"", pause=0.5), "FETCH_TIMEOUT"),
        (saying(answer()[:20]), "ANSWER_MALFORMED"),
        (saying(b"HELLO\r\n"), "ANSWER_MALFORMED"),
    ]
    for talk, code in cases:
        with serving(tls, talk) as server:
            begun = time.monotonic()
            assert refused(fetcher(authority, HOST, seconds=0.3), server) == code
            assert time.monotonic() - begun < 2


def test_a_handshake_that_never_ends_is_given_up(authority: Authority) -> None:
    with serving(None, saying(b"", pause=0.5)) as server:
        code = refused(fetcher(authority, HOST, seconds=0.3), server)
    assert code == "FETCH_TIMEOUT"


def test_a_port_that_nobody_listens_on_is_an_outage(authority: Authority) -> None:
    with serving(None, saying()) as server:
        pass
    assert refused(fetcher(authority, HOST), server) == "HOST_UNREACHABLE"


def test_the_system_is_asked_for_addresses_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "127.0.0.1" in system_addresses("127.0.0.1", 443, 5)
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_all, **_more: [answered.wait(5)][:0])
    with pytest.raises(TimeoutError):
        system_addresses("uni.example", 443, 0.01)
    answered.set()


def test_a_name_that_the_system_does_not_know_is_told(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (socket.gaierror("none"), UnicodeError("label too long")):

        def fail(*_all: object, error: Exception = error, **_more: object) -> None:
            raise error

        monkeypatch.setattr(socket, "getaddrinfo", fail)
        with pytest.raises(FetchError) as caught:
            Fetcher(tls=authority.believing()).fetch("https://uni.example/")
        assert caught.value.code == "NAME_NOT_FOUND"


def test_bytes_are_handed_over_and_a_redirect_is_not_followed(authority: Authority) -> None:
    def post(response: bytes) -> str:
        with serving(authority.server(HOST), saying(response)) as server:
            one, url = fetcher(authority, HOST), f"https://{HOST}:{server.port}/hook"
            try:
                one.post(url, b"{}", media_type="application/json", headers=[("X-A", "b")])
            except FetchError as error:
                return error.code
        return "TAKEN"

    assert post(answer()) == "TAKEN"
    assert post(b"HTTP/1.1 204 No Content\r\n\r\n") == "TAKEN"
    moved = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    assert post(moved) == "ANSWER_STATUS"
    with pytest.raises(FetchError):
        fetcher(authority).post("https://127.0.0.1/", b"{}", media_type="application/json")


def exchanged(authority: Authority, status: int, **how: tuple[int, ...]) -> Fetched:
    with serving(authority.server(HOST), saying(answer(b"{}", status=status))) as server:
        url = f"https://{HOST}:{server.port}/credential"
        return fetcher(authority, HOST).exchange(url, b"{}", media_type="application/json", **how)


@pytest.mark.parametrize(
    ("status", "how"),
    [(200, {}), (201, {}), (202, {"statuses": (200, 202)}), (400, {"statuses": (200, 400)})],
)
def test_an_exchange_gives_the_document_of_a_wanted_status(
    authority: Authority, status: int, how: dict[str, tuple[int, ...]]
) -> None:
    found = exchanged(authority, status, **how)
    assert (found.data, found.status) == (b"{}", status)


@pytest.mark.parametrize(
    ("status", "how"),
    [(202, {}), (400, {}), (400, {"statuses": (200, 202)}), (302, {"statuses": (200,)})],
)
def test_an_exchange_gives_no_document_of_another_status(
    authority: Authority, status: int, how: dict[str, tuple[int, ...]]
) -> None:
    with pytest.raises(FetchError) as refused:
        exchanged(authority, status, **how)
    assert (refused.value.code, refused.value.http_status) == ("ANSWER_STATUS", status)


def test_a_process_of_its_own_brings_the_document_of_a_wanted_status() -> None:
    messenger = Messenger(FetchPolicy(allowed_hosts=frozenset({"127.0.0.1"})))
    try:
        with serving(None, saying(answer(b"{}", status=202))) as server:
            url = f"http://127.0.0.1:{server.port}/credential"
            found = messenger.exchange(url, b"{}", media_type="application/json", statuses=(202,))
    finally:
        messenger.close()
    assert (found.data, found.status) == (b"{}", 202)
