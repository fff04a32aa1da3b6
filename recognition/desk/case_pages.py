"""One case: what was handed in, and who has looked at it; every look is written down."""

from __future__ import annotations

from flask import Response

from recognition.desk.access import Right
from recognition.desk.cases import Case
from recognition.desk.room import DeskRoom
from recognition.desk.shown import CAME_BY, OUTCOMES, STATES
from service.errors import NotFoundError
from service.people import Access


def add_case_pages(room: DeskRoom) -> None:
    """Add the pages."""
    services = room.services

    @room.at("/cases/<case>", Right.READ)
    def case(access: Access, case: str) -> Response:
        return case_page(room, access, services.store.cases.get(case))

    @room.at("/cases/<case>/documents/<int:number>", Right.READ)
    def document(access: Access, case: str, number: int) -> Response:
        documents = services.store.cases.documents(case)
        if not 0 < number <= len(documents):
            raise NotFoundError("There is no such document here.")
        services.store.note(access.act, "document.viewed", case, {"document": number})
        # Whatever it is, a browser saves it and shows nothing of it.
        response = Response(documents[number - 1].data, content_type="application/octet-stream")
        name = f"{case}-{number}.bin"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def case_page(room: DeskRoom, access: Access, case: Case, *, status: int = 200) -> Response:
    """Show a case, and write down who saw it."""
    store = room.services.store
    store.note(access.act, "case.viewed", case.id)
    offer = room.services.offers().get(case.offer)
    return room.show(
        access,
        "desk/case",
        status=status,
        case=case,
        offer=case.offer if offer is None else offer.title,
        others=store.cases.see(case.id, access.user.id, access.at),
        documents=store.cases.documents(case.id),
        history=[one for one in store.office.about(case.id) if not one.kind.endswith(".viewed")],
        names=store.office.names(),
        states=STATES,
        outcomes=OUTCOMES,
        came_by=CAME_BY,
    )
