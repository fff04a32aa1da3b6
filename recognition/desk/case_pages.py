"""One case: what was handed in, and who has looked at it; every look is written down."""

from __future__ import annotations

from flask import Response

from recognition.desk.access import Right, Visit
from recognition.desk.cases import Case
from recognition.desk.errors import NotAtDeskError
from recognition.desk.room import DeskRoom
from recognition.desk.shown import CAME_BY, OUTCOMES, STATES


def add_case_pages(room: DeskRoom) -> None:
    """Add the pages."""
    services = room.services

    @room.at("/cases/<case>", Right.READ)
    def case(visit: Visit, case: str) -> Response:
        return case_page(room, visit, services.store.cases.get(case))

    @room.at("/cases/<case>/documents/<int:number>", Right.READ)
    def document(visit: Visit, case: str, number: int) -> Response:
        documents = services.store.cases.documents(case)
        if not 0 < number <= len(documents):
            raise NotAtDeskError("There is no such document here.")
        services.store.audit.record(visit.act, "document.viewed", case, document=number)
        # Whatever it is, a browser saves it and shows nothing of it.
        response = Response(documents[number - 1].data, content_type="application/octet-stream")
        name = f"{case}-{number}.bin"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def case_page(room: DeskRoom, visit: Visit, case: Case, *, status: int = 200) -> Response:
    """Show a case, and write down who saw it."""
    store = room.services.store
    store.audit.record(visit.act, "case.viewed", case.id)
    names = {f"user:{one.id}": one.name for one in store.people.all()}
    offer = room.services.offers().get(case.offer)
    return room.show(
        visit,
        "desk/case",
        status=status,
        case=case,
        offer=case.offer if offer is None else offer.title,
        others=store.cases.see(case.id, visit.person.id, visit.at),
        documents=store.cases.documents(case.id),
        history=[one for one in store.audit.about(case.id) if one.kind != "case.viewed"],
        names=names,
        states=STATES,
        outcomes=OUTCOMES,
        came_by=CAME_BY,
    )
