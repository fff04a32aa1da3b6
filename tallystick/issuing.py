"""What the command `issue` does around issuing: options that go together, and what it tells."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from credentials.json_types import JsonObject
from credentials.proofs.ecdsa_sd_2023 import ECDSA_SD_2023
from issuer.issuer import IssuanceToken, IssuedCredential, Issuer
from issuer.sd_jwt import token_status
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
    token: IssuanceToken,
    now: datetime,
    form: str | None,
    status: str | None,
) -> IssuedCredential:
    """Issue what was prepared in the chosen form; `status` is URL#INDEX for an SD-JWT VC."""
    claim = status_claim(status, form)
    if form == SD_JWT:
        return issuer.issue_sd_jwt(token, now=now, status=claim)
    return issuer.issue(token, now=now)


def status_claim(stated: str | None, form: str | None) -> JsonObject | None:
    """Read URL#INDEX as the claim `status` of a credential in the form of an SD-JWT VC."""
    if stated is None:
        return None
    address, hash_sign, index = stated.rpartition("#")
    if form != SD_JWT or not hash_sign or not address or not _is_index(index):
        raise click.UsageError("--token-status is URL#INDEX, and belongs to --sd-jwt.")
    return token_status(address, int(index))


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


def write_issued(out: Path, issued: IssuedCredential) -> None:
    """Write a credential to its file, and tell what there is to know about it."""
    write_output(out, issued.data)
    for warning in issued.warnings:
        click.echo(f"note: {warning.message} (at {warning.pointer}) [{warning.code}]", err=True)
    click.echo(f"Issued {issued.document['id']} to {out}")
