"""Reading an answer: its kind and its body, within bounds (RFC 9110 sections 8.3 and 8.4)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence

from service.errors import FetchError
from service.fetching.connecting import too_large

JSON_TYPES = ("application/json", "application/did", "application/vc", "application/cid", "+json")
"""Media types of JSON documents; one that begins with "+" stands for all with this suffix."""

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}")
_GZIP = 16 + zlib.MAX_WBITS

Headers = Sequence[tuple[bytes, bytes]]


def header(headers: Headers, name: str) -> str:
    """Return the only header of a name, or nothing; several that differ are no clear answer.

    Raises `FetchError` (ANSWER_MALFORMED).
    """
    values = {value for key, value in headers if key.lower() == name.encode()}
    if len(values) > 1:
        raise FetchError("The answer contradicts itself.", code="ANSWER_MALFORMED")
    return values.pop().decode("latin-1") if values else ""


def media_type_of(headers: Headers, accepted: Sequence[str]) -> str:
    """Return the media type of an answer, without parameters, if it is an accepted one.

    Raises `FetchError` (CONTENT_TYPE_REFUSED).
    """
    media_type = header(headers, "content-type").partition(";")[0].strip().lower()
    is_accepted = _MEDIA_TYPE.fullmatch(media_type) is not None and any(
        media_type.endswith(one) if one.startswith("+") else media_type == one for one in accepted
    )
    if not is_accepted:
        raise FetchError(
            "The answer is not of a kind that was asked for.", code="CONTENT_TYPE_REFUSED"
        )
    return media_type


def read_body(headers: Headers, chunks: Iterable[bytes], most: int) -> bytes:
    """Read the body of an answer, unpacked, and at most so many bytes of it.

    Raises `FetchError` (ANSWER_TOO_LARGE, CONTENT_ENCODING_REFUSED, ANSWER_MALFORMED).
    """
    encoding = header(headers, "content-encoding").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise FetchError(
            "The answer is packed in a way that was not asked for.",
            code="CONTENT_ENCODING_REFUSED",
        )
    stated = header(headers, "content-length")
    if stated.isascii() and stated.isdigit() and (len(stated) > 18 or int(stated) > most):
        raise too_large()
    return _unpacked(chunks, most) if encoding == "gzip" else _joined(chunks, most)


def _joined(chunks: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise too_large()
    return bytes(body)


def _unpacked(chunks: Iterable[bytes], most: int) -> bytes:
    """Unpack gzip (one member, nothing after it), never further than one byte past the most."""
    unpacker, body = zlib.decompressobj(_GZIP), bytearray()
    for chunk in chunks:
        try:
            body += unpacker.decompress(chunk, most + 1 - len(body))
        except zlib.error as error:
            raise _badly_packed() from error
        if len(body) > most:
            raise too_large()
        if unpacker.unused_data:
            raise _badly_packed()
    if not unpacker.eof:
        raise _badly_packed()
    return bytes(body)


def _badly_packed() -> FetchError:
    return FetchError("The answer is not packed as it says.", code="ANSWER_MALFORMED")
