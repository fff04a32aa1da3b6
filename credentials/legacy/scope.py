"""Which addresses a badge of an issuer may be hosted at (Open Badges 2.0, VerificationObject)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from credentials.json_types import JsonObject, as_list, member, texts_among

_DOT_SEGMENT = re.compile(r"[/\\](?:\.|%2[eE]){1,2}(?:[/\\?#]|%2[fF]|$)")


def host_of(url: str) -> str | None:
    """Name the host of a web address, with its port if it states one; None if there is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return host if port is None else f"{host}:{port}"


def is_in_scope(identifier: str, issuer: JsonObject, address: str) -> bool:
    """Tell whether an issuer whose profile stands at `address` lets `identifier` be hosted there.

    Obligations (Open Badges 2.0, sections "VerificationObject" and "Hosted Verification"):

    1. `startsWith`, if the issuer states it, is the beginning of the identifier, and names the
       identifier's very host: "https://host.example" begins "https://host.example.evil", too;
    2. `allowedOrigins`, if the issuer states it, names the identifier's host;
    3. without either, the host is that of the issuer's own address.

    What is stated and cannot be read allows nothing, nor does an identifier with steps upwards,
    which only seems to begin like that.
    """
    verification = issuer.get("verification")
    beginnings = as_list(member(verification, "startsWith"))
    origins = as_list(member(verification, "allowedOrigins"))
    host = host_of(identifier)
    if host is None or _DOT_SEGMENT.search(identifier):
        return False
    # 1.
    if beginnings and not any(
        identifier.startswith(beginning) and host_of(beginning) == host
        for beginning in texts_among(beginnings)
    ):
        return False
    # 2.
    if origins:
        return host in {origin.lower() for origin in texts_among(origins)}
    # 3.
    return bool(beginnings) or host == host_of(address)
