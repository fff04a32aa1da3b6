"""The command by which a holder chooses what to show of a credential."""

from __future__ import annotations

from pathlib import Path

import click

import schemas
from credentials.proofs.cryptosuite import Environment
from credentials.proofs.sd_deriving import derive as derive_credential
from credentials.strict_json import serialize_json_for_people
from tallystick.files import read_json_object, write_output


@click.command()
@click.argument("file", metavar="CREDENTIAL|-")
@click.option(
    "--pointer",
    "pointers",
    multiple=True,
    help='JSON pointer to what to show, such as /credentialSubject/identifier; "" shows all.',
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for what is shown.",
)
def derive(file: str, pointers: tuple[str, ...], out: Path) -> None:
    """Show parts of CREDENTIAL, which was issued with --suite ecdsa-sd-2023.

    What its issuer made mandatory is always shown, and so are the ids and types of everything that
    a pointer leads through.  Give verifiers the result, and keep CREDENTIAL: whoever has it can
    show all of it.
    """
    derived = derive_credential(read_json_object(file), pointers, Environment(schemas.load_context))
    write_output(out, serialize_json_for_people(derived))
    click.echo(f"Derived {out}: what is mandatory, and what is named (pointers: {len(pointers)}).")
