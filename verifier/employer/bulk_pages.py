"""The pages for many credentials: the form, the job with its progress, its table, its rows."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Response, abort, request, url_for

from service.pages import FieldError, Pages, gettext, page_response, redirect
from service.pages.foreign import foreign
from service.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_table, xlsx_table
from service.web import json_response
from service.web.limiting import network_of
from service.web.pacing import slow_down
from verifier.employer.bulk_intake import LINKS, LINKS_CHARACTERS, UPLOAD_BYTES, given_entries
from verifier.employer.explained import explained
from verifier.employer.jobs import JOB_BYTES, LIFETIME_SECONDS, ROWS, Job, JobError, Jobs
from verifier.employer.rows import COLUMNS, Row, Wanted
from verifier.pages import VerifierPage
from verifier.verifier import Verifier

PAGE_ROWS = 100
"""How many rows stand on one page."""

CHOICES = 200
"""How many issuers or levels a filter lists."""

TABLES = {
    "csv": (csv_table, CSV_TYPE, "verification.csv"),
    "xlsx": (xlsx_table, XLSX_TYPE, "verification.xlsx"),
}
"""Forms of tables, by the end of their address."""

Act = Callable[[Job], None]


def add_bulk_pages(pages: Pages, page: VerifierPage, jobs: Jobs) -> None:
    """Add the pages about jobs."""

    @pages.get("/bulk")
    def bulk() -> Response:
        return _form(page)

    @pages.post("/bulk")
    def begin() -> Response:
        slow_down(jobs.limit)
        return _begin(page, jobs)

    @pages.get("/bulk/<job_id>")
    def job(job_id: str) -> Response:
        return _job_page(_job(jobs, job_id), jobs)

    @pages.get("/bulk/<job_id>/progress")
    def progress(job_id: str) -> Response:
        return json_response(progress_of(_job(jobs, job_id), jobs))

    @pages.get("/bulk/<job_id>/<int:number>")
    def row(job_id: str, number: int) -> Response:
        return _row_page(page, _job(jobs, job_id), number)

    @pages.get("/bulk/<job_id>/table.<kind>")
    def table(job_id: str, kind: str) -> Response:
        return _table(_job(jobs, job_id), kind)

    _add_changes(pages, jobs)


def _add_changes(pages: Pages, jobs: Jobs) -> None:
    """Add what changes a job that is there."""

    @pages.post("/bulk/<job_id>/cancel")
    def cancel(job_id: str) -> Response:
        return _after(jobs, job_id, jobs.cancel)

    @pages.post("/bulk/<job_id>/again")
    def again(job_id: str) -> Response:
        slow_down(jobs.limit)
        return _after(jobs, job_id, jobs.again)

    @pages.post("/bulk/<job_id>/delete")
    def delete(job_id: str) -> Response:
        jobs.forget(_job(jobs, job_id))
        return redirect(url_for("employer.bulk"))


def progress_of(job: Job, jobs: Jobs) -> dict[str, object]:
    """Tell how far a job is, for programs."""
    progress = job.progress(jobs.tools.clock())
    return {
        "state": progress.state.value,
        "done": progress.done,
        "total": progress.total,
        "rate": None if progress.rate is None else str(round(progress.rate, 1)),
        "seconds_left": None if progress.seconds_left is None else round(progress.seconds_left),
    }


def _job(jobs: Jobs, job_id: str) -> Job:
    found = jobs.find(job_id)
    if found is None:
        abort(404)
    return found


def _after(jobs: Jobs, job_id: str, act: Act) -> Response:
    act(_job(jobs, job_id))
    return redirect(url_for("employer.job", job_id=job_id))


def _form(page: VerifierPage, *errors: FieldError, status: int = 200) -> Response:
    return page_response(
        "employer/bulk.html",
        status=status,
        errors=errors,
        fetches=page.fetch is not None,
        links=request.form.get(LINKS, "")[:LINKS_CHARACTERS],
        links_characters=LINKS_CHARACTERS,
        upload_mebibytes=UPLOAD_BYTES >> 20,
        job_mebibytes=JOB_BYTES >> 20,
        rows=ROWS,
        hours=round(LIFETIME_SECONDS / 3_600),
        most_bytes=UPLOAD_BYTES,
    )


def _begin(page: VerifierPage, jobs: Jobs) -> Response:
    given = given_entries(page.limits)
    if isinstance(given, FieldError):
        return _form(page, given, status=422)
    try:
        job = jobs.begin(given, network_of(request.remote_addr or ""))
    except JobError as error:
        return _form(page, FieldError("files", JOB_ERRORS[error.code]()), status=422)
    return redirect(url_for("employer.job", job_id=job.id))


JOB_ERRORS: dict[str, Callable[[], str]] = {
    "JOB_EMPTY": lambda: gettext("There is nothing in it to check."),
    "JOB_TOO_LARGE": lambda: gettext(
        "These are more than %(rows)s credentials, or more than %(size)s MiB. Give fewer at once.",
        rows=ROWS,
        size=JOB_BYTES >> 20,
    ),
    "OWN_JOBS_FULL": lambda: gettext(
        "All room for your jobs is taken. Delete one that is done, or try again later."
    ),
    "JOBS_FULL": lambda: gettext(
        "All room is taken by others just now. Delete a job of yours that is done, or try again "
        "later."
    ),
}
"""What is said where a job cannot be begun, by code."""


def _wanted() -> Wanted:
    return Wanted(*(request.args.get(name, "") for name in Wanted._fields))


def _job_page(job: Job, jobs: Jobs) -> Response:
    rows, wanted = list(job.rows), _wanted()
    chosen = list(wanted.of(rows))
    pages = max(1, -(-len(chosen) // PAGE_ROWS))
    number = min(max(request.args.get("page", 1, int), 1), pages)
    return page_response(
        "employer/job.html",
        job=job,
        progress=job.progress(jobs.tools.clock()),
        rows=chosen[(number - 1) * PAGE_ROWS : number * PAGE_ROWS],
        chosen=len(chosen),
        wanted=wanted,
        kept={name: value for name, value in wanted._asdict().items() if value},
        page_number=number,
        pages=pages,
        answers=_answers(rows),
        issuers=_choices(row.issuer for row in rows),
        levels=_choices(row.level for row in rows),
        hours=round(LIFETIME_SECONDS / 3_600),
    )


def _answers(rows: Sequence[Row]) -> list[tuple[Row, int]]:
    """Count each answer, and give a row that has it."""
    counts, first = Counter(row.answer for row in rows), {row.answer: row for row in reversed(rows)}
    return [(first[answer], count) for answer, count in counts.most_common()]


def _choices(values: Iterable[str]) -> list[tuple[str, str]]:
    """List what a filter can be set to: each value with its text."""
    return [(value, value) for value in sorted(set(values)) if value][:CHOICES]


def _table(job: Job, kind: str) -> Response:
    if kind not in TABLES:
        abort(404)
    write, media_type, name = TABLES[kind]
    rows = ([foreign(cell) for cell in row.cells()] for row in _wanted().of(list(job.rows)))
    response = Response(write(COLUMNS, rows), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _row_page(page: VerifierPage, job: Job, number: int) -> Response:
    """Check one entry again, and show everything about it."""
    row = next((one for one in list(job.rows) if one.number == number), None)
    if row is None:
        abort(404)
    data = b"" if row.refusal else job.data_of(number)
    return page_response("employer/row.html", job=job, row=row, **_answer(page, data))


def _answer(page: VerifierPage, data: bytes) -> dict[str, Any]:
    if not data:
        return {"answer": None, "viewpoint": None, "document": ""}
    answer, viewpoint = explained(page, Verifier(page.world()).inspect(data))
    encoded = b64encode(data).decode("ascii")
    return {"answer": answer, "viewpoint": viewpoint, "document": encoded}
