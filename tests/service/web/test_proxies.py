"""Who asks, and whether over TLS, is believed of the proxy that was named, and of nobody else."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Response, request

from service.web import WebSettings, json_response, new_application
from service.web.serving import Address, addresses_of, new_server, run_until_stopped

FORWARDED = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}


@contextmanager
def served(proxy: str | None) -> Iterator[int]:
    application = new_application(WebSettings("Echo", "Says who asked."))

    def who() -> Response:
        return json_response({"of": str(request.remote_addr), "is_secure": request.is_secure})

    application.add_url_rule("/who", "who", who)
    server, stopping = new_server(application, Address(port=0, proxy=proxy)), threading.Event()
    thread = threading.Thread(target=lambda: run_until_stopped(server, stopping, drain=0))
    thread.start()
    try:
        yield addresses_of(server)[0][1]
    finally:
        stopping.set()
        thread.join()


def who(port: int, **headers: str) -> object:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/who", headers=headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("proxy", "expected"),
    [
        ("127.0.0.1", {"of": "203.0.113.7", "is_secure": True}),
        ("192.0.2.1", {"of": "127.0.0.1", "is_secure": False}),
        (None, {"of": "127.0.0.1", "is_secure": False}),
    ],
)
def test_only_the_named_proxy_says_for_whom_it_asks(
    proxy: str | None, expected: dict[str, object]
) -> None:
    with served(proxy) as port:
        assert who(port, **FORWARDED) == expected


def test_what_a_client_writes_itself_is_not_taken_for_the_proxys_word() -> None:
    with served("127.0.0.1") as port:
        answer = who(port, **{"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
    assert answer == {"of": "203.0.113.7", "is_secure": False}
