"""How often somebody may call: a bucket of tokens for each caller, in this process.

One process serves all calls of a service (`service.web.serving`), so what it remembers is whole.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable

CALLERS = 10_000
"""How many callers are remembered; who has not called for longest is forgotten first."""

NETWORK_BITS = {4: 32, 6: 64}
"""Callers without a key are told apart by address; one of IPv6 by its network."""


class RateLimit:
    """Lets a caller call `per_minute` times in the long run, and `burst` times at once."""

    def __init__(self, per_minute: int, burst: int, clock: Callable[[], float]) -> None:
        """Take the rate, and a clock in seconds that never goes back."""
        self._rate, self._burst, self._clock = per_minute / 60, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def seconds_to_wait(self, caller: str) -> int:
        """Count a call; 0 if it may go on, otherwise in how many seconds to call again."""
        with self._lock:
            now = self._clock()
            tokens, since = self._buckets.pop(caller, (float(self._burst), now))
            tokens = min(self._burst, tokens + (now - since) * self._rate)
            allowed = tokens >= 1
            self._buckets[caller] = (tokens - 1 if allowed else tokens, now)
            if len(self._buckets) > CALLERS:
                self._buckets.popitem(last=False)
            return 0 if allowed else int((1 - tokens) / self._rate) + 1


def network_of(address: str) -> str:
    """Name the caller behind an address of a request."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        # Of one network, all callers of IPv4 together would be one caller (RFC 4291, 2.5.5.2).
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, NETWORK_BITS[found.version]), strict=False))
