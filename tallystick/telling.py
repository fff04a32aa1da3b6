"""Verifying for the command, and telling the answer: for programs or for people."""

from __future__ import annotations

import json

import click

from tallystick.explaining import explain, printable
from verifier.checks.world import World
from verifier.refreshing import refresh
from verifier.report import Verdict
from verifier.verifier import Verifier

EXIT_STATUS = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.INDETERMINATE: 2}


def verify_and_tell(data: bytes, world: World, *, as_json: bool, refreshes: bool) -> Verdict:
    """Print the report on a document, and on its newer edition if that is asked for.

    Returns the verdict that counts: that on the newer edition, if it takes the place of the first.
    """
    report = Verifier(world).check(data)
    refreshed = refresh(data, report, world) if refreshes else None
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
