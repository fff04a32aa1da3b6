"""Files that a reader sends with a form: in memory, within limits, and not kept."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

NAME_CHARACTERS = 120
"""How much of a file's name is repeated."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: its name, to show and never to use as a path, and its bytes."""

    name: str
    data: bytes

    @classmethod
    def named(cls, name: str, data: bytes) -> Upload:
        """Take a file with a name of somebody else's making, of which little is shown."""
        return cls(_shown(name), data)


def uploads(field: str) -> tuple[Upload, ...]:
    """Read the files of a form's field; a field that was left empty has none.

    A request that is larger than its pages allow was refused before (413).
    """
    sent = request.files.getlist(field)
    found = (Upload.named(one.filename or "", one.stream.read()) for one in sent)
    return tuple(one for one in found if one.name or one.data)


def _shown(name: str) -> str:
    """Leave of a name what can be shown on one line: some browsers send a whole path."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:NAME_CHARACTERS]
