"""Challenges that holders sign: fresh, short-lived, and good for one presentation each.

A challenge carries its own end and a code that only this service can make, so handing out any
number of them takes no memory.  Remembered is only which were used, for as long as they would live.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from credentials.errors import TallystickError
from keys.errors import MalformedKeyError
from keys.multibase import decode_base64url, encode_base64url

NONCE_BYTES = 16
TIME_BYTES = 8
CODE_BYTES = 16
CHALLENGE_CHARACTERS = 128
"""Longest text that is looked at as a challenge of ours."""


class Standing(StrEnum):
    """What a text is worth as a challenge at the moment."""

    GOOD = "good"
    FOREIGN = "foreign"
    EXPIRED = "expired"
    USED = "used"


class TooManyChallengesError(TallystickError):
    """More challenges were used lately than are remembered; none can be taken safely."""

    code = "TOO_MANY_CHALLENGES"


class Challenges:
    """Makes challenges and takes each of them once.  Safe to use from several threads."""

    def __init__(
        self,
        *,
        secret: bytes,
        draw: Callable[[int], bytes],
        now: Callable[[], datetime],
        lifetime: timedelta = timedelta(minutes=5),
        remembered: int = 100_000,
    ) -> None:
        """Take a secret of this process, a source of random bytes, and the clock."""
        self._secret, self._draw, self._now = secret, draw, now
        self._lifetime, self._remembered = lifetime, remembered
        self._used: set[bytes] = set()
        self._sweep_at = 0.0
        self._lock = threading.Lock()

    def new(self) -> tuple[str, datetime]:
        """Make a challenge: "u" and base64url, as the VC-API has it; and when it ends."""
        ends = self._now() + self._lifetime
        body = self._draw(NONCE_BYTES) + int(ends.timestamp() * 1000).to_bytes(TIME_BYTES, "big")
        return encode_base64url(body + self._code(body)), ends

    def standing(self, text: str) -> Standing:
        """Tell what a challenge is worth, without using it up."""
        body = self._body(text)
        if body is None:
            return Standing.FOREIGN
        if self._now().timestamp() >= _end(body):
            return Standing.EXPIRED
        return Standing.USED if body in self._used else Standing.GOOD

    def take(self, text: str) -> Standing:
        """Use a challenge up; of all calls with the same one only the first gets `GOOD`.

        Raises `TooManyChallengesError` when no more used ones can be remembered.
        """
        body = self._body(text)
        with self._lock:
            standing = self.standing(text)
            if body is not None and standing is Standing.GOOD:
                self._remember(body)
            return standing

    def _remember(self, body: bytes) -> None:
        now = self._now().timestamp()
        if now >= self._sweep_at or len(self._used) >= self._remembered:
            self._used = {known for known in self._used if _end(known) > now}
            self._sweep_at = now + self._lifetime.total_seconds()
        if len(self._used) >= self._remembered:
            raise TooManyChallengesError("Too many challenges were used lately; try again later.")
        self._used.add(body)

    def _body(self, text: str) -> bytes | None:
        """Read a challenge of ours, or None for any other text."""
        if len(text) > CHALLENGE_CHARACTERS:
            return None
        try:
            data = decode_base64url(text)
        except MalformedKeyError:
            return None
        body, code = data[:-CODE_BYTES], data[-CODE_BYTES:]
        is_ours = len(body) == NONCE_BYTES + TIME_BYTES and hmac.compare_digest(
            code, self._code(body)
        )
        return body if is_ours else None

    def _code(self, body: bytes) -> bytes:
        return hmac.digest(self._secret, body, hashlib.sha256)[:CODE_BYTES]


def _end(body: bytes) -> float:
    return int.from_bytes(body[NONCE_BYTES:], "big") / 1000
