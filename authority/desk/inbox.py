"""The inbox: courses that were handed in, searched, and as a table."""

from __future__ import annotations

from flask import Response, request

from authority.desk.services import DeskServices, Right
from authority.desk.shown import STATES
from authority.store import Inbox, State
from service.pages import N_
from service.people import Access, OfficeRoom
from service.spreadsheets import CSV_TYPE, csv_table

FIRST_DIGITS = 7
WORDS_CHARACTERS = 200
EXPORT_PAGES = 400
"""Most pages of the inbox that one table has: 10,000 courses."""

CHOICES = (
    ("open", N_("to be done")),
    ("", N_("all")),
    *((state.value, words) for state, (_tone, _icon, words) in STATES.items()),
)
"""States that can be looked for."""


def add_inbox(room: OfficeRoom, services: DeskServices) -> None:
    """Add the pages."""
    submissions = services.store.submissions

    @room.at("/", Right.READ)
    def start(access: Access) -> Response:
        asked = _asked()
        return room.show(
            access,
            "authority_desk/inbox",
            asked=asked,
            page=submissions.page(asked),
            states=STATES,
            choices=CHOICES,
            is_empty=services.store.next_edition.is_empty(),
        )

    @room.at("/submissions.csv", Right.READ)
    def submissions_as_csv(access: Access) -> Response:
        columns = ("id", "state", "title", "course", "framework", "sender", "received", "changed")
        return table(columns, _rows(services, _asked()), "submissions.csv")


def _rows(services: DeskServices, asked: Inbox) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    first: int | None = 0
    for _page in range(EXPORT_PAGES):
        page = services.store.submissions.page(
            Inbox(asked.words, asked.state, asked.framework, first or 0)
        )
        found += [
            (one.id, one.state.value, one.title, one.course, one.framework, one.sender,
             one.created_at, one.updated_at)
            for one in page.items
        ]  # fmt: skip
        first = page.following
        if first is None:
            break
    return found


def table(columns: tuple[str, ...], rows: list[tuple[str, ...]], name: str) -> Response:
    """Answer with a table whose cells no spreadsheet computes."""
    response = Response(csv_table(columns, rows), content_type=CSV_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def first_of(text: str) -> int:
    """Read where a page begins; 0 for what is no number."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= FIRST_DIGITS
    return int(text) if is_number else 0


def _asked() -> Inbox:
    asked = {
        name: request.args.get(name, "")[:WORDS_CHARACTERS].strip()
        for name in ("words", "state", "framework")
    }
    if "state" not in request.args:
        asked["state"] = "open"
    if asked["state"] not in {"", "open", *(state.value for state in State)}:
        asked["state"] = ""
    return Inbox(**asked, first=first_of(request.args.get("first", "")))
