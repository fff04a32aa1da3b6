"""The command `tallystick cases`: worked cases, and whether they come out as expected."""

from __future__ import annotations

import json

import click

from credentials.limits import Limits
from frameworks.cases import KINDS, run_cases
from tallystick.files import read_json_object

CASE_LIMITS = Limits(document_bytes=64 * 1024 * 1024, values=5_000_000)
"""A file of worked cases is the user's own, and may be much larger than a credential."""


@click.command()
@click.argument("file", metavar="FILE.json")
@click.pass_context
def cases(context: click.Context, file: str) -> None:
    """Run worked cases: what came out, and whether it is what the file expects."""
    from recognition.cases import KINDS as RECOGNITION_KINDS
    from stacking.cases import KINDS as STACKING_KINDS

    failed = 0
    supported = {**KINDS, **STACKING_KINDS, **RECOGNITION_KINDS}
    results = run_cases(read_json_object(file, CASE_LIMITS), supported)
    for result in results:
        failed += not result.passed
        click.echo(f"{'passed' if result.passed else 'FAILED'} {result.id} ({result.kind})")
        click.echo(f"  rule:     {result.rule}")
        click.echo(f"  expected: {json.dumps(result.expected)}")
        click.echo(f"  actual:   {json.dumps(result.actual)}")
    click.echo(f"{len(results) - failed} passed, {failed} failed")
    context.exit(1 if failed or not results else 0)
