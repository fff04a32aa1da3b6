"""Archives of several credentials, as far as the page reads them."""

from __future__ import annotations

from service.pages import Upload, archives

ENTRIES = 200
"""How many files of one archive are read."""

UNPACKED_BYTES = 20_971_520
"""How large all files of one archive may be together."""


def open_archive(data: bytes, most_of_one: int) -> tuple[Upload, ...]:
    """Read the files of an archive; `most_of_one` is the size of the largest (bytes).

    Raises what `service.pages.archives.open_archive` raises.
    """
    return archives.open_archive(data, archives.ArchiveSize(ENTRIES, UNPACKED_BYTES, most_of_one))
