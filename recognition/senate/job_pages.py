"""Pages about jobs: how far one is, stopping it, and where its result stands."""

from __future__ import annotations

from flask import Response

from recognition.desk import DeskRoom, Right
from recognition.register_of_decisions import Act
from recognition.senate.jobs import JOBS_KEPT, Job, JobGoneError, JobKind, State
from recognition.senate.services import SenateServices
from service.pages import Pages, page_response, redirect
from service.people import Access
from service.web import json_response

BEGUN_AT = {
    JobKind.WHAT_IF: "senate.what_if",
    JobKind.REPORT: "senate.figures",
    JobKind.DRAW: "senate.samples",
    JobKind.FIGURES: "senate.figures",
}
"""Where each kind of job is begun, and begun again if nothing came of it."""


def add_job_pages(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    """Add the pages."""

    @pages.errorhandler(JobGoneError)
    def gone(_error: JobGoneError) -> Response:
        return page_response("senate/job_gone.html", status=404, kept=JOBS_KEPT)

    @room.at("/jobs/<job_id>", Right.SENATE, pages=pages)
    def job(access: Access, job_id: str) -> Response:
        found = find_job(services, job_id)
        if found.state is State.FINISHED:
            return redirect(_result(room, found))
        progress = services.jobs.progress(found)
        return room.show(
            access,
            "senate/job",
            job=found,
            progress=progress,
            back=room.address(BEGUN_AT[found.kind]),
        )

    @room.at("/jobs/<job_id>/progress.json", Right.SENATE, pages=pages)
    def job_progress(access: Access, job_id: str) -> Response:
        progress = services.jobs.progress(find_job(services, job_id))
        return json_response(
            {
                "state": progress.state.value,
                "done": progress.done,
                "total": progress.total,
                "secondsLeft": progress.seconds_left,
            }
        )

    @room.at("/jobs/<job_id>/stop", Right.SENATE, method="POST", pages=pages)
    def stop_job(access: Access, job_id: str) -> Response:
        found = find_job(services, job_id)
        services.jobs.stop(found)
        # It ends at its next step, which a page may as well wait for.
        found.ended.wait(1)
        return redirect(room.address("senate.job", job_id=job_id))


def find_job(services: SenateServices, job_id: str) -> Job:
    """Find a job; raise `JobGoneError` for one that was forgotten."""
    found = services.jobs.find(job_id)
    if found is None:
        raise JobGoneError("There is no such job any more.")
    return found


def to_job(room: DeskRoom, job: Job) -> Response:
    """Lead to a job that was begun: to its result, if it was short."""
    if job.state is State.FINISHED:
        return redirect(_result(room, job))
    return redirect(room.address("senate.job", job_id=job.id))


def _result(room: DeskRoom, job: Job) -> str:
    """Tell where the result of a job stands."""
    if isinstance(job.result, Act):
        return room.address("senate.sample", number=job.result.sequence)
    if job.kind is JobKind.REPORT:
        return room.address("senate.figures")
    endpoint = "senate.what_if_result" if job.kind is JobKind.WHAT_IF else "senate.preview"
    return room.address(endpoint, job_id=job.id)
