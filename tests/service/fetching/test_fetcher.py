"""Fetching in a network that is made up: where it goes, what it takes in, when it gives up."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import FetchError
from service.fetching import FetchPolicy
from service.fetching.addresses import is_public
from tests.service.fetching.network import OTHER_PUBLIC, PUBLIC, Network, answer

URL = "https://uni.example/did.json"
METADATA = "169.254.169.254"


def refused(network: Network, url: str = URL, policy: FetchPolicy | None = None, **how: Any) -> str:
    """Fetch what must not come back, and return the code of the refusal."""
    with pytest.raises(FetchError) as caught:
        network.fetcher(policy).fetch(url, **how)
    return caught.value.code


def test_a_document_is_fetched_from_the_address_that_was_checked() -> None:
    network = Network().serve(answer(b'{"id": "x"}'))
    fetched = network.fetcher().fetch(URL)
    assert (fetched.data, fetched.media_type, fetched.url) == (
        b'{"id": "x"}',
        "application/json",
        URL,
    )
    assert network.asked == ["uni.example"]
    assert network.connected == [(PUBLIC, 443)]
    assert network.secured == ["uni.example"], "TLS checks the name and not the address"


def test_the_request_tells_nothing_about_who_asks() -> None:
    network = Network().serve(answer())
    network.fetcher().fetch("https://uni.example:8443/a?b=1")
    line, *headers = network.sent.decode().split("\r\n")
    assert line == "GET /a?b=1 HTTP/1.1"
    names = sorted(one.partition(":")[0].lower() for one in headers if one)
    assert names == ["accept", "accept-encoding", "connection", "host", "user-agent"]
    assert "Host: uni.example:8443" in headers
    assert "Accept-Encoding: identity" in headers


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    network = Network().serve(answer())
    network.fetcher().fetch(URL)
    assert network.connected == [(PUBLIC, 443)]


def test_cookies_are_neither_kept_nor_sent() -> None:
    network = Network().serve(answer(set_cookie="a=b"))
    fetcher = network.fetcher()
    for _time in range(2):
        fetcher.fetch(URL)
    assert b"cookie" not in network.sent.lower()


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        [METADATA],
        ["10.0.0.8"],
        ["::1"],
        ["fd00:ec2::254"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::a00:1"],
        ["2002:7f00:1::"],
        ["fe80::1%eth0"],
        [PUBLIC, "10.0.0.8"],
        ["10.0.0.8", PUBLIC],
        [PUBLIC, "::1"],
        ["2606:4700::1", "192.168.0.1"],
        [PUBLIC, OTHER_PUBLIC, "1.1.1.1", "9.9.9.9", "127.0.0.1"],
        ["not an address"],
    ],
)
def test_no_packet_goes_to_a_name_with_a_denied_address(addresses: list[str]) -> None:
    network = Network(names={"uni.example": [addresses]})
    assert refused(network) == "ADDRESS_DENIED"
    assert network.connected == []


def test_a_name_that_changes_its_address_is_asked_once_only() -> None:
    network = Network().serve(answer())
    network.names["uni.example"] = [[PUBLIC], ["127.0.0.1"]]
    network.fetcher().fetch(URL)
    assert (network.asked, network.connected) == (["uni.example"], [(PUBLIC, 443)])
    assert refused(network) == "ADDRESS_DENIED", "the next fetch checks again"
    assert network.connected == [(PUBLIC, 443)]


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    network = Network().serve(answer())
    network.names["uni.example"] = [["2606:4700::1", PUBLIC]]
    network.fetcher().fetch(URL)
    assert network.connected == [("2606:4700::1", 443), (PUBLIC, 443)]


def test_only_some_addresses_of_a_name_are_tried() -> None:
    network = Network(names={"uni.example": [[f"8.8.8.{last}" for last in range(1, 100)]]})
    assert refused(network) == "HOST_UNREACHABLE"
    assert len(network.connected) == 4


def test_a_name_that_is_not_there_is_an_outage() -> None:
    with pytest.raises(FetchError) as caught:
        Network().fetcher().fetch(URL)
    assert (caught.value.code, caught.value.is_outage) == ("NAME_NOT_FOUND", True)
    assert refused(Network(names={"uni.example": [[]]})) == "NAME_NOT_FOUND"


def test_redirects_are_not_followed_unless_asked() -> None:
    network = Network().serve(answer(status=302, location="https://other.example/"))
    assert refused(network) == "REDIRECT_REFUSED"
    assert network.asked == ["uni.example"]


def redirecting(location: str, status: int = 302) -> Network:
    network = Network().serve(answer(status=status, location=location))
    network.names["other.example"] = [[OTHER_PUBLIC]]
    network.servers[OTHER_PUBLIC] = lambda: [answer(b'{"a": 1}')]
    return network


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_that_was_asked_for_is_followed(status: int) -> None:
    network = redirecting("https://other.example/x", status)
    fetched = network.fetcher().fetch(URL, redirects=1)
    assert (fetched.url, fetched.data) == ("https://other.example/x", b'{"a": 1}')
    assert network.secured == ["uni.example", "other.example"]


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://other.example/", "URL_REFUSED"),
        (f"https://{METADATA}/latest/meta-data/", "HOST_REFUSED"),
        ("https://metadata.google.internal/", "HOST_REFUSED"),
        ("https://localhost:8080/", "HOST_REFUSED"),
        ("https://user@other.example/", "URL_REFUSED"),
        ("https://other.example:22/", "PORT_REFUSED"),
        ("file:///etc/passwd", "URL_REFUSED"),
        ("//[::1]/", "URL_REFUSED"),
        ("https://[", "ANSWER_MALFORMED"),
        ("https://inner.example/", "ADDRESS_DENIED"),
        ("\u00e9", "URL_REFUSED"),
    ],
)
def test_a_redirect_leads_nowhere_that_could_not_be_asked_for(location: str, code: str) -> None:
    network = redirecting(location)
    network.names["inner.example"] = [[METADATA]]
    assert refused(network, redirects=2) == code
    assert network.connected == [(PUBLIC, 443)]


def test_a_redirect_to_the_same_name_checks_its_address_again() -> None:
    network = redirecting("/elsewhere")
    network.names["uni.example"] = [[PUBLIC], [METADATA]]
    assert refused(network, redirects=1) == "ADDRESS_DENIED"
    assert network.connected == [(PUBLIC, 443)]


def test_redirects_are_bounded() -> None:
    network = redirecting("https://uni.example/again")
    assert refused(network, redirects=1_000) == "REDIRECT_REFUSED"
    assert len(network.connected) == 3
    assert refused(Network().serve(answer(status=302)), redirects=1) == "ANSWER_MALFORMED"


@pytest.mark.parametrize(
    ("status", "is_outage"),
    [
        (201, False),
        (204, False),
        (304, False),
        (404, False),
        (410, False),
        (429, True),
        (503, True),
    ],
)
def test_only_a_success_is_an_answer(status: int, is_outage: bool) -> None:
    network = Network().serve(answer(b"" if status in (204, 304) else b"{}", status=status))
    with pytest.raises(FetchError) as caught:
        network.fetcher().fetch(URL)
    assert caught.value.code == "ANSWER_STATUS"
    assert (caught.value.http_status, caught.value.is_outage) == (status, is_outage)


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON; charset=utf-8", "application/did+ld+json"],
)
def test_a_kind_of_json_is_taken(content_type: str) -> None:
    assert Network().serve(answer(content_type=content_type)).fetcher().fetch(URL).data == b"{}"


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/html", "text/plain", "+json", "x/+json y", "application/jsonx", "image/png"],
)
def test_a_wrong_content_type_is_refused(content_type: str | None) -> None:
    assert refused(Network().serve(answer(content_type=content_type))) == "CONTENT_TYPE_REFUSED"


def test_another_kind_can_be_asked_for() -> None:
    network = Network().serve(answer(b"a.b.c", content_type="application/vc+jwt"))
    fetched = network.fetcher().fetch(URL, accepted=("application/vc+jwt",))
    assert fetched.media_type == "application/vc+jwt"
    assert b"Accept: application/vc+jwt, */*;q=0.1\r\n" in network.sent


SMALL = FetchPolicy(body_bytes=1_000)


def test_a_body_of_just_the_largest_size_is_read() -> None:
    network = Network().serve(answer(b"x" * 1_000))
    assert len(network.fetcher(SMALL).fetch(URL).data) == 1_000


def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    unread: list[bytes] = []

    def pieces() -> Iterator[bytes]:
        yield answer(content_length="1001")
        unread.append(b"")
        yield b"x" * 1_000

    network = Network().serve()
    network.servers[PUBLIC] = pieces
    assert refused(network, policy=SMALL) == "ANSWER_TOO_LARGE"
    assert unread == []
    assert refused(Network().serve(answer(content_length="9" * 500))) in (
        "ANSWER_TOO_LARGE",
        "ANSWER_MALFORMED",
    )


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_an_endless_body_is_given_up() -> None:
    network = Network().serve()
    network.servers[PUBLIC] = lambda: _then(CHUNKED, chunk(b"x" * 500))
    assert refused(network, policy=SMALL) == "ANSWER_TOO_LARGE"


def test_a_body_in_ever_smaller_pieces_is_given_up() -> None:
    """Framing counts as well: a body of single bytes costs six times its size."""
    network = Network().serve()
    network.servers[PUBLIC] = lambda: _then(CHUNKED, b"1;" + b"e" * 1_000 + b"\r\nx\r\n")
    assert refused(network) == "ANSWER_TOO_LARGE"


def _then(first: bytes, endless: bytes) -> Iterable[bytes]:
    yield first
    yield from repeat(endless)


def test_interim_answers_without_end_are_given_up() -> None:
    network = Network().serve()
    network.servers[PUBLIC] = lambda: repeat(b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" * 99)
    assert refused(network, policy=SMALL) == "ANSWER_TOO_LARGE"


def test_huge_headers_are_given_up() -> None:
    network = Network().serve(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60_000, *[b"x" * 60_000] * 9)
    assert refused(network) in ("ANSWER_MALFORMED", "ANSWER_TOO_LARGE")
    many = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9_000
    assert refused(Network().serve(many, many, many, many, many, many)) in (
        "ANSWER_MALFORMED",
        "ANSWER_TOO_LARGE",
    )


def test_a_slow_answer_is_given_up_when_the_time_for_all_of_it_is_over() -> None:
    """Every piece comes in time by itself, and the whole never ends."""
    network = Network(seconds_each=0.4).serve()
    network.servers[PUBLIC] = lambda: _then(CHUNKED, chunk(b"x"))
    with pytest.raises(FetchError) as caught:
        network.fetcher().fetch(URL)
    assert (caught.value.code, caught.value.is_outage) == ("FETCH_TIMEOUT", True)
    assert 5 <= network.time < 6


def test_slow_headers_are_given_up() -> None:
    network = Network(seconds_each=0.4).serve()
    network.servers[PUBLIC] = lambda: _then(b"HTTP/1.1 200 OK\r\nX: ", b"x")
    assert refused(network) == "FETCH_TIMEOUT"


def test_slow_names_and_connections_count_as_well() -> None:
    assert refused(Network(seconds_each=6.0).serve(answer())) == "FETCH_TIMEOUT"
    network = Network(names={"uni.example": [["8.8.8.1", "8.8.8.2", "8.8.8.3"]]}, seconds_each=2)
    assert refused(network) == "FETCH_TIMEOUT"
    assert len(network.connected) == 2


def test_a_shorter_time_can_be_asked_for_and_a_longer_one_cannot() -> None:
    assert refused(Network(seconds_each=0.4).serve(answer()), seconds=1.0) == "FETCH_TIMEOUT"
    assert refused(Network(seconds_each=2.0).serve(answer()), seconds=60.0) == "FETCH_TIMEOUT"


def test_time_over_all_redirects_is_counted_together() -> None:
    network = redirecting("https://other.example/")
    network.seconds_each = 1.0
    assert refused(network, redirects=1) == "FETCH_TIMEOUT"


def test_a_body_that_was_packed_all_the_same_is_unpacked() -> None:
    packed = answer(gzip.compress(b'{"a": 1}'), content_encoding="gzip")
    pieces = [packed[index : index + 1] for index in range(len(packed))]
    assert Network().serve(*pieces).fetcher().fetch(URL).data == b'{"a": 1}'


def test_a_packed_bomb_is_given_up_at_the_largest_size() -> None:
    bomb = gzip.compress(bytes(16 * 1024 * 1024))
    network = Network().serve(answer(bomb, content_encoding="gzip"))
    assert refused(network) == "ANSWER_TOO_LARGE"


@pytest.mark.parametrize(
    ("body", "encoding", "code"),
    [
        (b"{}", "gzip", "ANSWER_MALFORMED"),
        (zlib.compress(b"{}"), "gzip", "ANSWER_MALFORMED"),
        (gzip.compress(b"{}", mtime=0) * 2, "gzip", "ANSWER_MALFORMED"),
        (gzip.compress(b"{}", mtime=0) + b"x", "gzip", "ANSWER_MALFORMED"),
        (gzip.compress(b"{}", mtime=0)[:-3], "gzip", "ANSWER_MALFORMED"),
        (b"", "gzip", "ANSWER_MALFORMED"),
        (b"{}", "br", "CONTENT_ENCODING_REFUSED"),
        (b"{}", "gzip, gzip", "CONTENT_ENCODING_REFUSED"),
        (zlib.compress(b"{}"), "deflate", "CONTENT_ENCODING_REFUSED"),
    ],
)
def test_what_is_packed_in_another_way_is_refused(body: bytes, encoding: str, code: str) -> None:
    assert refused(Network().serve(answer(body, content_encoding=encoding))) == code


@pytest.mark.parametrize(
    "data",
    [
        b'{"id": "an answer of HTTP 0.9"}\r\n\r\n',
        b"",
        b"\x00" * 64,
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent Type: x\r\n\r\n",
        b"HTTP/1.1 9999 OK\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{}",
        CHUNKED + b"zz\r\n{}",
        CHUNKED + b"-1\r\n{}",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        answer(content_type="application/json\r\nContent-Type: text/html"),
    ],
)
def test_what_is_not_clear_http_is_refused(data: bytes) -> None:
    assert refused(Network().serve(data)) in ("ANSWER_MALFORMED", "ANSWER_STATUS")


def test_a_host_that_the_operator_names_may_have_a_private_address() -> None:
    policy = FetchPolicy(allowed_hosts=frozenset({"intranet"}))
    network = Network().serve(answer(), host="intranet", address="10.0.0.8")
    assert network.fetcher(policy).fetch("http://intranet/x").data == b"{}"
    assert network.secured == []
    network.serve(answer(), address="10.0.0.8")
    assert refused(network, policy=policy) == "ADDRESS_DENIED", "the others are checked as before"


def test_errors_name_no_more_than_the_host() -> None:
    secret = "https://uni.example/learner/ana?token=secret"
    for network in (Network(), Network().serve(b"secret"), Network().serve(answer(status=500))):
        with pytest.raises(FetchError) as caught:
            network.fetcher().fetch(secret)
        assert "secret" not in caught.value.message
        assert "ana" not in caught.value.message


ADDRESSES = st.sampled_from([PUBLIC, OTHER_PUBLIC, "10.0.0.8", METADATA, "::1", "2606:4700::1", ""])
PLACES = st.sampled_from(["https://a.example/", "https://b.example/", "https://10.0.0.8/", "/x"])


@given(
    st.lists(st.lists(ADDRESSES, max_size=3), min_size=3, max_size=3),
    st.lists(st.lists(ADDRESSES, max_size=3), min_size=3, max_size=3),
    st.lists(PLACES, min_size=2, max_size=2),
)
def test_whatever_names_and_redirects_say_only_public_addresses_are_reached(
    first: list[list[str]], second: list[list[str]], places: list[str]
) -> None:
    network = Network(names={"a.example": list(first), "b.example": list(second)})
    answers = iter([*(answer(status=302, location=place) for place in places), answer()])
    for address in (PUBLIC, OTHER_PUBLIC, "2606:4700::1"):
        network.servers[address] = lambda: [next(answers)]
    with suppress(FetchError):
        network.fetcher().fetch("https://a.example/", redirects=2)
    assert all(is_public(address) for address, _port in network.connected)
    assert len(network.asked) <= 3
