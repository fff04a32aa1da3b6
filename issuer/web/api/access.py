"""Who calls, and what they may do: an API key in the Authorization header, with scopes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import g, request

from issuer.store import Act, ApiKey, Scope, Store
from service.web.limiting import RateLimit, network_of
from service.web.problems import RequestRefusedError, refusal

KEY_CHARACTERS = 200
"""Longest key that is looked at."""


class Access:
    """Lets programs in by their keys."""

    def __init__(
        self, store: Store, now: Callable[[], datetime], by_key: RateLimit, by_address: RateLimit
    ) -> None:
        """Take the store, the clock, and how often one may call with and without a key."""
        self._store, self._now = store, now
        self._by_key, self._by_address = by_key, by_address

    def let_in(self) -> None:
        """Let the current request go on before anything of it is read.

        Obligations (RFC 6750 section 3.1): 1. whoever guesses keys is slowed down; 2. the key is
        known, not revoked and has not ended (401); 3. its owner does not call too often (429).
        """
        key = self._key()
        if key is None:
            # 1. and 2.
            self._slow_down(self._by_address, network_of(request.remote_addr or ""))
            raise refusal(401, WWW_Authenticate="Bearer")
        # 3.
        self._slow_down(self._by_key, key.id)
        g.api_key, g.caller = key, f"api-key:{key.id}"

    def require(self, scope: Scope) -> Act:
        """Return who acts, if the key is for this scope (403)."""
        key: ApiKey = g.api_key
        if scope not in key.scopes:
            raise RequestRefusedError(
                f"This key is not for {scope.value}.", status=403, code="SCOPE_MISSING"
            )
        return Act(key.tenant_id, f"api-key:{key.id}", self._now())

    def _key(self) -> ApiKey | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(secret) <= KEY_CHARACTERS:
            return None
        return self._store.api_keys.find(secret.strip(), self._now())

    def _slow_down(self, limit: RateLimit, caller: str) -> None:
        wait = limit.seconds_to_wait(caller)
        if wait:
            raise refusal(429, Retry_After=str(wait))
