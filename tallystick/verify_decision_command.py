"""The command that checks a signed decision: anybody decides it again."""

from __future__ import annotations

import click

from recognition.checking import compare_credentials
from tallystick.desk import Desk
from tallystick.explaining import printable
from tallystick.using_registers import REGISTER, TRUST


@click.command("verify")
@click.argument("decision_file", metavar="DECISION")
@click.argument("files", metavar="CREDENTIAL...", nargs=-1, required=True)
@click.option("--trust", "trust_files", multiple=True, required=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@click.option("--resolver-map", help="JSON object: URL to local file; the only source then.")
def verify_decision(
    decision_file: str,
    files: tuple[str, ...],
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
) -> None:
    """Verify a signed DECISION, its policy and the credentials, and decide it again.

    Exit status: 0 it follows from its inputs, byte for byte; 1 it does not.
    """
    desk = Desk.open(trust_files, register_files, resolver_map)
    verified, checked = desk.checked(decision_file)
    credentials = desk.then(checked).verified(files)
    compare_credentials(checked, credentials, desk.registers)
    outcome, adoption = checked.payload["outcome"], checked.policy.adoption
    lines = [
        f"IT FOLLOWS. {outcome}, decided on {checked.payload['decidedOn']} by {verified.issuer}.",
        f"Policy {checked.policy.id}, version {checked.policy.version}, of {adoption.body}.",
        "The payload was computed again from the inputs: the same bytes.",
    ]
    click.echo("\n".join(map(printable, lines)))
