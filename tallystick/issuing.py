"""What the command `issue` does around issuing: options that go together, and what it tells."""

from __future__ import annotations

from pathlib import Path

import click

from credentials.proofs.ecdsa_sd_2023 import ECDSA_SD_2023
from issuer.issuer import IssuedCredential
from tallystick.files import USAGE, CommandError, write_output


def require_one_form(suites: tuple[str, ...], mandatory: tuple[str, ...], form: str | None) -> None:
    """Refuse options of which one would be passed over: a token has no suites."""
    if suites and form is not None:
        raise CommandError("A token has no suite: leave out --suite, --jwt or --vc-jwt.", USAGE)
    if mandatory and ECDSA_SD_2023.name not in suites:
        raise CommandError(f"--mandatory belongs to --suite {ECDSA_SD_2023.name}.", USAGE)


def write_issued(out: Path, issued: IssuedCredential) -> None:
    """Write a credential to its file, and tell what there is to know about it."""
    write_output(out, issued.data)
    for warning in issued.warnings:
        click.echo(f"note: {warning.message} (at {warning.pointer}) [{warning.code}]", err=True)
    click.echo(f"Issued {issued.document['id']} to {out}")
