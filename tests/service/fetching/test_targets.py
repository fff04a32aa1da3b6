"""Which URLs may be fetched, before anything is looked up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import FetchError
from service.fetching.targets import Target, read_target
from tests.service.fetching.network import Network


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://uni.example", Target("https", "uni.example", 443, "/")),
        ("https://uni.example/", Target("https", "uni.example", 443, "/")),
        ("HTTPS://UNI.Example/A?b=C", Target("https", "uni.example", 443, "/A?b=C")),
        ("https://uni.example:443/x", Target("https", "uni.example", 443, "/x")),
        ("https://uni.example:8443/%7Ebob/", Target("https", "uni.example", 8443, "/%7Ebob/")),
        ("https://uni.example?q=/?:@", Target("https", "uni.example", 443, "/?q=/?:@")),
        ("https://xn--bcher-kva.example/", Target("https", "xn--bcher-kva.example", 443, "/")),
        ("https://a-1.b.c.uni.example/", Target("https", "a-1.b.c.uni.example", 443, "/")),
    ],
)
def test_a_plain_https_url_is_read(url: str, target: Target) -> None:
    assert read_target(url) == target


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://uni.example/", "URL_REFUSED"),
        ("https:uni.example", "URL_REFUSED"),
        ("https:/uni.example", "URL_REFUSED"),
        ("https:///uni.example", "URL_REFUSED"),
        ("//uni.example/", "URL_REFUSED"),
        ("", "URL_REFUSED"),
        (" https://uni.example/", "URL_REFUSED"),
        ("https://uni.example/\n", "URL_REFUSED"),
        ("https://uni.example/\r\nX-Evil: 1", "URL_REFUSED"),
        ("https://uni.example\r\n/", "URL_REFUSED"),
        ("https://uni.example/%0d%0a", ""),
        ("https://uni.example/a b", "URL_REFUSED"),
        ("https://uni.example/\t", "URL_REFUSED"),
        ("https://uni.example/\x00", "URL_REFUSED"),
        ("https://uni.example/%zz", "URL_REFUSED"),
        ("https://uni.example/%", "URL_REFUSED"),
        ("https://uni.example\\@evil.example/", "URL_REFUSED"),
        ("https://uni.example/\\evil", "URL_REFUSED"),
        ("https://user@uni.example/", "URL_REFUSED"),
        ("https://user:secret@uni.example/", "URL_REFUSED"),
        ("https://@uni.example/", "URL_REFUSED"),
        ("https://uni.example/#part", "URL_REFUSED"),
        ("https://uni.example:/", "URL_REFUSED"),
        ("https://uni.example:x/", "URL_REFUSED"),
        ("https://uni.example:+443/", "URL_REFUSED"),
        ("https://uni.example:443:443/", "URL_REFUSED"),
        ("https://[::1]/", "URL_REFUSED"),
        ("https://[2606:4700::1]/", "URL_REFUSED"),
        ("https://uni..example/", "URL_REFUSED"),
        ("https://-uni.example/", "URL_REFUSED"),
        ("https://uni_x.example/", "URL_REFUSED"),
        ("https://uni%2eexample/", "URL_REFUSED"),
        ("https://" + "a" * 64 + ".example/", "URL_REFUSED"),
        ("https://uni.example/" + "a" * 2048, "URL_REFUSED"),
        ("https://" + "a." * 124 + "example.com/", "HOST_REFUSED"),
        ("https://uni.example:0/", "PORT_REFUSED"),
        ("https://uni.example:80/", "PORT_REFUSED"),
        ("https://uni.example:25/", "PORT_REFUSED"),
        ("https://uni.example:6000/", "PORT_REFUSED"),
        ("https://uni.example:65536/", "PORT_REFUSED"),
        ("https://uni.example:99999/", "PORT_REFUSED"),
        ("https://8.8.8.8/", "HOST_REFUSED"),
        ("https://com/", "HOST_REFUSED"),
        ("https://printer.lan/", "HOST_REFUSED"),
        ("https://router.home.arpa/", "HOST_REFUSED"),
    ],
)
def test_every_other_url_is_refused(url: str, code: str) -> None:
    if not code:
        assert read_target(url).resource == "/%0d%0a", "escapes stay escapes"
        return
    with pytest.raises(FetchError) as caught:
        read_target(url)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "host",
    ["0x7f000001", "0177.0.0.1", "2130706433", "127.1", "0x7f.0.0.0x1", "1.2.3.4.5", "uni.0x1"],
)
def test_no_spelling_of_an_address_is_a_name(host: str) -> None:
    with pytest.raises(FetchError) as caught:
        read_target(f"https://{host}/")
    assert caught.value.code == "HOST_REFUSED"


@pytest.mark.parametrize(
    "host",
    [
        "ex\u0430mple.com",  # a Cyrillic letter
        "\u212aelvin.example",  # becomes an ASCII k in lower case
        "uni\u3002example",  # a full stop of another script
        "\uff55ni.example",
        "uni.example\u200b",
    ],
)
def test_a_name_with_letters_of_other_scripts_is_refused(host: str) -> None:
    with pytest.raises(FetchError) as caught:
        read_target(f"https://{host}/")
    assert caught.value.code == "URL_REFUSED"


@pytest.mark.parametrize("host", ["uni.example.", "localhost.", "127.0.0.1."])
def test_a_name_with_a_dot_at_its_end_is_refused(host: str) -> None:
    with pytest.raises(FetchError):
        read_target(f"https://{host}/")


def test_every_hostile_host_is_refused_before_anything_is_looked_up(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/ssrf-cases.json").read_text())
    assert len(cases["deny_hosts"]) == 36
    network = Network()
    for host in cases["deny_hosts"]:
        with pytest.raises(FetchError) as caught:
            network.fetcher().fetch(f"https://{host}/")
        assert caught.value.code in ("URL_REFUSED", "HOST_REFUSED"), host
    assert (network.asked, network.connected) == ([], [])


def test_every_scheme_but_https_is_refused_before_anything_is_looked_up(conformance: Path) -> None:
    schemes = json.loads((conformance / "attacks/ssrf-cases.json").read_text())["deny_schemes"]
    assert len(schemes) == 7
    network = Network()
    for scheme in (*schemes, "https+x", "Http"):
        for url in (f"{scheme}://uni.example/", f"{scheme}:uni.example"):
            with pytest.raises(FetchError) as caught:
                network.fetcher().fetch(url)
            assert caught.value.code == "URL_REFUSED", url
    assert (network.asked, network.connected) == ([], [])


def test_a_host_that_the_operator_names_may_be_internal_and_without_tls() -> None:
    allowed = frozenset({"localhost"})
    target = read_target("http://localhost:81/x", allowed_hosts=allowed)
    assert target == Target("http", "localhost", 81, "/x")
    for url in ("http://localhost.evil.example/", "http://sub.localhost/", "ftp://localhost/"):
        with pytest.raises(FetchError):
            read_target(url, allowed_hosts=allowed)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://uni.example{text}"):
        try:
            target = read_target(url)
        except FetchError:
            continue
        assert target.host.isascii()
        assert "\r" not in target.resource
        assert "\n" not in target.resource
