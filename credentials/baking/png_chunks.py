"""Reading the chunks of a PNG image (PNG, third edition, sections 5 and 11), and no pixel.

Nothing is allocated for what a length field merely claims: every length is held against the bytes
that are there before anything is read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from credentials.errors import ImageError
from credentials.limits import Limits

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FRAME = 12
"""Bytes of a chunk around its data: length, type and check sum."""

BIT_DEPTHS = {
    0: (1, 2, 4, 8, 16),
    2: (8, 16),
    3: (1, 2, 4, 8),
    4: (8, 16),
    6: (8, 16),
}
"""Bit depths that a colour type allows (section 11.2.1, table 11)."""

PALETTE_REQUIRED = 3
PALETTE_FORBIDDEN = (0, 4)
PALETTE_ENTRY = 3

_CHUNK_TYPE = re.compile(rb"[A-Za-z]{2}[A-Z][A-Za-z]")
_CRITICAL = (b"IHDR", b"PLTE", b"IDAT", b"IEND")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: its type, its data, and where it stands in the file, frame included."""

    kind: bytes
    data: memoryview
    start: int
    end: int


def read_chunks(data: bytes, limits: Limits) -> tuple[Chunk, ...]:
    """Read all chunks of an image.

    Obligations (PNG third edition, sections 5.2, 5.3, 5.6, 11.2 and 13.2):

    1. the file is no larger than allowed and begins with the signature;
    2. chunks fill it to its last byte, no more of them than allowed, each with the length that
       it states, a type of four letters and the right check sum;
    3. the first is a header with values that exist; the last, and no other, is the end;
    4. palette and image data are there where they must be, the image data in one row, and no
       chunk is critical and unknown.

    What follows the end is refused: it is not part of the image, and programs disagree about it.
    Pixels are never inflated.

    Raises `ImageError`: IMAGE_TOO_LARGE, PNG_SIGNATURE, PNG_TRUNCATED, PNG_TOO_MANY_CHUNKS,
    PNG_CHUNK_TYPE, PNG_CHECKSUM, PNG_TRAILING_DATA, PNG_HEADER, PNG_STRUCTURE.
    """
    # 1.
    require_size(data, limits)
    if not data.startswith(SIGNATURE):
        text = (
            "The first bytes of this PNG image are damaged, as happens when it is sent as text. "
            "Ask for it again, as a file."
        )
        raise ImageError(text, code="PNG_SIGNATURE")
    # 2.
    chunks = tuple(_walk(data, limits))
    # 3.
    _require_header(chunks[0], limits)
    # 4.
    _require_structure(chunks)
    return chunks


def require_size(data: bytes, limits: Limits) -> None:
    """Refuse an image of more bytes than allowed; raises `ImageError` (IMAGE_TOO_LARGE)."""
    if len(data) > limits.image_bytes:
        text = f"The image has more than {limits.image_bytes} bytes. Ask for a smaller one."
        raise ImageError(text, code="IMAGE_TOO_LARGE")


def _walk(data: bytes, limits: Limits) -> Iterator[Chunk]:
    view, position, kind = memoryview(data), len(SIGNATURE), b""
    count = 0
    while kind != b"IEND":
        count += 1
        if count > limits.image_chunks:
            text = f"The image has more than {limits.image_chunks} parts."
            raise ImageError(text, code="PNG_TOO_MANY_CHUNKS")
        chunk = _chunk_at(view, position)
        yield chunk
        kind, position = chunk.kind, chunk.end
    if position != len(data):
        text = "Something follows the end of the image, which is not part of it."
        raise ImageError(text, code="PNG_TRAILING_DATA")


def _chunk_at(view: memoryview, start: int) -> Chunk:
    left = len(view) - start - FRAME
    length = int.from_bytes(view[start : start + 4])
    if left < 0 or length > left:
        text = (
            "The image is cut off, or states a wrong length for one of its parts. Ask for it again."
        )
        raise ImageError(text, code="PNG_TRUNCATED")
    data_start, end = start + 8, start + FRAME + length
    kind = bytes(view[start + 4 : data_start])
    if not _CHUNK_TYPE.fullmatch(kind):
        text = "One part of the image has no proper name: the file is damaged."
        raise ImageError(text, code="PNG_CHUNK_TYPE")
    if zlib.crc32(view[start + 4 : end - 4]) != int.from_bytes(view[end - 4 : end]):
        text = (
            f"The check sum of the part {kind.decode()} is wrong: the image was changed or "
            "damaged. Ask for the original."
        )
        raise ImageError(text, code="PNG_CHECKSUM")
    return Chunk(kind, view[data_start : end - 4], start, end)


def _require_header(chunk: Chunk, limits: Limits) -> None:
    """Check the header (section 11.2.1): size, depth, colour type, methods."""
    if chunk.kind != b"IHDR" or len(chunk.data) != 13:
        raise ImageError("The image does not begin with a header.", code="PNG_HEADER")
    width, height = int.from_bytes(chunk.data[:4]), int.from_bytes(chunk.data[4:8])
    depth, colour, compression, filtering, interlace = chunk.data[8:]
    if not (0 < width <= limits.image_side and 0 < height <= limits.image_side):
        text = f"The image must have between 1 and {limits.image_side} pixels on each side."
        raise ImageError(text, code="PNG_HEADER")
    if depth not in BIT_DEPTHS.get(colour, ()):
        text = "The image has a kind of colour that does not exist: the file is damaged."
        raise ImageError(text, code="PNG_HEADER")
    if compression or filtering or interlace > 1:
        text = "The image is packed in a way that does not exist: the file is damaged."
        raise ImageError(text, code="PNG_HEADER")


def _require_structure(chunks: tuple[Chunk, ...]) -> None:
    kinds = [chunk.kind for chunk in chunks]
    unknown = {kind for kind in kinds if kind[:1].isupper()} - set(_CRITICAL)
    if unknown or kinds.count(b"IHDR") != 1 or len(chunks[-1].data):
        text = "The parts of the image do not fit together: the file is damaged."
        raise ImageError(text, code="PNG_STRUCTURE")
    data = [index for index, kind in enumerate(kinds) if kind == b"IDAT"]
    if not data or data[-1] - data[0] != len(data) - 1:
        text = "The image has no pixels, or something stands between them."
        raise ImageError(text, code="PNG_STRUCTURE")
    _require_palette(chunks, kinds[: data[0]].count(b"PLTE"), kinds.count(b"PLTE"))


def _require_palette(chunks: tuple[Chunk, ...], before_data: int, altogether: int) -> None:
    colour = chunks[0].data[9]
    is_wrong = before_data != altogether or altogether > 1
    is_wrong |= colour == PALETTE_REQUIRED and not altogether
    is_wrong |= colour in PALETTE_FORBIDDEN and altogether > 0
    sizes = [len(chunk.data) for chunk in chunks if chunk.kind == b"PLTE"]
    if is_wrong or any(size == 0 or size % PALETTE_ENTRY or size > 768 for size in sizes):
        text = "The palette of the image is missing, or is not as it must be."
        raise ImageError(text, code="PNG_STRUCTURE")
