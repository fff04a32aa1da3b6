"""Images of either kind, and PDFs: recognising them, taking credentials out, putting them in."""

from __future__ import annotations

from credentials.baking.payload import Baked, document_of, is_record, text_to_bake
from credentials.baking.png import KEYWORD, RECORD_KEYWORD, bake_png, unbake_png
from credentials.baking.recognising import is_carrier, is_pdf, is_png, is_svg
from credentials.baking.svg import (
    NAMESPACE,
    RECORD_NAMESPACE,
    bake_svg,
    unbake_svg,
)
from credentials.certificates.attachments import unbake_pdf
from credentials.errors import ImageError
from credentials.limits import DEFAULT_LIMITS, Limits


def unbake(image: bytes, limits: Limits = DEFAULT_LIMITS) -> Baked:
    """Take the credential out of a PNG or SVG image, or of a PDF.

    Raises `ImageError`: what `unbake_png`, `unbake_svg` and `unbake_pdf` raise, NOT_AN_IMAGE.
    """
    if is_pdf(image):
        return unbake_pdf(image, limits)
    if is_png(image):
        return unbake_png(image, limits)
    if is_svg(image):
        return unbake_svg(image, limits)
    raise _not_an_image()


def credential_in(data: bytes, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Give the bytes of the credential in an image or a PDF, and anything else as it is.

    Raises what `unbake` raises.
    """
    return unbake(data, limits).data if is_carrier(data) else data


def bake(credential: bytes, image: bytes, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Put a credential, as JSON or as a compact token, into a PNG or SVG image.

    The image that comes out holds the same data when it is opened again: this is tried before
    anything is returned.  Raises what `text_to_bake`, `bake_png` and `bake_svg` raise, and
    `ImageError` (NOT_AN_IMAGE).
    """
    text = text_to_bake(credential, limits)
    is_for_record = is_record(document_of(credential, limits))
    if is_png(image):
        keyword = RECORD_KEYWORD if is_for_record else KEYWORD
        made = bake_png(text, image, keyword=keyword, limits=limits)
    elif is_svg(image):
        namespace = RECORD_NAMESPACE if is_for_record else NAMESPACE
        made = bake_svg(text, image, namespace=namespace, limits=limits)
    else:
        raise _not_an_image()
    if unbake(made, limits).text != text:
        raise ImageError("The image does not give the credential back.", code="IMAGE_NOT_BAKED")
    return made


def _not_an_image() -> ImageError:
    text = "This is neither a PNG nor an SVG image; only these can hold a credential."
    return ImageError(text, code="NOT_AN_IMAGE")
