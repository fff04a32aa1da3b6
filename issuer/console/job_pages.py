"""Jobs: how far a roster has come, what failed, trying again, and the file of results."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request, url_for

from issuer.console.access import Access, Right
from issuer.console.room import Console
from issuer.rosters import csv_lines
from issuer.store import Job, JobRow
from service.pages import N_, gettext, redirect, say
from service.web.responses import json_response

STATES = {
    "ready": N_("Ready"),
    "running": N_("Running"),
    "stopped": N_("Stopped"),
    "finished": N_("Finished"),
}
"""How the states of jobs are called."""

ROW_STATES = {"waiting": N_("Waiting"), "issued": N_("Issued"), "failed": N_("Failed")}
RESULT_COLUMNS = ("row", "email", "name", "state", "credential", "code", "error")


def add_jobs(console: Console) -> None:
    """Add the pages."""
    _add_looking(console)
    _add_results(console)


def _add_looking(console: Console) -> None:
    store = console.services.store

    @console.at("/jobs", Right.READ)
    def jobs(access: Access) -> Response:
        page = store.jobs.page(access.tenant.id, after=request.args.get("after"))
        return console.show(access, "jobs", page=page, states=STATES)

    @console.at("/jobs/<job>", Right.READ)
    def job(access: Access, job: str) -> Response:
        known = store.jobs.get(access.tenant.id, job)
        return console.show(
            access,
            "job",
            job=known,
            progress=store.jobs.progress(access.tenant.id, job, access.at),
            failed=store.jobs.rows(access.tenant.id, job, state="failed", items=100).items,
            achievement=store.achievements.get(access.tenant.id, known.achievement_id),
            states=STATES,
            handed=store.overviews.of_job(access.tenant.id, job),
            sends_mail=console.services.sends_mail,
        )

    @console.at("/jobs/<job>/progress", Right.READ)
    def job_progress(access: Access, job: str) -> Response:
        """Answer the script of the page; without it the page itself says the same."""
        known = store.jobs.get(access.tenant.id, job)
        found = store.jobs.progress(access.tenant.id, job, access.at)
        return json_response(
            {
                "state": known.state,
                "total": found.total,
                "issued": found.issued,
                "failed": found.failed,
                "rate": found.rows_per_minute,
                "left": found.seconds_left,
            }
        )


def _add_results(console: Console) -> None:
    store = console.services.store

    @console.at("/jobs/<job>/result.csv", Right.READ)
    def job_result(access: Access, job: str) -> Response:
        known = store.jobs.get(access.tenant.id, job)
        rows = _result_rows(console, access, known)
        response = Response(csv_lines(RESULT_COLUMNS, rows), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="result.csv"'
        return response

    @console.at("/jobs/<job>/<step>", Right.ISSUE, method="POST")
    def move_job(access: Access, job: str, step: str) -> Response:
        store.jobs.get(access.tenant.id, job)
        if step == "stop":
            store.jobs.stop(access.act, job)
            say(gettext("The job rests. What was issued stays issued."))
        elif step == "retry":
            store.jobs.retry(access.act, job)
        elif step == "start":
            store.jobs.start(access.act, job)
        return redirect(url_for("console.job", institution=access.tenant.name, job=job))


def _result_rows(console: Console, access: Access, job: Job) -> Iterator[list[str]]:
    for row in console.services.store.jobs.all_rows(access.tenant.id, job.id):
        yield _result(row)


def _result(row: JobRow) -> list[str]:
    learner = row.request.get("learner", {})
    return [
        str(row.number),
        learner.get("email", learner.get("id", "")),
        learner.get("name", ""),
        row.state,
        row.credential_id or "",
        row.error_code or "",
        row.error or "",
    ]
