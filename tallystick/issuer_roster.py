"""A roster from a file: read, issued as a job in this process, and written out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import BinaryIO

from credentials.json_types import JsonObject
from credentials.timestamps import format_timestamp
from issuer.issuing import rosters
from issuer.issuing.awards import Award
from issuer.rosters import ColumnMapping, DryRun, RosterRow, csv_lines, dry_run, learners_of
from issuer.rosters import open_table as open_roster
from issuer.store import Act, Job, JobRow, Recipient, Tenant
from tallystick import verifying
from tallystick.files import CommandError, write_output
from tallystick.issuer_service import IssuerService
from tallystick.progress import ProgressLine

FAULTS_TOLD = 20
RESULT_COLUMNS = ("row", "state", "credential", "code", "message")


def award_of(row: RosterRow) -> Award:
    """Write the award that a row of a roster asks for."""
    members: JsonObject = {}
    if row.awarded is not None:
        begin = datetime.combine(row.awarded, time(), UTC)
        members["awardedDate"] = format_timestamp(begin)
    if row.evidence is not None:
        members["evidence"] = [{"id": row.evidence, "type": ["Evidence"]}]
    named = (row.email, row.learner_id, row.name, row.student_number, row.language)
    return Award(Recipient(*named), members)


def requests_in(file: BinaryIO) -> Iterator[tuple[int, JsonObject]]:
    """Read what a roster asks for, row after row; raise `RosterError` at a fault."""
    table = open_roster(file)
    mapping = ColumnMapping.guess(table.header)
    for row in learners_of(table, mapping, today=verifying.now().date()):
        yield row.number, award_of(row).to_json()


def read_dry(file: BinaryIO) -> DryRun:
    """Read a whole roster and issue nothing; raise `RosterError` if it cannot be read at all."""
    table = open_roster(file)
    mapping = ColumnMapping.guess(table.header)
    return dry_run(table, mapping, today=verifying.now().date())


def make_job(
    service: IssuerService,
    act: Act,
    achievement_id: str,
    path: Path,
    *,
    sends_letters: bool = False,
) -> Job:
    """Keep a roster as a job; raise `CommandError` with its faults, and issue nothing then."""
    with path.open("rb") as file:
        found = read_dry(file)
        if found.fault_count:
            lines = [f"  row {one.row}, {one.column}: {one.message}" for one in found.faults]
            told = "\n".join(lines[:FAULTS_TOLD])
            raise CommandError(f"{path} has {found.fault_count} faults:\n{told}")
        return service.store.jobs.make(
            act,
            achievement_id=achievement_id,
            rows=requests_in(file),
            source=path.name,
            sends_letters=sends_letters,
        )


def issue_roster(service: IssuerService, tenant: Tenant, job: Job) -> Job:
    """Issue a job in this process, and tell the progress."""
    act = Act(tenant.id, "command", verifying.now())
    job = service.store.jobs.start(act, job.id)
    progress, done = ProgressLine(job.total, sys.stderr), 0
    while some := rosters.issue_some(service.shop, job):
        done += some
        progress(done)
    rosters.finish(service.shop, job)
    service.publisher.publish_due()
    return service.store.jobs.get(tenant.id, job.id)


def write_results(service: IssuerService, job: Job, out: Path) -> None:
    """Write each credential into a folder, and a table of what became of each row."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "results.csv").open("wb") as table:
        rows = (_result(row) for row in service.store.jobs.all_rows(job.tenant_id, job.id))
        table.writelines(csv_lines(RESULT_COLUMNS, rows))
    for row in service.store.jobs.all_rows(job.tenant_id, job.id):
        if row.state == "issued" and row.credential_id is not None:
            kept = service.store.credentials.get(job.tenant_id, row.credential_id)
            write_output(out / f"{row.number}.json", kept.data or b"")


def _result(row: JobRow) -> tuple[str, ...]:
    return (
        str(row.number),
        row.state,
        row.credential_id or "",
        row.error_code or "",
        row.error or "",
    )
