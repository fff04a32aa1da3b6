"""Answering questions by a link: whoever handed a course in needs no account here."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from authority.desk.services import DeskServices
from authority.handed_in import CourseFault, HandedInError, courses_of_file, sound_courses
from authority.store import State, Submission
from authority.store.submissions import Step, described
from credentials.json_types import JsonObject
from service.errors import NotFoundError
from service.pages import FieldError, form_text, gettext, page_response, uploads
from service.people import Act, OfficeRoom

SENDER = "sender"
"""Who acts by such a link, in the log."""


def add_answering(room: OfficeRoom, services: DeskServices) -> None:
    """Add the pages."""
    submissions = services.store.submissions

    def opened(secret: str) -> Submission | None:
        try:
            return submissions.of_answer(secret)
        except NotFoundError:
            return None

    def gone() -> Response:
        """Tell whoever comes back, or after newer questions, why there is nothing to answer."""
        return page_response("authority_desk/nothing_asked.html", status=404, room=room)

    @room.pages.get("/answer/<secret>")
    def answer(secret: str) -> Response:
        known = opened(secret)
        return gone() if known is None else _page(room, services, known, [])

    @room.pages.post("/answer/<secret>")
    def take_answer(secret: str) -> Response:
        known, text = opened(secret), form_text("answer")
        if known is None:
            return gone()
        if not text:
            error = FieldError("answer", gettext("Write your answer."))
            return _page(room, services, known, [error])
        try:
            members = _new_description(known)
        except HandedInError as error:
            return _page(room, services, known, [FieldError("file", error.message)])
        values = {} if members is None else described(members, known.sender)
        step = Step.to(State.ANSWERED, "answered", text, **values, answer_digest=None)
        act = Act(SENDER, services.now())
        submissions.take(act, known.id, known.revision, step, when=frozenset({State.QUESTIONED}))
        return page_response("authority_desk/answered.html", room=room, submission=known)


def _new_description(known: Submission) -> JsonObject | None:
    """Read the changed description, if one was sent."""
    files = uploads("file")
    if not files:
        return None
    return changed_description(known, courses_of_file(files[0].name, files[0].data))


def changed_description(known: Submission, courses: Sequence[JsonObject]) -> JsonObject:
    """Find the course that was asked about; raise `HandedInError` unless it is there once."""
    own = [one for one in sound_courses(courses) if one["id"] == known.course]
    if len(own) != 1:
        why = f"This does not describe the course {known.course}, once."
        raise HandedInError([CourseFault("", why)])
    return own[0]


def _page(
    room: OfficeRoom,
    services: DeskServices,
    submission: Submission,
    errors: Sequence[FieldError],
) -> Response:
    remarks = services.store.submissions.remarks(submission.id)
    asked = [one for one in remarks if one.kind == "questioned"]
    return page_response(
        "authority_desk/answer.html",
        status=422 if errors else 200,
        errors=errors,
        room=room,
        submission=submission,
        questions=asked[-1],
        answer=form_text("answer"),
    )
