"""Many credentials over HTTP: a job is begun, looked at, read in pages, checked again, deleted.

The address of a job is its only secret: whoever has it may do all of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from credentials.limits import Limits
from service.pages import Upload
from service.web import RequestRefusedError, json_response, json_schema_of, refusals
from service.web.limiting import network_of
from service.web.pacing import slow_down
from service.web.problems import refusal
from verifier.employer.bulk_intake import UPLOAD_BYTES, document_in, entries_in, within_room
from verifier.employer.bulk_pages import progress_of
from verifier.employer.entries import Entry
from verifier.employer.jobs import ROWS, Job, JobError, Jobs
from verifier.employer.rows import Row, Wanted

TAG = Tag(name="jobs", description="Many credentials at once; nothing is kept beyond memory.")
ROWS_AT_ONCE = 1_000
STATUSES = {"JOBS_FULL": 503, "OWN_JOBS_FULL": 429}
ZIP, CSV, LINES = "application/zip", "text/csv", "application/x-ndjson"
BODIES: dict[str, dict[str, Any]] = {
    ZIP: {"schema": {"description": "An archive of credentials."}},
    CSV: {"schema": {"description": "A table with a column of links."}},
    LINES: {"schema": {"description": "One credential a line (JSON Lines), or a token."}},
}
"""Kinds of bodies that begin a job; what is no JSON has no schema (OpenAPI 3.1, 4.8.14.3)."""

_NULLABLE = {"anyOf": [{"type": "string"}, {"type": "null"}]}
PROGRESS_SCHEMA = {
    "type": "object",
    "required": ["id", "state", "done", "total", "rate", "seconds_left"],
    "properties": {
        "id": {"type": "string"},
        "state": {"enum": ["waiting", "running", "finished", "cancelled", "failed"]},
        "done": {"type": "integer"},
        "total": {"type": "integer"},
        "rate": _NULLABLE,
        "seconds_left": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
}
ROWS_SCHEMA = {
    "type": "object",
    "required": ["rows", "following"],
    "properties": {
        "rows": {"type": "array", "items": {"type": "object"}},
        "following": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
}


class JobPath(BaseModel):
    """The address of a job."""

    job_id: Annotated[str, Field(max_length=64)]


class RowsWanted(BaseModel):
    """Which rows are wanted."""

    model_config = ConfigDict(extra="forbid")

    answer: Annotated[str, Field(max_length=40, description="Only rows with this answer.")] = ""
    issuer: Annotated[str, Field(max_length=2_048)] = ""
    level: Annotated[str, Field(max_length=400)] = ""
    after: Annotated[int, Field(ge=0, description="Only rows with a greater number.")] = 0


def job_operations(jobs: Jobs, limits: Limits) -> APIBlueprint:
    """Build the operations."""
    operations = APIBlueprint("jobs", __name__, abp_tags=[TAG], abp_responses={})
    told = {200: json_schema_of("How far it is.", PROGRESS_SCHEMA), **refusals(400, 404)}
    made = {201: json_schema_of("Begun.", PROGRESS_SCHEMA), **refusals(400, 413, 415, 429, 503)}
    rows = {200: json_schema_of("The rows.", ROWS_SCHEMA), **refusals(400, 404)}
    body = {"requestBody": {"required": True, "content": BODIES}}

    @operations.post("/jobs", responses=made, openapi_extensions=body)
    def begin_job() -> Response:
        """Begin to check many credentials."""
        slow_down(jobs.limit)
        return _told(_begun(jobs, limits), jobs, 201)

    @operations.get("/jobs/<job_id>", responses=told)
    def look_at_job(path: JobPath) -> Response:
        """Tell how far a job is."""
        return _told(_found(jobs, path), jobs)

    @operations.get("/jobs/<job_id>/rows", responses=rows)
    def read_rows(path: JobPath, query: RowsWanted) -> Response:
        """Read the rows that are there, up to 1,000 at a time."""
        return _rows(_found(jobs, path), query)

    _add_changes(operations, jobs)
    return operations


def _add_changes(operations: APIBlueprint, jobs: Jobs) -> None:
    """Add what changes a job that is there."""
    told = {200: json_schema_of("How far it is.", PROGRESS_SCHEMA), **refusals(400, 404)}

    @operations.post("/jobs/<job_id>/cancel", responses=told)
    def cancel_job(path: JobPath) -> Response:
        """Stop a job; its rows stay."""
        job = _found(jobs, path)
        jobs.cancel(job)
        return _told(job, jobs)

    @operations.post("/jobs/<job_id>/again", responses={**told, **refusals(429)})
    def check_again(path: JobPath) -> Response:
        """Check everything again, as of now."""
        slow_down(jobs.limit)
        job = _found(jobs, path)
        jobs.again(job)
        return _told(job, jobs)

    @operations.delete(
        "/jobs/<job_id>", responses={204: {"description": "Deleted."}, **refusals(400, 404)}
    )
    def delete_job(path: JobPath) -> Response:
        """Delete a job with all that it has."""
        jobs.forget(_found(jobs, path))
        return Response(status=204)


def _found(jobs: Jobs, path: JobPath) -> Job:
    job = jobs.find(path.job_id)
    if job is None:
        raise RequestRefusedError("There is no such job any more.", status=404, code="NO_JOB")
    return job


def _told(job: Job, jobs: Jobs, status: int = 200) -> Response:
    return json_response({"id": job.id, **progress_of(job, jobs)}, status)


def _begun(jobs: Jobs, limits: Limits) -> Job:
    entries = tuple(islice(within_room(_entries(_body(), limits)), ROWS + 1))
    try:
        return jobs.begin(entries, network_of(request.remote_addr or ""))
    except JobError as error:
        status = STATUSES.get(error.code, 400)
        raise RequestRefusedError(error.message, status=status, code=error.code) from error


def _body() -> bytes:
    """Read the body, as far as it may go; it is not packed in any other way."""
    packed = request.headers.get("Content-Encoding", "identity").strip().lower()
    if request.mimetype not in BODIES or packed not in ("", "identity"):
        raise refusal(415, Accept=", ".join(BODIES))
    data: bytes = request.stream.read(UPLOAD_BYTES + 1)
    if len(data) > UPLOAD_BYTES:
        raise refusal(413)
    return data


def _entries(data: bytes, limits: Limits) -> Iterator[Entry]:
    if request.mimetype == LINES:
        for number, line in enumerate(data.split(b"\n"), start=1):
            if line.strip():
                # A line is a document: an archive in each would unpack to very much.
                yield document_in(Upload(f"line {number}", line.strip()), limits)
        return
    name = "links.csv" if request.mimetype == CSV else "archive.zip"
    yield from entries_in(Upload(name, data), limits)


def _rows(job: Job, query: RowsWanted) -> Response:
    wanted = Wanted(query.answer, query.issuer, query.level)
    later = [row for row in list(job.rows) if row.number > query.after]
    chosen = list(islice(wanted.of(later), ROWS_AT_ONCE + 1))
    shown = chosen[:ROWS_AT_ONCE]
    following = shown[-1].number if len(chosen) > len(shown) else None
    return json_response({"rows": list(map(_row, shown)), "following": following})


def _row(row: Row) -> dict[str, object]:
    members: dict[str, object] = {"number": row.number, "file": row.name, "answer": row.answer}
    if row.link:
        members["link"] = row.link
    if row.refusal:
        members |= {"code": row.refusal, "detail": row.detail or row.reason}
    return {**members, **(row.found or {})}
