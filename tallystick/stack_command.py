"""The commands about stacking: what credentials add up to under an award rule."""

from __future__ import annotations

import json
from pathlib import Path

import click

from stacking import Outcome
from stacking.explaining import explain
from stacking.picture import plan_svg
from stacking.plan_json import plan_json
from tallystick import verifying
from tallystick.award_command import award_stack
from tallystick.explaining import printable
from tallystick.files import write_output
from tallystick.proof_command import verify_stack
from tallystick.stack_inputs import Asked, asking, plan_for
from tallystick.unlock_command import unlock

EXIT_STATUS = {Outcome.AWARD: 0, Outcome.NOT_YET: 1, Outcome.REFER: 2}


@click.group()
def stack() -> None:
    """Find out what credentials of several institutions add up to."""


@stack.command("plan")
@click.argument("rule_file", metavar="RULE")
@click.argument("files", metavar="CREDENTIAL...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option("--svg", "as_svg", is_flag=True, help="Print the plan as a picture (SVG).")
@click.option(
    "--proof",
    "proof_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a proof that anyone can recompute.",
)
@asking
@click.pass_context
def plan_stack(
    context: click.Context,
    rule_file: str,
    files: tuple[str, ...],
    as_json: bool,
    as_svg: bool,
    proof_file: Path | None,
    asked: Asked,
) -> None:
    """Plan the award RULE (a TOML file, or the name of one that comes along).

    Exit status: 0 the award is reached, 1 not yet, 2 a person must decide.
    """
    if as_json and as_svg:
        raise click.UsageError("Choose one of --json and --svg.")
    planned = plan_for(rule_file, files, asked, verifying.now())
    found, left_out = planned.found, planned.wallet.left_out
    if proof_file is not None:
        write_output(proof_file, planned.proof().data)
    if as_json:
        click.echo(json.dumps(plan_json(found, left_out), indent=2, ensure_ascii=False))
    elif as_svg:
        click.echo(plan_svg(found, planned.telling).encode(), nl=False)
    else:
        click.echo("\n".join(map(printable, explain(found, planned.telling))))
    context.exit(EXIT_STATUS[found.outcome])


stack.add_command(award_stack)
stack.add_command(verify_stack)
stack.add_command(unlock)
