"""Absolute URLs and IRIs: accepted, refused, and judged in linear time."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import urls
from credentials.errors import MalformedValueError
from credentials.urls import is_url, require_url
from tests.soak import repetitions


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org",
        "https://example.org/badges/1?x=a%20b&y=0#part",
        "HTTPS://EXAMPLE.ORG/",
        "http://user:word@example.org:8080/a//b",
        "https://[2001:db8::1]:443/",
        "https://[v1.a:b]/",
        "https://example.org?query",
        "https://example.org#fragment",
        "https://例え.jp/パス?q=é#ü",
        "https://example.org/\U0001f600",
        "urn:uuid:6f2b9f5e-0000-4000-8000-000000000001",
        "urn:x",
        "did:key:z6Mk#z6Mk",
        "did:web:example.org:a?versionId=1#key-1",
        "data:image/png;base64,iVBORw0KGgo+/=",
        "data:,a%20b",
        "mailto:a@example.org",
        "tag:example.org,2026:x",
        "file:///a",
        "x:/a",
        "a+b-c.1:x",
    ],
)
def test_accepts_absolute_urls_of_any_scheme(text: str) -> None:
    assert is_url(text)
    assert require_url(text, "/id") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/a",
        "//example.org/a",
        "a/b",
        "#a",
        "?a",
        "example.org",
        ":a",
        "1a:b",
        "é:b",
        "a_b:c",
        "urn:",
        "https:",
        "https:/",
        "https://",
        "https:///a",
        "https://?a",
        "https://:443",
        "https:example.org",
        "x://",
        "a:?x",
        "a:#x",
        "https ://x",
        "https://x\n",
        "\nhttps://x",
        " https://x",
        "https://x ",
        "https://x/a b",
        "https://x\t",
        "https://x\x00",
        "https://x\x7f",
        "https://x\x85",
        "https://x\u00a0y",
        "https://x\u2003y",
        "https://x\u200by",
        "https://x\u2028y",
        "https://x\u3000y",
        "https://x\u202ey",
        "https://x\u2066y",
        "https://x\ufeff",
        "https://x\ufffe",
        "https://x\U0001ffff",
        "https://x/\ud800",
        "https://x/\ue000",
        "https://x/%",
        "https://x/%4",
        "https://x/%zz",
        "https://x#a#b",
        "https://x:y",
        "https://a@b@c",
        "https://[::1",
        "https://a[b]",
        "https://x/[a]",
        *(f"https://x/{character}" for character in '<>"{}|\\^`'),
        *(f"urn:x:{character}" for character in '<>"{}|\\^`'),
        None,
        5,
        ["https://x"],
        b"https://x",
    ],
)
def test_refuses_everything_else(text: Any) -> None:
    assert not is_url(text)
    with pytest.raises(MalformedValueError) as caught:
        require_url(text, "/issuer")
    assert caught.value.code == "NOT_A_URL"
    assert caught.value.pointer == "/issuer"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "+" * 100_000,
        "https://" + "a" * 100_000 + "\n",
        "https://" + "a:" * 50_000 + " ",
        "https://" + "a@" * 50_000 + " ",
        "https://[" + ":" * 100_000,
        "https://a:" + "1" * 100_000 + "<",
        "urn:" + "%41" * 33_000 + "%",
        "urn:" + "/" * 100_000 + "<",
        "urn:a?" + "?" * 100_000 + "<",
        "urn:a#" + "é" * 100_000 + "<",
    ],
)
def test_is_linear(text: str) -> None:
    started = time.process_time()
    assert not is_url(text)
    assert time.process_time() - started < 0.05


def test_a_value_that_stands_alone_has_the_pointer_of_the_whole() -> None:
    with pytest.raises(MalformedValueError) as caught:
        require_url("x")
    assert (caught.value.code, caught.value.pointer) == ("NOT_A_URL", "")


@settings(max_examples=repetitions(40, soak=200), deadline=None, derandomize=True)
@given(st.from_regex(urls._USUAL, fullmatch=True))
def test_what_is_found_quickly_is_what_the_whole_syntax_accepts(text: str) -> None:
    assert urls._URL.fullmatch(text)
    assert not urls._BAD_PERCENT.search(text)
    assert is_url(text.replace("http", "ftp"))
