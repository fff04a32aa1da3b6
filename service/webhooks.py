"""What a webhook gets beside its body: a header by which it knows who sent it, and when."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

SIGNATURE = "Tallystick-Signature"
"""Header with the time in seconds and the HMAC-SHA-256 of time, full stop and body."""


def signature_header(secret: str, body: bytes, now: datetime) -> tuple[str, str]:
    """Write the header by which a receiver knows that a message is from here, and recent."""
    seconds = str(int(now.timestamp()))
    signed = seconds.encode("ascii") + b"." + body
    digest = hmac.new(secret.encode("ascii"), signed, hashlib.sha256)
    return SIGNATURE, f"t={seconds},v1={digest.hexdigest()}"
