"""All pages of the desk, in one room, with what further parts add."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recognition.desk.case_pages import add_case_pages
from recognition.desk.inbox import add_inbox
from recognition.desk.managing import add_managing
from recognition.desk.room import DeskRoom
from recognition.desk.services import DeskServices
from recognition.desk.signing_in import add_signing_in

AddPart = Callable[[DeskRoom], None]
"""Adds the pages of a further part: `room.section`, `room.at`, `room.add` for its own `Pages`."""


def new_desk(services: DeskServices, further: Sequence[AddPart] = ()) -> DeskRoom:
    """Build the desk; the application needs a secret for its cookie (`PagesSettings`).

    Mount `room.pages` and `room.further`.
    """
    room = DeskRoom(services)
    add_signing_in(room)
    add_inbox(room)
    add_case_pages(room)
    for add in further:
        add(room)
    add_managing(room)
    return room
