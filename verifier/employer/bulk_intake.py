"""What the form for many credentials takes: files, archives, tables of links, and links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import islice

from credentials.errors import LimitExceededError, TallystickError
from credentials.limits import Limits
from service.pages import FieldError, Upload, form_text, gettext, uploads
from service.pages.archives import is_archive
from verifier.employer.archives import ArchiveLimits, entries_of
from verifier.employer.entries import Entry
from verifier.employer.jobs import JOB_BYTES, ROWS
from verifier.employer.links import SCHEMES, links_of

FILES, LINKS = "files", "links"
UPLOAD_BYTES = 20_971_520
"""Most that is sent at once; an archive of so many bytes holds some 20,000 badges."""

ARCHIVES = 10
"""How many archives one form may bring: what each holds is only known once it is unpacked."""

LINKS_CHARACTERS = 400_000
"""Longest text of links, one a line."""

TABLES = (".csv", ".tsv")
LISTS = (".txt",)
"""Ends of names of tables of links, and of texts that may be lists of links."""


def given_entries(limits: Limits) -> tuple[Entry, ...] | FieldError:
    """Read what the form gives, or what is wrong with it; one more than a job may have tells so."""
    text = form_text(LINKS, LINKS_CHARACTERS).encode("utf-8", "replace")
    files = uploads(FILES)
    if not files and not text:
        return FieldError(FILES, gettext("Choose files or an archive, or enter links."))
    try:
        found = tuple(islice(within_room(_entries(files, text, limits)), ROWS + 1))
    except TallystickError as error:
        said = gettext("The archive cannot be read: %(reason)s", reason=error.message)
        return FieldError(FILES, said)
    return found or FieldError(FILES, gettext("There is nothing in it to check."))


def within_room(entries: Iterator[Entry]) -> Iterator[Entry]:
    """Stop after what no job has room for: several small archives could unpack to very much."""
    left = JOB_BYTES
    for entry in entries:
        yield entry
        left -= entry.size
        if left < 0:
            return


def _entries(files: Sequence[Upload], text: bytes, limits: Limits) -> Iterator[Entry]:
    if sum(is_archive(file.data) for file in files) > ARCHIVES:
        text_of_it = f"These are more than {ARCHIVES} archives. Give fewer at once."
        raise LimitExceededError(text_of_it, code="ARCHIVE_TOO_LARGE")
    for file in files:
        yield from entries_in(file, limits)
    yield from links_of(text)


def entries_in(file: Upload, limits: Limits) -> Iterator[Entry]:
    """Read what one file is: an archive, a table of links, or a credential.

    Raises `TallystickError` for an archive that cannot be read at all.
    """
    if is_archive(file.data):
        room = ArchiveLimits(ROWS, limits.image_bytes, JOB_BYTES)
        yield from entries_of(BytesIO(file.data), room)
    elif _is_table(file):
        yield from links_of(file.data)
    else:
        yield document_in(file, limits)


def document_in(file: Upload, limits: Limits) -> Entry:
    """Take a file as one credential, whatever it is."""
    if len(file.data) > limits.image_bytes:
        return Entry.refused(file.name, "ENTRY_TOO_LARGE")
    return Entry.file(file.name, file.data)


def _is_table(file: Upload) -> bool:
    name = file.name.lower()
    begins_with_link = file.data.lstrip().startswith(tuple(one.encode() for one in SCHEMES))
    return name.endswith(TABLES) or (name.endswith(LISTS) and begins_with_link)
