"""What the command `issue` does around issuing: options that go together, and what it tells."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from credentials.json_types import JsonObject
from credentials.proofs.ecdsa_sd_2023 import ECDSA_SD_2023
from issuer.issuer import IssuedCredential, Issuer
from issuer.requests import IssuanceRequest
from tallystick.files import USAGE, CommandError, write_output

SD_JWT = "sd-jwt"
"""Name of the form among those that a badge is issued in."""


def require_one_form(suites: tuple[str, ...], mandatory: tuple[str, ...], form: str | None) -> None:
    """Refuse options of which one would be passed over: a token has no suites."""
    if suites and form is not None:
        raise CommandError("A token has no suite: leave out --suite, or --jwt and the like.", USAGE)
    if mandatory and ECDSA_SD_2023.name not in suites:
        raise CommandError(f"--mandatory belongs to --suite {ECDSA_SD_2023.name}.", USAGE)


def issue_in_form(
    issuer: Issuer,
    request: IssuanceRequest,
    now: datetime,
    form: str | None,
    status: JsonObject | None,
) -> IssuedCredential:
    """Issue a request in the chosen form; `status` is the claim of an SD-JWT VC."""
    prepared = issuer.prepare(request, now=now)
    if form == SD_JWT:
        return issuer.issue_sd_jwt(prepared, now=now, status=status)
    return issuer.issue(prepared, now=now)


def write_issued(out: Path, issued: IssuedCredential) -> None:
    """Write a credential to its file, and tell what there is to know about it."""
    write_output(out, issued.data)
    for warning in issued.warnings:
        click.echo(f"note: {warning.message} (at {warning.pointer}) [{warning.code}]", err=True)
    click.echo(f"Issued {issued.document['id']} to {out}")
