"""Verifying for the command, and telling the answer: for programs or for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from tallystick.explaining import explain, printable
from verifier.checks.world import World
from verifier.report import Verdict, VerificationReport
from verifier.verifier import Inspection, Verifier

if TYPE_CHECKING:
    from verifier.refreshing import Refreshed

Keep = Callable[[bytes, Inspection, World], None]
"""Is told what came of a document, before anything is printed."""

EXIT_STATUS = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.INDETERMINATE: 2}


def verify_and_tell(
    data: bytes,
    world: World,
    *,
    as_json: bool,
    refreshes: bool,
    keeps: Keep | None = None,
) -> Verdict:
    """Print the report on a document, and on its newer edition if that is asked for.

    Returns the verdict that counts: that on the newer edition, if it takes the place of the first.
    What came of the document that was given is told to `keeps` before anything is printed.
    """
    inspection = Verifier(world).inspect(data)
    if keeps is not None:
        keeps(data, inspection, world)
    report = inspection.report
    refreshed = _refreshed(data, report, world) if refreshes else None
    if as_json:
        more = {} if refreshed is None else {"refreshed": refreshed.to_json()}
        click.echo(json.dumps(report.to_json() | more, indent=2))
    else:
        click.echo(explain(report), nl=False)
        if refreshed is not None:
            click.echo(f"\nRefreshing: {printable(refreshed.detail)} [{refreshed.code}]")
            if refreshed.report is not None:
                click.echo("\n" + explain(refreshed.report), nl=False)
    if refreshed is not None and refreshed.report is not None and refreshed.replaces:
        return refreshed.report.verdict
    return report.verdict


def _refreshed(data: bytes, report: VerificationReport, world: World) -> Refreshed:
    from verifier.refreshing import refresh

    return refresh(data, report, world)
