"""What an employer hands over at once: files, links, and what is refused of it, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.pages import N_

NAME_CHARACTERS = 200
"""How much of a name is kept: of a path in an archive the end, which is the file itself."""

REFUSALS: Mapping[str, str] = {
    "ENTRY_NAME": N_("Its name leads out of the archive. Ask who packed it."),
    "ENTRY_LINK": N_("It is a link to another file, which is not followed."),
    "ENTRY_ENCRYPTED": N_("It needs a password. Pack it again without one."),
    "ENTRY_NESTED": N_("It is an archive inside the archive. Give it by itself."),
    "ENTRY_TOO_LARGE": N_("It is larger than a credential may be."),
    "ENTRY_DAMAGED": N_("It is damaged. Pack it again."),
    "TOO_MUCH": N_("Everything before it took all the room. Give fewer at once."),
    "NO_LINK": N_("There is no link in this line of the table."),
    "LINKS_NOT_FETCHED": N_("This service fetches nothing. Save the file, and give it here."),
    "LINK_NOT_READ": N_("Nothing was had from this link."),
    "LINKS_TOO_SLOW": N_("The links before it took all the time. Give fewer at once."),
    "EMPTY": N_("There is nothing in it."),
}
"""Why something was not looked at, by code."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One of many: bytes of a file, or a link, or the code of why it is not looked at."""

    name: str
    data: bytes = b""
    link: str = ""
    refusal: str = ""

    @classmethod
    def file(cls, name: str, data: bytes) -> Entry:
        """Take a file by a name of somebody else's making; an empty one is refused."""
        return cls(shown_name(name), data, refusal="" if data else "EMPTY")

    @classmethod
    def refused(cls, name: str, refusal: str) -> Entry:
        """Keep what is refused: it gets a row, too."""
        return cls(shown_name(name), refusal=refusal)

    @property
    def size(self) -> int:
        """Count the bytes that it takes to keep."""
        return len(self.data) + len(self.link) + len(self.name)


def shown_name(name: str) -> str:
    """Leave of a name what can be shown on one line."""
    return "".join(sign for sign in name if sign.isprintable())[-NAME_CHARACTERS:]
