"""Baking credentials into PNG images (Open Badges 3.0 section 5.3.1)."""

from __future__ import annotations

import zlib

from credentials.baking.payload import Baked, baked
from credentials.baking.png_chunks import Chunk, read_chunks
from credentials.baking.png_text import COMPRESSED_KINDS, TEXT_KINDS, TextChunk, inflate, text_chunk
from credentials.errors import ImageError
from credentials.limits import DEFAULT_LIMITS, Limits

KEYWORD = b"openbadgecredential"
RECORD_KEYWORD = b"clrcredential"
LEGACY_KEYWORD = b"openbadges"
KEYWORDS = (KEYWORD, RECORD_KEYWORD, LEGACY_KEYWORD)
"""Keywords of credentials: Open Badges 3.0, learner records (CLR 2.0), Open Badges 1 and 2."""


def unbake_png(image: bytes, limits: Limits = DEFAULT_LIMITS) -> Baked:
    """Take the credential out of a PNG image.

    Obligations (Open Badges 3.0 section 5.3.1.2; Open Badges 2.0 baking specification):

    1. the image is whole, and no part of it unpacks to more than allowed;
    2. exactly one text in it has one of the keywords.  Readers that take the first of two would
       disagree with those that take the last, so two are refused, in whatever kinds of chunk;
    3. the text is UTF-8 in iTXt, Latin-1 in tEXt and zTXt.  Open Badges 3.0 writes uncompressed
       iTXt only; the other forms are older and are read with a cap.

    Raises `ImageError`: what `read_chunks` raises, PNG_TEXT, PNG_COMPRESSION,
    IMAGE_TEXT_TOO_LARGE, IMAGE_ENCODING, IMAGE_WITHOUT_CREDENTIAL, IMAGE_CREDENTIAL_AMBIGUOUS,
    IMAGE_CREDENTIAL_EMPTY, IMAGE_IN_IMAGE.
    """
    # 1.
    chunks = read_chunks(image, limits)
    _require_small_when_unpacked(chunks, limits)
    # 2.
    found = _credentials_in(chunks)
    if not found:
        raise without_credential()
    if len(found) > 1:
        raise ambiguous()
    # 3.
    text = found[0].text(limits.document_bytes)
    return baked(text, is_legacy=found[0].keyword == LEGACY_KEYWORD)


def bake_png(
    text: str, image: bytes, *, keyword: bytes = KEYWORD, limits: Limits = DEFAULT_LIMITS
) -> bytes:
    """Put the text of a credential into a PNG image, right after its header.

    Every chunk of the image stays as it is, byte for byte.  Raises what `read_chunks` raises, and
    `ImageError` (IMAGE_ALREADY_BAKED): nothing is overwritten, as it may be somebody's only copy.
    """
    chunks = read_chunks(image, limits)
    if _credentials_in(chunks):
        raise already_baked()
    after_header = chunks[0].end
    return image[:after_header] + _text_chunk(keyword, text) + image[after_header:]


def _text_chunk(keyword: bytes, text: str) -> bytes:
    """Write one uncompressed iTXt without language and translated keyword."""
    body = b"iTXt" + keyword + b"\x00\x00\x00\x00\x00" + text.encode()
    length, check_sum = len(body) - 4, zlib.crc32(body)
    return length.to_bytes(4) + body + check_sum.to_bytes(4)


def _credentials_in(chunks: tuple[Chunk, ...]) -> list[TextChunk]:
    texts = [text_chunk(chunk) for chunk in chunks if chunk.kind in TEXT_KINDS]
    return [text for text in texts if text.keyword in KEYWORDS]


def _require_small_when_unpacked(chunks: tuple[Chunk, ...], limits: Limits) -> None:
    """Refuse an image that costs whoever opens it far more than it looks like."""
    left = limits.image_unpacked_bytes
    for chunk in chunks:
        if chunk.kind in COMPRESSED_KINDS:
            text = text_chunk(chunk)
            left -= len(inflate(text.content, left)) if text.is_compressed else 0


def without_credential() -> ImageError:
    """Say that an image is only an image."""
    return ImageError(
        "There is no credential in this image. Messengers, mail programs and social networks often "
        "remove it. Ask for the original file of the badge.",
        code="IMAGE_WITHOUT_CREDENTIAL",
    )


def ambiguous() -> ImageError:
    """Say that an image holds more than one credential, or two versions of one."""
    return ImageError(
        "There are two credentials in this image, so programs would disagree about what it "
        "says. Ask the issuer for an image with one.",
        code="IMAGE_CREDENTIAL_AMBIGUOUS",
    )


def already_baked() -> ImageError:
    """Say that nothing is baked over another credential."""
    return ImageError(
        "There is a credential in this image already. Take the image without it.",
        code="IMAGE_ALREADY_BAKED",
    )
