"""A service that is asked to stop says so, and answers everything that is under way."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Response

from service.web import WebSettings, json_response, new_application, serving
from service.web.health import STOPPING_SETTING
from service.web.serving import Address, addresses_of, new_server, run_until_stopped
from tests.soak import repetitions

ROUNDS = repetitions(1, soak=100)
IN_FLIGHT = repetitions(24, soak=200)
POLLS = repetitions(4, soak=200)
"""So often is asked whether a service is ready within `POLLED_SECONDS`, by its own clock."""

POLLED_SECONDS = 1
SECONDS = 60


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Served:
    """A service whose operation takes until somebody asks it to stop, and a moment longer."""

    def __init__(self, stop: Callable[[Served], None], *, knows: bool = True) -> None:
        self.stopping = threading.Event()
        self.may_answer = threading.Event()
        application = new_application(WebSettings("Slow", "Answers slowly."))
        application.add_url_rule("/slow", "slow", self._slow)
        if knows:
            application.config[STOPPING_SETTING] = self.stopping
        self.server: Any = new_server(application, Address(port=0, threads=4))
        self.port = addresses_of(self.server)[0][1]
        self.thread = threading.Thread(target=lambda: stop(self))
        self.thread.start()

    def _slow(self) -> Response:
        self.may_answer.wait(SECONDS)
        time.sleep(0.02)
        return json_response({"answer": "x" * 20_000})

    def wait_for_requests(self, count: int) -> None:
        """Return once so many connections are open, so that every request is under way."""
        for _attempt in range(SECONDS * 100):
            if len(self.server.active_channels) >= count:
                return
            time.sleep(0.01)
        raise AssertionError("the requests did not arrive")


def stop_gracefully(served: Served) -> None:
    run_until_stopped(served.server, served.stopping, drain=0.3)


def stop_as_in_earnest(served: Served) -> None:
    run_until_stopped(served.server, served.stopping, drain=serving.DRAIN_SECONDS)


def stop_at_once(served: Served) -> None:
    """The control: leave the loop as soon as somebody asks, and answer only afterwards."""
    while not served.stopping.is_set():
        served.server.asyncore.loop(timeout=0.05, map=served.server._map, use_poll=True, count=1)
    for one in list(served.server._map.values()):
        one.close()
    served.may_answer.set()


def answers_of(stop: Callable[[Served], None]) -> list[int]:
    """Send many requests, ask to stop in the middle, and return the statuses; 0 is a cut answer."""
    served = Served(stop)

    def ask(_number: int) -> int:
        try:
            status, body = get(served.port, "/slow")
        except (OSError, http.client.HTTPException):
            return 0
        return status if len(body) > 20_000 else 0

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        asked = [pool.submit(ask, number) for number in range(IN_FLIGHT)]
        served.wait_for_requests(IN_FLIGHT)
        served.stopping.set()
        if stop is stop_gracefully:
            served.may_answer.set()
        found = [one.result() for one in asked]
    served.thread.join(SECONDS)
    assert not served.thread.is_alive()
    return found


def test_no_answer_is_cut_when_a_service_stops() -> None:
    for _round in range(ROUNDS):
        assert answers_of(stop_gracefully) == [200] * IN_FLIGHT


def test_the_same_requests_are_cut_when_a_service_stops_at_once() -> None:
    assert 0 in answers_of(stop_at_once)


def test_a_service_that_stops_is_not_ready_and_still_lives() -> None:
    served = Served(stop_gracefully)
    assert get(served.port, "/health/ready")[0] == 200
    served.stopping.set()
    assert (get(served.port, "/health/ready")[0], get(served.port, "/health/live")[0]) == (503, 200)
    served.thread.join(SECONDS)
    with suppress(ConnectionRefusedError):
        get(served.port, "/health/live")
        raise AssertionError("somebody still listens")


@dataclass
class Clock:
    """The clock of the service, which a test puts forward."""

    now: float = 0.0

    def monotonic(self) -> float:
        return self.now


def answers_after_asking(clock: Clock, *, knows: bool) -> list[int]:
    """Ask a service to stop, and poll whether it is ready: at once, and until a second later."""
    served = Served(stop_as_in_earnest, knows=knows)
    assert get(served.port, "/health/ready")[0] == 200
    served.stopping.set()
    found = []
    for _poll in range(POLLS):
        found.append(get(served.port, "/health/ready")[0])
        clock.now += POLLED_SECONDS / POLLS
    assert get(served.port, "/health/live")[0] == 200
    for _second in range(SECONDS * 10):
        if not served.thread.is_alive():
            break
        clock.now += 1
        served.thread.join(0.1)
    assert not served.thread.is_alive()
    return found


def test_the_first_answer_after_asking_is_that_it_is_not_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(serving, "time", clock)
    assert answers_after_asking(clock, knows=True) == [503] * POLLS


def test_a_service_that_is_not_told_that_it_stops_goes_on_saying_that_it_is_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the same polls of a service that does not look at what it was asked."""
    clock = Clock()
    monkeypatch.setattr(serving, "time", clock)
    assert answers_after_asking(clock, knows=False) == [200] * POLLS
