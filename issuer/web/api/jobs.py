"""Rosters over the API: dry run, job, progress, retry, results."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint

from credentials.json_types import JsonObject
from issuer.rosters import DEFAULT_ROSTER_LIMITS, DryRun, RosterError, csv_lines
from issuer.store import Act, ConflictError, Job, Scope
from issuer.web.api.application import IssuerApi
from issuer.web.api.documenting import answers, blueprint
from issuer.web.api.messages import (
    Identified,
    JobQuery,
    PageQuery,
    RowQuery,
    handed_json,
    job_json,
    page_json,
    row_json,
)
from service.web import json_response, problem_response
from service.web.problems import refusal

KEPT_IN_MEMORY = 1_048_576
"""Bytes of a roster that are kept in memory; a larger one goes into a temporary file."""

PIECE_BYTES = 65_536
RESULT_COLUMNS = ("row", "state", "credential", "code", "message")


def operations(api: IssuerApi) -> APIBlueprint:
    """Build the operations about rosters."""
    made = blueprint("jobs", "Rosters: checked whole, then issued row by row.")
    access, known = api.access, api.store.jobs

    @made.post("/jobs", responses=answers(201, "The job, or what a dry run found.", 413))
    def add_job(query: JobQuery) -> Response:
        """Upload a roster (CSV or XLSX as the body); it is issued unless anything is wrong."""
        act = access.require(Scope.CREDENTIALS_ISSUE)
        api.store.achievements.version(act.tenant_id, query.achievement)
        if query.letters and not api.sends_mail:
            text = "No mail server is set up, so no letters are sent (see docs/delivery.md)."
            raise ConflictError(text, code="MAIL_NOT_SET_UP")
        with uploaded() as file:
            try:
                found = api.read_dry(file)
                if query.dry_run or not found.can_be_issued:
                    return json_response(_dry_json(found), 200 if query.dry_run else 400)
                job = known.make(
                    act,
                    achievement_id=query.achievement,
                    rows=api.requests_in(file),
                    source=query.source,
                    sends_letters=query.letters,
                )
            except RosterError as error:
                return problem_response(error, 400)
        return _job(api, act, known.start(act, job.id), 201)

    _add_reading(made, api)
    _add_acts(made, api)
    _add_results(made, api)
    return made


def _add_reading(made: APIBlueprint, api: IssuerApi) -> None:
    access, known = api.access, api.store.jobs

    @made.get("/jobs", responses=answers(200, "A page of jobs."))
    def list_jobs(query: PageQuery) -> Response:
        """List jobs, the newest first."""
        act = access.require(Scope.CREDENTIALS_READ)
        page = known.page(act.tenant_id, after=query.cursor(), items=query.items)
        now = api.now()
        return json_response(
            page_json(
                "jobs",
                page,
                lambda one: job_json(one, known.progress(act.tenant_id, one.id, now)),
            )
        )

    @made.get("/jobs/<string:id>", responses=answers(200, "The job."))
    def show_job(path: Identified) -> Response:
        """Show a job, how far it has come, and how far its credentials reached their learners."""
        act = access.require(Scope.CREDENTIALS_READ)
        job = known.get(act.tenant_id, path.id)
        progress = known.progress(act.tenant_id, job.id, api.now())
        handed = handed_json(api.store.overviews.of_job(act.tenant_id, job.id))
        return json_response({**job_json(job, progress), "handedOver": handed})

    @made.get("/jobs/<string:id>/rows", responses=answers(200, "A page of rows."))
    def list_rows(path: Identified, query: RowQuery) -> Response:
        """List what became of the rows, in the order of the file."""
        act = access.require(Scope.CREDENTIALS_READ)
        page = known.rows(
            act.tenant_id, path.id, state=query.state, after=query.cursor(), items=query.items
        )
        return json_response(page_json("rows", page, row_json))


def _add_acts(made: APIBlueprint, api: IssuerApi) -> None:
    known, access = api.store.jobs, api.access

    @made.post("/jobs/<string:id>/retry", responses=answers(200, "The job.", 409))
    def retry_job(path: Identified) -> Response:
        """Issue the rows that failed once more."""
        act = access.require(Scope.CREDENTIALS_ISSUE)
        return _job(api, act, known.retry(act, path.id))

    @made.post("/jobs/<string:id>/stop", responses=answers(200, "The job.", 409))
    def stop_job(path: Identified) -> Response:
        """Let a job rest; what was issued stays issued."""
        act = access.require(Scope.CREDENTIALS_ISSUE)
        return _job(api, act, known.stop(act, path.id))

    @made.post("/jobs/<string:id>/start", responses=answers(200, "The job.", 409))
    def start_job(path: Identified) -> Response:
        """Let a job run on."""
        act = access.require(Scope.CREDENTIALS_ISSUE)
        return _job(api, act, known.start(act, path.id))


def _add_results(made: APIBlueprint, api: IssuerApi) -> None:
    @made.get("/jobs/<string:id>/results.csv", responses=answers(200, "A table of all rows."))
    def download_results(path: Identified) -> Response:
        """Download what became of each row."""
        act = api.access.require(Scope.CREDENTIALS_READ)
        job = api.store.jobs.get(act.tenant_id, path.id)
        rows = (
            (
                str(row.number),
                row.state,
                row.credential_id or "",
                row.error_code or "",
                row.error or "",
            )
            for row in api.store.jobs.all_rows(act.tenant_id, job.id)
        )
        lines = csv_lines(RESULT_COLUMNS, rows)
        return Response(lines, content_type="text/csv; charset=utf-8")


@contextmanager
def uploaded() -> Iterator[BinaryIO]:
    """Give the body of the request as a file; raise a refusal (413) if it is too long."""
    most, length = DEFAULT_ROSTER_LIMITS.file_bytes, 0
    if (request.content_length or 0) > most:
        raise refusal(413)
    with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY) as file:
        while piece := request.stream.read(PIECE_BYTES):
            length += len(piece)
            if length > most:
                raise refusal(413)
            file.write(piece)
        file.seek(0)
        yield cast("BinaryIO", file)


def _job(api: IssuerApi, act: Act, job: Job, status: int = 200) -> Response:
    progress = api.store.jobs.progress(act.tenant_id, job.id, api.now())
    return json_response(job_json(job, progress), status)


def _dry_json(found: DryRun) -> JsonObject:
    return {
        "learners": found.learners,
        "canBeIssued": found.can_be_issued,
        "faultCount": found.fault_count,
        "faultyRows": found.faulty_rows,
        "faults": [
            {"row": one.row, "column": one.column, "code": one.code, "message": one.message}
            for one in found.faults
        ],
    }
