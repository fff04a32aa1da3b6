"""A service that is asked to stop says so, and answers everything that is under way."""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from flask import Response

from service.web import WebSettings, json_response, new_application
from service.web.application import STOPPING_SETTING
from service.web.serving import Address, addresses_of, new_server, run_until_stopped

IS_SOAK = "TALLYSTICK_SOAK" in os.environ
ROUNDS = 100 if IS_SOAK else 1
IN_FLIGHT = 200 if IS_SOAK else 24
SECONDS = 60


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def served(stop: Callable[[Any, threading.Event], None]) -> tuple[int, Any, threading.Event]:
    """Serve an operation that takes a moment, and be told whether the service is ready."""
    application = new_application(WebSettings("Slow", "Answers slowly."))

    def slow() -> Response:
        time.sleep(0.02)
        return json_response({"answer": "x" * 20_000})

    application.add_url_rule("/slow", "slow", slow)
    stopping = threading.Event()
    application.config[STOPPING_SETTING] = stopping
    server = new_server(application, Address(port=0, threads=4))
    thread = threading.Thread(target=lambda: stop(server, stopping))
    thread.start()
    return addresses_of(server)[0][1], thread, stopping


def stop_gracefully(server: Any, stopping: threading.Event) -> None:
    run_until_stopped(server, stopping, drain=0.3)


def stop_at_once(server: Any, stopping: threading.Event) -> None:
    """The control: leave the loop as soon as somebody asks."""
    while not stopping.is_set():
        server.asyncore.loop(timeout=0.05, map=server._map, use_poll=True, count=1)
    for one in list(server._map.values()):
        one.close()


def answers_of(stop: Callable[[Any, threading.Event], None]) -> list[int]:
    """Send many requests, ask to stop in the middle, and return the statuses; 0 is a cut answer."""
    port, thread, stopping = served(stop)

    def ask(_number: int) -> int:
        try:
            status, body = get(port, "/slow")
        except (OSError, http.client.HTTPException):
            return 0
        return status if len(body) > 20_000 else 0

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        asked = [pool.submit(ask, number) for number in range(IN_FLIGHT)]
        time.sleep(0.1)
        stopping.set()
        found = [one.result() for one in asked]
    thread.join(SECONDS)
    assert not thread.is_alive()
    return found


def test_no_answer_is_cut_when_a_service_stops() -> None:
    for _round in range(ROUNDS):
        assert answers_of(stop_gracefully) == [200] * IN_FLIGHT


def test_the_same_requests_are_cut_when_a_service_stops_at_once() -> None:
    assert 0 in answers_of(stop_at_once)


def test_a_service_that_stops_is_not_ready_and_still_lives() -> None:
    port, thread, stopping = served(stop_gracefully)
    assert get(port, "/health/ready")[0] == 200
    stopping.set()
    assert (get(port, "/health/ready")[0], get(port, "/health/live")[0]) == (503, 200)
    thread.join(SECONDS)
    with suppress(ConnectionRefusedError):
        get(port, "/health/live")
        raise AssertionError("somebody still listens")
