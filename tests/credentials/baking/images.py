"""Small images, sound and hostile, for tests of baking."""

from __future__ import annotations

import tracemalloc
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import process_time

import pytest

from credentials.baking.images import unbake
from credentials.errors import ImageError
from credentials.jose.compact import sign_token
from tests.factories import SIGNER

MOST_MEMORY = 24 * 1024 * 1024
MOST_SECONDS = 2.0

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXT = '{"type":["VerifiableCredential"],"name":"Pipe welding"}'
TOKEN = sign_token({"typ": "JWT"}, TEXT.encode(), SIGNER)


@contextmanager
def within_limits() -> Iterator[None]:
    """Let what happens inside cost little time and memory, beside what is there already."""
    tracemalloc.start()
    begun = process_time()
    yield
    assert process_time() - begun < MOST_SECONDS
    assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    tracemalloc.stop()


def code_of(image: bytes) -> str:
    """Tell why an image is refused; it is told in words, too."""
    with pytest.raises(ImageError) as caught:
        unbake(image)
    assert len(caught.value.message) > 20
    return caught.value.code


def chunk(kind: bytes, data: bytes = b"", *, length: int | None = None, crc: int = 0) -> bytes:
    """Write a chunk; `length` and `crc` let it lie."""
    stated = len(data) if length is None else length
    check_sum = zlib.crc32(kind + data) ^ crc
    return stated.to_bytes(4) + kind + data + check_sum.to_bytes(4)


def header(width: int = 1, height: int = 1, *, depth: int = 8, colour: int = 0) -> bytes:
    fields = bytes((depth, colour, 0, 0, 0))
    return chunk(b"IHDR", width.to_bytes(4) + height.to_bytes(4) + fields)


PIXELS = chunk(b"IDAT", zlib.compress(b"\x00\x00"))
END = chunk(b"IEND")


def png(*inside: bytes, after: bytes = b"", first: bytes = b"") -> bytes:
    """Build an image of one pixel with further chunks before the pixel."""
    return SIGNATURE + (first or header()) + b"".join(inside) + PIXELS + END + after


def itxt(
    text: bytes | str = TEXT, keyword: bytes = b"openbadgecredential", *, compressed: bool = False
) -> bytes:
    content = text.encode() if isinstance(text, str) else text
    flag = b"\x01" if compressed else b"\x00"
    content = zlib.compress(content) if compressed else content
    return chunk(b"iTXt", keyword + b"\x00" + flag + b"\x00\x00\x00" + content)


def plain_text(text: str = TEXT, keyword: bytes = b"openbadges") -> bytes:
    return chunk(b"tEXt", keyword + b"\x00" + text.encode("latin-1"))


def packed_text(text: bytes, keyword: bytes = b"openbadges") -> bytes:
    return chunk(b"zTXt", keyword + b"\x00\x00" + zlib.compress(text))


def kinds_and_bytes(image: bytes) -> Iterable[tuple[bytes, bytes]]:
    """Take a sound image apart, for comparing chunks."""
    position = len(SIGNATURE)
    while position < len(image):
        end = position + 12 + int.from_bytes(image[position : position + 4])
        yield image[position + 4 : position + 8], image[position:end]
        position = end


OPEN_BADGES = "https://purl.imsglobal.org/ob/v3p0"
SVG = "http://www.w3.org/2000/svg"


def svg(
    inside: str = "",
    *,
    before: str = "",
    attributes: str = f' xmlns:openbadges="{OPEN_BADGES}"',
    root: str = "svg",
) -> bytes:
    drawing = '<circle cx="5" cy="5" r="4"/>'
    return f'{before}<{root} xmlns="{SVG}"{attributes}>{inside}{drawing}</{root}>'.encode()


def element(text: str = TEXT, *, verify: str | None = None, name: str = "credential") -> str:
    attribute = "" if verify is None else f' verify="{verify}"'
    content = f"<![CDATA[{text}]]>" if text else ""
    return f"<openbadges:{name}{attribute}>{content}</openbadges:{name}>"
