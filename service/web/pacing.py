"""Refusing callers who come too often, by the network that they call from."""

from __future__ import annotations

from flask import request

from service.web.limiting import RateLimit, network_of
from service.web.problems import refusal


def slow_down(limit: RateLimit) -> None:
    """Count the call that is answered; raise `RequestRefusedError` (429) if it is one too many."""
    wait = limit.seconds_to_wait(network_of(request.remote_addr or ""))
    if wait:
        raise refusal(429, Retry_After=str(wait))
