"""Handing in courses at the desk: by form, or by a file."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from authority.desk.course_form import FIELDS, CourseForm
from authority.desk.form_words import PARTICIPATION
from authority.desk.services import DeskServices, Right
from authority.handed_in import CourseFault, HandedInError, courses_of_file
from authority.store import HandedIn
from service.pages import FieldError, form_text, gettext, ngettext, redirect, say, uploads
from service.people import Access, OfficeRoom
from service.spreadsheets import CSV_TYPE, csv_table

SENDER_CHARACTERS = 200
FAULTS_TOLD = 200


def add_receiving(room: OfficeRoom, services: DeskServices) -> None:
    """Add the pages."""
    _add_form(room, services)
    _add_file(room, services)


def _add_form(room: OfficeRoom, services: DeskServices) -> None:
    @room.at("/courses/new", Right.RECEIVE)
    def new_course(access: Access) -> Response:
        return course_page(room, services, access, CourseForm.empty(), [])

    @room.at("/courses/new", Right.RECEIVE, method="POST")
    def take_course(access: Access) -> Response:
        form, sender = CourseForm.sent(), form_text("sender", SENDER_CHARACTERS)
        errors = _sender_errors(sender) + form.errors()
        if errors:
            return course_page(room, services, access, form, errors)
        handed_in = [HandedIn(sender, form.members())]
        (submission,) = services.store.submissions.add(access.act, handed_in)
        say(gettext("The course was handed in."))
        return redirect(room.address("submission", submission=submission))


def _add_file(room: OfficeRoom, services: DeskServices) -> None:
    @room.at("/courses/file", Right.RECEIVE)
    def new_file(access: Access) -> Response:
        return _file_page(room, access, [])

    @room.at("/courses/table.csv", Right.RECEIVE)
    def empty_table(access: Access) -> Response:
        """Give a table without courses, for whoever fills one in with a spreadsheet."""
        response = Response(csv_table(FIELDS, ()), content_type=CSV_TYPE)
        response.headers["Content-Disposition"] = 'attachment; filename="courses.csv"'
        return response

    @room.at("/courses/file", Right.RECEIVE, method="POST")
    def take_file(access: Access) -> Response:
        files, sender = uploads("file"), form_text("sender", SENDER_CHARACTERS)
        errors = _sender_errors(sender)
        if not files:
            errors.append(FieldError("file", gettext("Choose a file.")))
        if errors:
            return _file_page(room, access, errors)
        try:
            courses = courses_of_file(files[0].name, files[0].data)
        except HandedInError as error:
            text = gettext("Nothing was taken. Mend what is named below and send the file again.")
            return _file_page(room, access, [FieldError("file", text)], error.faults)
        services.store.submissions.add(access.act, [HandedIn(sender, one) for one in courses])
        say(ngettext("%(num)s course was handed in.", "%(num)s courses were handed in.",
                     len(courses)))  # fmt: skip
        return redirect(room.address("start"))


def course_page(
    room: OfficeRoom,
    services: DeskServices,
    access: Access,
    form: CourseForm,
    errors: Sequence[FieldError],
    **values: object,
) -> Response:
    """Show the form of a course, which is handed in or changed."""
    shared: dict[str, object] = {
        "form": form,
        "errors": errors,
        "sender": form_text("sender", SENDER_CHARACTERS),
        "frameworks": services.rules().tables.frameworks,
        "units": services.rules().tables.units,
        "submission": None,
        "participation": PARTICIPATION,
    }
    status = 422 if errors else 200
    return room.show(access, "authority_desk/course", status=status, **{**shared, **values})


def _file_page(
    room: OfficeRoom,
    access: Access,
    errors: Sequence[FieldError],
    faults: Sequence[CourseFault] = (),
) -> Response:
    return room.show(
        access,
        "authority_desk/file",
        status=422 if errors else 200,
        errors=errors,
        faults=faults[:FAULTS_TOLD],
        more=max(0, len(faults) - FAULTS_TOLD),
        sender=form_text("sender", SENDER_CHARACTERS),
    )


def _sender_errors(sender: str) -> list[FieldError]:
    return [] if sender else [FieldError("sender", gettext("Say who sends it."))]
