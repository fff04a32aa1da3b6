"""The texts in a PNG image: iTXt, tEXt and zTXt chunks (PNG, third edition, section 11.3.3)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from credentials.baking.png_chunks import Chunk
from credentials.errors import ImageError

TEXT_KINDS = (b"iTXt", b"tEXt", b"zTXt")
COMPRESSED_KINDS = (*TEXT_KINDS, b"iCCP")
"""Chunks beside the pixels in which something compressed may stand."""

KEYWORD_BYTES = 79
"""Longest keyword of a text."""


@dataclass(frozen=True, slots=True)
class TextChunk:
    """A text as it stands: keyword, bytes, how they are encoded, and whether compressed."""

    keyword: bytes
    content: bytes
    encoding: str
    is_compressed: bool

    def text(self, most: int) -> str:
        """Read the text, inflating no more than `most` bytes.

        Raises `ImageError`: IMAGE_TEXT_TOO_LARGE, PNG_COMPRESSION, IMAGE_ENCODING.
        """
        content = inflate(self.content, most) if self.is_compressed else self.content
        try:
            return content.decode(self.encoding)
        except UnicodeDecodeError as error:
            text = "The credential in this image is not UTF-8 text."
            raise ImageError(text, code="IMAGE_ENCODING") from error


def text_chunk(chunk: Chunk) -> TextChunk:
    """Take a chunk apart that may hold something compressed.

    Raises `ImageError` (PNG_TEXT) for one without a keyword, or without what must follow it.
    """
    keyword, null, rest = bytes(chunk.data).partition(b"\x00")
    if not null or not 0 < len(keyword) <= KEYWORD_BYTES:
        raise _malformed()
    if chunk.kind == b"tEXt":
        return TextChunk(keyword, rest, "latin-1", is_compressed=False)
    if chunk.kind == b"iTXt":
        return _international(keyword, rest)
    if rest[:1] != b"\x00":
        raise _malformed()
    return TextChunk(keyword, rest[1:], "latin-1", is_compressed=True)


def _international(keyword: bytes, rest: bytes) -> TextChunk:
    """Read what follows the keyword of iTXt: flag, method, language, translated keyword, text."""
    flag, method, fields = rest[:1], rest[1:2], rest[2:].split(b"\x00", 2)
    if flag not in (b"\x00", b"\x01") or method != b"\x00" or len(fields) != 3:
        raise _malformed()
    return TextChunk(keyword, fields[2], "utf-8", is_compressed=flag == b"\x01")


def inflate(compressed: bytes, most: int) -> bytes:
    """Inflate one zlib stream, never beyond `most` bytes.

    Raises `ImageError`: IMAGE_TEXT_TOO_LARGE, PNG_COMPRESSION.
    """
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(compressed, most + 1)
    except zlib.error as error:
        raise _not_compressed() from error
    if len(content) > most:
        text = f"A text in the image is larger than {most} bytes once it is unpacked."
        raise ImageError(text, code="IMAGE_TEXT_TOO_LARGE")
    if not inflater.eof or inflater.unused_data:
        raise _not_compressed()
    return content


def _malformed() -> ImageError:
    return ImageError("A text in the image is not of the form it must have.", code="PNG_TEXT")


def _not_compressed() -> ImageError:
    text = "Something in the image cannot be unpacked: the file is damaged."
    return ImageError(text, code="PNG_COMPRESSION")
