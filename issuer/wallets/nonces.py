"""Nonces and challenges that wallets sign: fresh, short-lived, for one purpose, good for once.

A nonce carries its own end and a code that only this service can make, so that handing out any
number of them takes no room.  The database remembers which were used, for all processes together.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from issuer.store import Store
from keys.errors import MalformedKeyError
from keys.multibase import base64url, bytes_of_base64url

RANDOM_BYTES = 16
TIME_BYTES = 8
CODE_BYTES = 16
NONCE_CHARACTERS = 128
"""Longest text that is looked at as a nonce of ours."""

NONCE_LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Nonces:
    """Makes nonces for a purpose and takes each of them once.

    `secret` is shared by the processes of a service; `draw` gives random bytes.
    """

    store: Store
    secret: bytes
    draw: Callable[[int], bytes]
    now: Callable[[], datetime]

    def new(self, purpose: str, life: timedelta = NONCE_LIFE) -> str:
        """Make a nonce for a purpose."""
        ends = int((self.now() + life).timestamp())
        body = self.draw(RANDOM_BYTES) + ends.to_bytes(TIME_BYTES, "big")
        return base64url(body + self._code(purpose, body))

    def is_good(self, purpose: str, nonce: object) -> bool:
        """Tell whether a text is a nonce of ours for a purpose that has not ended."""
        ends = self._ends(purpose, nonce)
        return ends is not None and self.now() < ends

    def use(self, purpose: str, nonce: str) -> bool:
        """Use a nonce up; of all calls with the same one only the first is true."""
        ends = self._ends(purpose, nonce)
        now = self.now()
        return (
            ends is not None and now < ends and self.store.wallet_offers.use_nonce(nonce, ends, now)
        )

    def _ends(self, purpose: str, nonce: object) -> datetime | None:
        if not isinstance(nonce, str) or len(nonce) > NONCE_CHARACTERS:
            return None
        try:
            data = bytes_of_base64url(nonce)
        except MalformedKeyError:
            return None
        body, code = data[:-CODE_BYTES], data[-CODE_BYTES:]
        if len(body) != RANDOM_BYTES + TIME_BYTES:
            return None
        if not hmac.compare_digest(code, self._code(purpose, body)):
            return None
        return datetime.fromtimestamp(int.from_bytes(body[RANDOM_BYTES:], "big"), UTC)

    def _code(self, purpose: str, body: bytes) -> bytes:
        named = hashlib.sha256(purpose.encode()).digest()
        return hmac.digest(self.secret, named + body, hashlib.sha256)[:CODE_BYTES]
