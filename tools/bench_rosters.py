"""Measure a roster from its upload to the published list, with two workers.

Tells the time, and the processor time of the workers, which other work on the machine hardly
changes: two workers on two quiet processors take half of it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from issuer.issuing.publishing import published_by_name
from issuer.store import Act, Job
from tallystick import issuer_roster, verifying
from tallystick.issuer_service import IssuerService, open_service
from tallystick.settings import DATABASE_VARIABLE, KEYS_VARIABLE, REGISTERS_VARIABLE

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "achievement.json"
URL = "https://badges.poly.example"
WORKERS = 2


def tallystick(*arguments: str) -> str:
    """Run a command, and return what it says."""
    command = [sys.executable, "-m", "tallystick", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def begun(folder: Path) -> tuple[str, str]:
    """Begin a service, and return its configuration and the id of an achievement."""
    path = str(folder / "issuer.toml")
    named = ("--name", "poly", "--title", "Example Polytechnic")
    tallystick("issuer", "init", path, "--public-url", URL, *named)
    told = tallystick("issuer", "achievement", str(EXAMPLE), "--config", path)
    return path, told.split()[0]


def roster(folder: Path, rows: int) -> Path:
    """Write a roster of so many learners."""
    path = folder / "roster.csv"
    lines = [f"learner{number}@example.com,Learner {number}\n" for number in range(rows)]
    path.write_text("".join(["email,name\n", *lines]), encoding="utf-8")
    return path


def started(path: str, achievement: str, file: Path) -> tuple[IssuerService, Job]:
    """Start the job of a roster, which workers then do."""
    service = open_service(path)
    (tenant,) = service.store.tenants.all()
    act = Act(tenant.id, "bench", verifying.now())
    job = issuer_roster.make_job(service, act, achievement, file)
    return service, service.store.jobs.start(act, job.id)


def measured(folder: Path, rows: int) -> str:
    """Issue a roster with two workers, and tell what it took."""
    path, achievement = begun(folder)
    file = roster(folder, rows)
    command = [sys.executable, "-m", "tallystick", "issuer", "worker", "--config", path]
    begin = time.monotonic()
    service, job = started(path, achievement, file)
    (tenant,) = service.store.tenants.all()
    worker = subprocess.Popen([*command, "--workers", str(WORKERS)], cwd=ROOT)
    try:
        while service.store.jobs.get(tenant.id, job.id).state != "finished":
            time.sleep(0.2)
        while published_by_name(service.store.engine, f"{tenant.id}/1") is None:
            time.sleep(0.2)
        seconds = time.monotonic() - begin
    finally:
        worker.terminate()
        worker.wait()
    issued = service.store.jobs.progress(tenant.id, job.id, verifying.now()).issued
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor, memory = used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
    kind = service.store.engine.dialect.name
    return (
        f"{kind}: {issued} of {rows} rows published in {seconds:.1f} s; processor time of all "
        f"processes {processor:.1f} s; largest process {memory} MiB"
    )


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ[KEYS_VARIABLE] = str(folder / "keys")
        os.environ[REGISTERS_VARIABLE] = str(folder / "registers")
        if chosen.database:
            os.environ[DATABASE_VARIABLE] = chosen.database
        print(measured(folder, chosen.rows))


if __name__ == "__main__":
    main()
