"""One line of JSON for each request, which names nobody: no address, no query, no token."""

from __future__ import annotations

import json
import logging
import time
import uuid

from flask import Flask, Response, g, request

LOGGER = logging.getLogger("tallystick.requests")
HEADER = "X-Request-Id"


def log_requests(application: Flask) -> None:
    """Have every request logged with the name of its operation, its status and its time.

    The id of the request goes into the answer as well, so that somebody who has a problem can name
    it.  Whatever a request says itself is left out: it may be about a learner.
    """

    def begin() -> None:
        g.request_begun, g.request_id = time.monotonic(), uuid.uuid4().hex

    def end(response: Response) -> Response:
        begun = getattr(g, "request_begun", None)
        if begun is not None:
            response.headers[HEADER] = g.request_id
            told = {
                "request": g.request_id,
                "operation": request.endpoint,
                "method": request.method,
                "status": response.status_code,
                "milliseconds": round((time.monotonic() - begun) * 1000),
                "caller": getattr(g, "caller", None),
            }
            LOGGER.info(json.dumps(told, sort_keys=True))
        return response

    application.before_request(begin)
    application.after_request(end)


def log_to_standard_error() -> None:
    """Write the lines to standard error, as a service that was started by a command does."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
