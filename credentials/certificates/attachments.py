"""Taking the credential out of a PDF that it is attached to (PDF 2.0, 7.11.4), and nothing else.

pypdf finds the objects; which files are attached, how many and how large, is decided here.
"""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from credentials.baking.payload import Baked, document_of
from credentials.errors import CredentialError, ImageError
from credentials.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from pypdf import PdfReader

TREE_NODES = 64
"""Most nodes of the tree of attachments that are looked at."""

ATTACHMENTS = 16
"""Most attachments that are looked at; a portfolio of more is no certificate."""

XREF_ENTRIES = 50_000
"""Most objects of a PDF."""

MARKS = {b"obj": 20_000, b"trailer": 256}
"""How often words of the grammar stand in a file at most: objects (each has two), and revisions.

Following a chain of revisions takes time for each of them, however small they are."""

_BREAKAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What a library for PDF raises, beside its own errors, where a file is not what it should be."""


def unbake_pdf(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Baked:
    """Take the credential out of a PDF.

    Obligations:

    1. the file is no larger than an image may be, not encrypted, and can be read as a PDF;
    2. it has at most `ATTACHMENTS` attachments, none of which unpacks to more than a document may
       have;
    3. exactly one of them is a credential, by what is in it.  Two are refused, even if they are
       equal: programs would disagree about which one counts.

    What is drawn on its pages is never looked at.  Raises `ImageError`: IMAGE_TOO_LARGE,
    PDF_MALFORMED, PDF_ENCRYPTED, PDF_TOO_ENTANGLED, IMAGE_TEXT_TOO_LARGE,
    IMAGE_WITHOUT_CREDENTIAL, IMAGE_CREDENTIAL_AMBIGUOUS.
    """
    # 1.
    if len(data) > limits.image_bytes:
        text = f"The file has more than {limits.image_bytes} bytes."
        raise ImageError(text, code="IMAGE_TOO_LARGE")
    if any(data.count(mark) > most for mark, most in MARKS.items()):
        text = "The PDF has too many parts for a certificate. Ask for the badge itself."
        raise ImageError(text, code="PDF_TOO_ENTANGLED")
    # 2.
    attached = _attachments(data, limits)
    # 3.
    found = [one for one in attached if _is_credential(one, limits)]
    if not found:
        raise ImageError(
            "There is no credential attached to this PDF. Printing to a PDF, or mending one, often "
            "removes what is attached. Ask for the original file.",
            code="IMAGE_WITHOUT_CREDENTIAL",
        )
    if len(found) > 1:
        text = (
            "There are two credentials attached to this PDF, so programs would disagree about it."
        )
        raise ImageError(f"{text} Ask for one with one.", code="IMAGE_CREDENTIAL_AMBIGUOUS")
    return Baked(found[0].decode("utf-8"), is_legacy=False)


def _attachments(data: bytes, limits: Limits) -> list[bytes]:
    from pypdf import PdfReader
    from pypdf._configuration import apply_configuration
    from pypdf.errors import PyPdfError

    quiet = logging.getLogger("pypdf")
    if not quiet.handlers:
        quiet.addHandler(logging.NullHandler())
    most = limits.image_unpacked_bytes
    bounds = apply_configuration(
        maximum_declared_stream_length=limits.image_bytes,
        zlib_maximum_output_length=most,
        lzw_maximum_output_length=most,
        run_length_maximum_output_length=most,
        stream_decoding_work_maximum_length=2 * most,
        disable_legacy_handling=True,
    )
    try:
        with bounds:
            reader = PdfReader(
                io.BytesIO(data),
                root_object_recovery_limit=0,
                xref_stream_maximum_entries=XREF_ENTRIES,
            )
            if reader.is_encrypted:
                text = "The PDF is encrypted. Save it without a password, or take the badge itself."
                raise ImageError(text, code="PDF_ENCRYPTED")
            return [_unpacked(stream, limits) for stream in _streams(reader)]
    except (PyPdfError, *_BREAKAGE) as error:
        text = "This PDF cannot be read: it is damaged. Ask for the original file."
        raise ImageError(text, code="PDF_MALFORMED") from error


def _streams(reader: PdfReader) -> Iterator[Any]:
    """Walk the tree of attachments (PDF 2.0, 7.9.6), each node once."""
    names = _resolved(_resolved(reader.root_object).get("/Names", {}))
    waiting, seen, found = [_resolved(names.get("/EmbeddedFiles", {}))], 0, 0
    while waiting:
        node = waiting.pop()
        seen += 1
        pairs = _resolved(node.get("/Names", []))
        kids = _resolved(node.get("/Kids", []))
        if seen > TREE_NODES or len(kids) > TREE_NODES or len(pairs) > 2 * ATTACHMENTS:
            raise _entangled()
        waiting += [_resolved(kid) for kid in kids]
        for one in pairs[1::2]:
            found += 1
            if found > ATTACHMENTS:
                raise _entangled()
            files = _resolved(_resolved(one).get("/EF", {}))
            stream = files.get("/UF", files.get("/F"))
            if stream is not None:
                yield _resolved(stream)


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _unpacked(stream: Any, limits: Limits) -> bytes:
    """Unpack an attachment: as it is, or Flate; nobody attaches files in another way."""
    filters = _resolved(stream.get("/Filter"))
    listed = filters if isinstance(filters, list) else [filters]
    raw = bytes(stream._data)  # noqa: SLF001 - the only way to the bytes before they are unpacked
    if listed == ["/FlateDecode"] and "/DecodeParms" not in stream:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(raw, limits.document_bytes + 1)
    elif listed not in ([None], []):
        return b""
    if len(raw) > limits.document_bytes:
        text = "What is attached to the PDF is too large for a credential."
        raise ImageError(text, code="IMAGE_TEXT_TOO_LARGE")
    return raw


def _is_credential(attached: bytes, limits: Limits) -> bool:
    try:
        document_of(attached, limits)
    except CredentialError:
        return False
    return True


def _entangled() -> ImageError:
    text = "The PDF has too many attachments to look through them. Ask for the certificate itself."
    return ImageError(text, code="PDF_TOO_ENTANGLED")
