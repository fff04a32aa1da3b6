"""The inbox: which cases there are and how each stands, on pages and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask import Response, request

from recognition.desk.access import Right
from recognition.desk.cases import OPEN, Case, InboxAsked, State
from recognition.desk.room import DeskRoom
from recognition.desk.shown import OUTCOMES, STATES
from service.pages import N_, gettext, redirect
from service.people import Access
from service.spreadsheets import CSV_TYPE, csv_table

SEARCH_CHARACTERS = 100
EXPORTED = 10_000
"""Most cases of one table."""

GROUPS: dict[str, tuple[str, tuple[State, ...]]] = {
    "open": (N_("All open"), OPEN),
    "new": (N_("To be decided"), (State.NEW,)),
    "referred": (N_("Referred"), (State.REFERRED,)),
    "second-reading": (N_("For second readers"), (State.SECOND_READING,)),
    "appealed": (N_("Under appeal"), (State.APPEALED,)),
    "decided": (N_("Decided cases"), (State.DECIDED,)),
    "erased": (N_("Erased cases"), (State.ERASED,)),
}
"""What the inbox can show, by its name in addresses."""


def add_inbox(room: DeskRoom) -> None:
    """Add the pages."""
    room.section("inbox", N_("Inbox"), Right.READ)
    _add_start(room)
    _add_list(room)
    _add_table(room)


def _add_start(room: DeskRoom) -> None:
    @room.pages.get("/")
    def start() -> Response:
        """Lead to the first section that somebody may see, or to where one signs in."""
        session = room.door.session()
        if session is None:
            return room.door.to_sign_in()
        access = room.access(session.user)
        own = [one for one in room.sections if one.right in access.rights]
        if not own:
            return room.show(access, "desk/no_section")
        return redirect(room.address(own[0].endpoint))


def _add_list(room: DeskRoom) -> None:
    services = room.services

    @room.at("/inbox", Right.READ)
    def inbox(access: Access) -> Response:
        shown, asked = _asked()
        page = services.store.cases.inbox(asked)
        seen = [one.id for one in page.cases]
        services.store.note(access.act, "inbox.viewed", shown, {"cases": seen})
        return room.show(
            access,
            "desk/inbox",
            cases=page.cases,
            following=None if page.following is None else " ".join(page.following),
            groups=list(_groups(page.counts)),
            shown=shown,
            search=asked.words,
            states=STATES,
            outcomes=OUTCOMES,
            apply_at=f"{services.base}/apply/",
            titles={name: offer.title for name, offer in services.offers().items()},
        )


def _add_table(room: DeskRoom) -> None:
    services = room.services

    @room.at("/inbox.csv", Right.READ)
    def inbox_table(access: Access) -> Response:
        shown, asked = _asked()
        page = services.store.cases.inbox(replace(asked, items=EXPORTED))
        seen = [one.id for one in page.cases]
        services.store.note(access.act, "inbox.exported", shown, {"cases": seen})
        columns = [gettext("Case"), gettext("Received"), gettext("Learner"), gettext("Credentials")]
        columns += [gettext("Applies for"), gettext("How it stands"), gettext("Outcome")]
        data = csv_table(columns, map(_cells, page.cases))
        response = Response(data, content_type=CSV_TYPE)
        response.headers["Content-Disposition"] = 'attachment; filename="inbox.csv"'
        return response


def _cells(one: Case) -> list[str]:
    state = gettext(STATES[one.state][2])
    names = one.learner_name or "", one.title, one.offer
    return [one.id, one.received_at, *names, state, one.outcome or ""]


def _groups(counts: dict[str, int]) -> Iterator[tuple[str, str, int]]:
    for name, (text, states) in GROUPS.items():
        yield name, gettext(text), sum(counts.get(state.value, 0) for state in states)


def _asked() -> tuple[str, InboxAsked]:
    shown = request.args.get("show", "")
    shown = shown if shown in GROUPS else "open"
    after = request.args.get("after", "").split(" ")
    return shown, InboxAsked(
        states=GROUPS[shown][1],
        offer=request.args.get("offer") or None,
        words=request.args.get("search", "")[:SEARCH_CHARACTERS].strip(),
        after=(after[0], after[1]) if len(after) == len(("received", "id")) else None,
    )
