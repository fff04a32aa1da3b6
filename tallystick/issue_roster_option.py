"""The options by which `issue` does a whole roster as a job of the issuer service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from tallystick import settings
from tallystick.files import read_text

F = TypeVar("F", bound=Callable[..., Any])


def or_a_roster(command: Callable[..., None]) -> Callable[..., None]:
    """Have a command that issues one request issue a roster where one is named."""

    @wraps(command)
    def choose(
        roster: Path | None,
        achievement: str | None,
        config: str | None,
        institution: str | None,
        letters: bool,
        **others: Any,
    ) -> None:
        if roster is not None:
            if others["out"] is None:
                raise click.UsageError("--roster needs a folder for the credentials: --out.")
            asked = Asked(roster, achievement, config, institution, letters)
            issue_roster_file(asked, others["out"])
            return
        if others["request_file"] is None or others["uri"] is None:
            raise click.UsageError("Name REQUEST.json and --key, or --roster and --achievement.")
        if others["out"] is not None and others["out"].is_dir():
            raise click.BadParameter(f"'{others['out']}' is a folder.", param_hint="'--out'")
        command(**others)

    return _with_options(choose)


def _with_options(command: F) -> F:
    for option in (
        click.option(
            "--roster",
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            help="CSV or XLSX file with learners; needs --achievement.",
        ),
        click.option("--achievement", help="Id of what is awarded, or @FILE with it (--roster)."),
        click.option(
            "--config",
            envvar=settings.ISSUER_VARIABLE,
            help=f"Configuration of the issuer service (--roster; ${settings.ISSUER_VARIABLE}).",
        ),
        click.option("--institution", help="Which institution issues (--roster)."),
        click.option(
            "--letters",
            is_flag=True,
            help="Have the courier send each learner a letter with a link (--roster).",
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for with `--roster`."""

    roster: Path
    achievement: str | None
    config: str | None
    institution: str | None
    letters: bool


def issue_roster_file(asked: Asked, out: Path) -> None:
    """Issue a roster as a job, and write credentials and results into the folder `out`."""
    achievement, config = asked.achievement, asked.config
    if achievement is None or config is None:
        raise click.UsageError("--roster needs --achievement and --config.")
    if achievement.startswith("@"):
        achievement = read_text(achievement.removeprefix("@")).strip()
    # The database takes a moment to load, which a single request need not wait for.
    from issuer.store import Act
    from tallystick import issuer_roster, verifying
    from tallystick.issuer_command import chosen_tenant
    from tallystick.issuer_service import open_service

    service = open_service(config)
    tenant = chosen_tenant(service, asked.institution)
    act = Act(tenant.id, "command", verifying.now())
    job = issuer_roster.make_job(
        service, act, achievement, asked.roster, sends_letters=asked.letters
    )
    job = issuer_roster.issue_roster(service, tenant, job)
    issuer_roster.write_results(service, job, out)
    done = service.store.jobs.progress(tenant.id, job.id, verifying.now())
    click.echo(f"Issued {done.issued} of {done.total}; {done.failed} failed. See {out}.")
    if asked.letters:
        click.echo("Letters are sent by: tallystick issuer courier")
