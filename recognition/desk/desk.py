"""All pages of the desk, in one room, with what further parts add."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recognition.desk.access import Right
from recognition.desk.applying import add_applying
from recognition.desk.batches import add_batches
from recognition.desk.case_pages import add_case_pages
from recognition.desk.deciding_pages import add_deciding
from recognition.desk.inbox import add_inbox
from recognition.desk.room import DeskRoom
from recognition.desk.services import DeskServices
from service.pages import N_
from service.people.office_people import add_office_people

AddPart = Callable[[DeskRoom], None]
"""Adds the pages of a further part: `room.section`, `room.at`, `room.part` for its own `Pages`."""


def new_desk(services: DeskServices, further: Sequence[AddPart] = ()) -> DeskRoom:
    """Build the desk; the application needs a secret for its cookie (`PagesSettings`).

    Mount `room.pages` and `room.parts`.
    """
    room = DeskRoom(services)
    add_inbox(room)
    add_case_pages(room)
    add_deciding(room)
    add_batches(room)
    add_applying(room)
    for add in further:
        add(room)
    room.section("people", N_("People"), Right.MANAGE)
    room.section("log", N_("Audit log"), Right.AUDIT)
    add_office_people(room)
    return room
