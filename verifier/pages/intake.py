"""What a reader gives: files, a link, a text, or what an earlier page carried along."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import request

from credentials.baking.recognising import is_carrier
from credentials.errors import TallystickError
from credentials.limits import Limits
from service.code_reading import CodesNotReadError, is_picture
from service.pages import FieldError, Upload, form_text, gettext, uploads
from service.pages.archives import is_archive
from verifier.images import open_image
from verifier.pages.archives import open_archive

FILE, LINK, TEXT = "file", "link", "text"
DOCUMENT, NAME = "document", "name"
"""Fields by which a page carries along what it is about, in base64, and what it was called."""

ONLY = "only"
"""Field that picks one of several documents that are carried along, by its number from 1."""

LINK_CHARACTERS = 2_048
FILES = 200
"""How many files of one form are looked at."""

LINK_SHOWN = 200
"""How much of a link that stood in a code is repeated."""

ReadCodes = Callable[[bytes], tuple[str, ...]]
"""Reads the codes of a picture; raises `CodesNotReadError`."""

Fetch = Callable[[str], bytes]
"""Fetches what stands behind a link, guarded; raises `LinkError`."""


class LinkError(TallystickError):
    """A link leads to nothing that can be checked; the message is for whoever gave it."""

    code = "LINK_NOT_READ"


class IntakeError(Exception):
    """Nothing can be checked, for a reason that stands at a field of the form."""

    def __init__(self, field: str, message: str) -> None:
        """Take the field and the message, in the language of the page."""
        super().__init__(message)
        self.error = FieldError(field, message)


@dataclass(frozen=True, slots=True)
class Intake:
    """How what somebody gives is had: within limits, by following links, by reading codes.

    Without `fetch` links are not followed, without `read_codes` pictures only count for what is in
    their files.
    """

    limits: Limits
    fetch: Fetch | None = None
    read_codes: ReadCodes | None = None


def given(intake: Intake) -> tuple[Upload, ...]:
    """Read what the current request gives, at least one document.

    Raises `IntakeError` where nothing was given, or what was given cannot be had.
    """
    if again := carried():
        return _opened(again, intake.limits)
    if files := uploads(FILE):
        opened = _opened(files, intake.limits)
        return (_decoded(opened[0], intake),) if len(opened) == 1 else opened
    link, text = form_text(LINK, LINK_CHARACTERS), _text(intake.limits)
    if not link and _is_link(text):
        link, text = text, ""
    if link:
        return _opened((_behind(link, intake.fetch),), intake.limits)
    if text:
        return (Upload("", text.encode("utf-8", "surrogatepass")),)
    raise IntakeError(FILE, gettext("Choose a file, enter a link, or paste the credential."))


def carried() -> tuple[Upload, ...]:
    """Read what the page before carried along; what is damaged counts as nothing."""
    names = request.form.getlist(NAME)
    texts = request.form.getlist(DOCUMENT)
    try:
        data = [b64decode(text, validate=True) for text in texts]
    except ValueError:
        # A letter beyond ASCII is another error than a wrong length (`binascii.Error`).
        return ()
    padded = [*names, *([""] * len(data))]
    files = [Upload.named(name, one) for name, one in zip(padded, data, strict=False)]
    only = request.form.get(ONLY, "")
    is_one = only.isdecimal() and only.isascii() and len(only) <= len(str(FILES))
    return tuple(files[int(only) - 1 : int(only)] if is_one and int(only) else files)


def to_carry(files: Sequence[Upload]) -> dict[str, list[str]]:
    """Write files as fields for the next page."""
    return {
        DOCUMENT: [b64encode(one.data).decode("ascii") for one in files],
        NAME: [one.name for one in files],
    }


def _text(limits: Limits) -> str:
    return form_text(TEXT, limits.document_bytes)


def _is_link(text: str) -> bool:
    return text.startswith(("https://", "http://")) and len(text.split()) == 1


def _opened(files: Sequence[Upload], limits: Limits) -> tuple[Upload, ...]:
    """Take files out of an archive, if that is what was given."""
    if len(files) == 1 and is_archive(files[0].data):
        try:
            return open_archive(files[0].data, limits.image_bytes)
        except TallystickError as error:
            text = gettext("The archive cannot be read: %(reason)s", reason=error.message)
            raise IntakeError(FILE, text) from error
    if len(files) > FILES:
        text = gettext("These are too many files at once; %(most)s are taken.", most=FILES)
        raise IntakeError(FILE, text)
    return tuple(files)


def _behind(link: str, fetch: Fetch | None, field: str = LINK) -> Upload:
    shown = link[:LINK_SHOWN]
    if fetch is None:
        text = gettext("This service fetches nothing. Save the file, and choose it here.")
        raise IntakeError(field, text if field == LINK else f"{text} {shown}")
    try:
        return Upload.named(link.partition("?")[0], fetch(link))
    except LinkError as error:
        text = gettext("Nothing was had from this link: %(reason)s", reason=error.message)
        raise IntakeError(field, text if field == LINK else f"{text} {shown}") from error


def _decoded(file: Upload, intake: Intake) -> Upload:
    """Take what the code in a picture says, unless the picture has a credential in its file.

    A code holds a link, which is followed as if it had been entered, or the credential itself.
    """
    if intake.read_codes is None or not _is_mere_picture(file.data, intake.limits):
        return file
    try:
        codes = intake.read_codes(file.data)
    except CodesNotReadError as error:
        text = gettext("No code can be read in the picture: %(reason)s", reason=error.message)
        raise IntakeError(FILE, text) from error
    if len(codes) > 1:
        text = gettext("There are several codes in the picture. Cut it down to the one you mean.")
        raise IntakeError(FILE, text)
    if not codes:
        return file
    code = codes[0].strip()
    if _is_link(code):
        return _opened((_behind(code, intake.fetch, FILE),), intake.limits)[0]
    return Upload(file.name, code.encode("utf-8", "surrogatepass"))


def _is_mere_picture(data: bytes, limits: Limits) -> bool:
    if not is_picture(data):
        return False
    return not is_carrier(data) or open_image(data, limits=limits).lacks_credential
