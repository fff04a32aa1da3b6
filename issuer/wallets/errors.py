"""What is refused to wallets, in the words of OAuth 2.0 and OpenID4VCI."""

from __future__ import annotations

import re

from flask import Response

from credentials.errors import TallystickError
from service.web import json_response

DESCRIPTION_CHARACTERS = 300
FORBIDDEN_IN_DESCRIPTIONS = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")
"""Whatever RFC 6749 section 5.2 does not allow in an error_description."""


class ProtocolError(TallystickError):
    """A wallet asked for what it does not get; `error` is the protocol's own word for why."""

    code = "INVALID_REQUEST"

    def __init__(self, message: str, *, error: str, status: int = 400) -> None:
        """Say why, with the HTTP status of the answer."""
        super().__init__(message, code=error.upper())
        self.error, self.status = error, status


def error_response(error: ProtocolError) -> Response:
    """Answer with an error (RFC 6749 section 5.2, RFC 6750 section 3, OpenID4VCI 8.3.1)."""
    text = FORBIDDEN_IN_DESCRIPTIONS.sub("?", error.message)[:DESCRIPTION_CHARACTERS]
    body = {"error": error.error, "error_description": text}
    response = json_response(body, error.status)
    response.headers["Cache-Control"] = "no-store"
    if error.status == 401:
        stated = f' error="{error.error}"' if error.error == "invalid_token" else ""
        response.headers["WWW-Authenticate"] = f"Bearer{stated}"
    return response
