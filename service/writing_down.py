"""How services write things down in their databases: times, ids, secrets, JSON."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from datetime import UTC, datetime
from typing import Any

from credentials.json_types import JsonObject
from credentials.timestamps import format_timestamp

SECRET_BYTES = 32


def stamp(at: datetime) -> str:
    """Write a time to the second in UTC: so written, times are in the order of their texts."""
    return format_timestamp(at.astimezone(UTC).replace(microsecond=0))


def new_id(kind: str) -> str:
    """Draw an id that begins with what it is the id of; it holds 128 random bits."""
    return f"{kind}_{uuid.uuid4().hex}"


def new_secret() -> str:
    """Draw a secret for a link or a program: 256 random bits as text for URLs."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of(data: bytes | str) -> str:
    """Write the SHA-256 of bytes, or of a text in UTF-8."""
    encoded = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return f"sha256:{hashlib.sha256(encoded).hexdigest()}"


def write_json(value: Any) -> bytes:
    """Write JSON compactly, with members in a fixed order, so that the same is the same."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def read_json(data: bytes) -> JsonObject:
    """Read what `write_json` wrote."""
    value: JsonObject = json.loads(data)
    return value
