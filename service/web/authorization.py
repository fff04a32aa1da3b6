"""Bearer tokens (RFC 6750), known here by their digests only."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from flask import request

from service.web.problems import refusal

BEARER = "bearer"
"""Name of the security scheme in the OpenAPI documents."""

TOKEN_CHARACTERS = 512
"""Longest token that is looked at."""

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class BearerTokens:
    """Who may call: whoever knows one of the tokens, or anybody if there are none.

    `digests` are written as "sha256:" and 64 hexadecimal digits.
    """

    digests: tuple[str, ...] = ()

    def security(self) -> list[dict[str, list[str]]]:
        """Document for an OpenAPI operation what it asks for."""
        return [{BEARER: []}] if self.digests else []

    def require(self) -> None:
        """Refuse the current request (401) unless it carries one of the tokens."""
        if not self.digests:
            return
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        is_bearer = scheme.lower() == "bearer" and 0 < len(token) <= TOKEN_CHARACTERS
        found = digest_of_token(token) if is_bearer else ""
        # Each is compared in full, so that the time says nothing about any of them.
        if sum(hmac.compare_digest(found, known) for known in self.digests) == 0:
            raise refusal(401, WWW_Authenticate="Bearer")


def digest_of_token(token: str) -> str:
    """Write the digest of a token as configurations have it."""
    data = token.strip().encode("utf-8", "surrogatepass")
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
